"""The pages that the backend itself shows during a sign-in with OpenID Connect, in both languages of the console."""

from html import escape

from shared.client.sign_in_page import both_languages, document

EXPIRED_PAGE = document(
    "Taskdeck",
    both_languages(
        (
            "This sign-in is over",
            "It began more than ten minutes ago, was used already, or began in another browser. Close this window, "
            "and start again in the console or with: taskdeck login URL --sso",
        ),
        (
            "此次登录已失效",
            "它开始于十分钟之前、已被使用，或是在另一个浏览器中开始的。请关闭此窗口，在控制台中重新开始，"
            "或使用：taskdeck login URL --sso",
        ),
    ),
)


def confirmation_page(*, name: str, port: int, url: str) -> str:
    """Return the page that asks whether the person started the sign-in themselves; `url` continues to the provider.

    Anybody can send somebody else a link that begins a sign-in, for a program of theirs on the same machine.
    """
    provider, address = escape(name), f"127.0.0.1:{port}"
    link = f'<a class="primary" href="{escape(url)}">'
    return document(
        "Taskdeck",
        both_languages(
            (
                "Sign in to Taskdeck?",
                f"A program on this computer ({address}) wants to be signed in as you. Continue only if you have just "
                "started this in the console or with <code>taskdeck login</code>.",
            ),
            (
                "登录 Taskdeck？",
                f"本机上的一个程序（{address}）请求以您的身份登录。仅当您刚刚在控制台中或通过 "
                "<code>taskdeck login</code> 发起登录时才继续。",
            ),
        )
        + f"<p>{link}Continue with {provider} · 使用 {provider} 继续</a></p>",
    )
