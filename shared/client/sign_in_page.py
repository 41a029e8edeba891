"""The last page of a sign-in through the browser, in both languages of the console."""

import base64
import hashlib
from enum import Enum, auto

STYLE = (
    "body{font:16px system-ui,sans-serif;max-width:30rem;margin:15vh auto;padding:0 1rem;color:#1c2024;"
    "background:#fff}h1{font-size:1.4rem}p{color:#60646c}a.primary{display:inline-block;margin-top:.5rem;"
    "padding:.6rem 1.2rem;border-radius:6px;background:#2563eb;color:#fff;text-decoration:none}"
)
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
"""The style as a source expression of a content security policy."""


class Shown(Enum):
    """What the page says."""

    DONE = auto()
    FAILED = auto()
    UNKNOWN = auto()
    NOTHING = auto()


_TEXTS = {
    Shown.DONE: (
        "200 OK",
        ("You are signed in", "You can close this window and return to Taskdeck."),
        ("已登录", "您可以关闭此窗口并返回 Taskdeck。"),
    ),
    Shown.FAILED: (
        "200 OK",
        ("You are not signed in", "Taskdeck shows the reason. You can close this window."),
        ("未登录", "原因显示在 Taskdeck 中。您可以关闭此窗口。"),
    ),
    Shown.UNKNOWN: (
        "400 Bad Request",
        ("This is not the sign-in that Taskdeck waits for", "Close this window, and start again in Taskdeck."),
        ("这不是 Taskdeck 正在等待的登录", "请关闭此窗口，并在 Taskdeck 中重新开始。"),
    ),
    Shown.NOTHING: ("404 Not Found", ("Nothing is here", ""), ("此处没有内容", "")),
}


def document(title: str, body: str) -> str:
    """Return a page with the common style; `body` is HTML."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style>{body}</html>"
    )


def both_languages(english: tuple[str, str], chinese: tuple[str, str]) -> str:
    """Return a heading and a sentence in English and in Chinese, as HTML; the texts must be HTML already."""
    return (
        f"<h1>{english[0]}</h1><p>{english[1]}</p>"
        f'<section lang="zh-CN"><h1>{chinese[0]}</h1><p>{chinese[1]}</p></section>'
    )


def page(shown: Shown) -> bytes:
    """Return a whole answer of HTTP."""
    status, english, chinese = _TEXTS[shown]
    body = document("Taskdeck", both_languages(english, chinese)).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        f"Content-Security-Policy: default-src 'none'; style-src {STYLE_SOURCE}; frame-ancestors 'none'\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
        "X-Frame-Options: DENY\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
