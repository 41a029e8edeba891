"""Signing in with a real provider: who gets in, as whom, and what every other request gets."""

import asyncio

import httpx
from sqlalchemy import text

from backend.accounts.announcements import AccountAnnounced
from backend.accounts.users import create_user, find_user
from backend.app import Backend
from backend.context import Actor
from shared.enums import Role, SignInFailure
from shared.models.auth import UserCreate
from tests.backend.accounts.replicas import open_replica, status
from tests.oidc.backend import oidc_settings, open_oidc_backend
from tests.oidc.browser import Browser, SignIn, handed_over
from tests.oidc.provider_process import ProviderProcess

ADMIN = Actor(0, "admin")
PASSWORD = "a long password"


async def api(backend: Backend, token: str, method: str, path: str, **options: object) -> httpx.Response:
    async with httpx.AsyncClient(base_url=backend.url, headers={"Authorization": f"Bearer {token}"}) as http:
        return await http.request(method, path, **options)  # type: ignore[arg-type]


async def me(backend: Backend, token: str) -> dict[str, object]:
    answer = await api(backend, token, "GET", "/api/auth/me")
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()["data"]
    return found


async def audited(backend: Backend) -> list[tuple[str, str | None, dict[str, object]]]:
    async with backend.context.database.transaction() as connection:
        rows = await connection.execute(
            text("select action, object_name, object_id, detail from audit_log order by id")
        )
        return [(row.action, row.object_name or row.object_id, row.detail) for row in rows]


async def test_somebody_signs_in_with_the_role_of_their_groups(
    backend: Backend, oidc_provider: ProviderProcess
) -> None:
    oidc_provider.put("s-ann", preferred_username="ann", email="ann@example.org", groups=["ops", "all"])
    pair = await SignIn(backend.url).tokens(Browser("s-ann"))
    found = await me(backend, pair.access_token)
    assert (found["username"], found["role"], found["single_sign_on"]) == ("ann", "operator", True)
    assert found["groups"] == ["all", "ops"]
    again = await SignIn(backend.url).tokens(Browser("s-ann"))
    assert (await me(backend, again.access_token))["id"] == found["id"]
    assert await status(backend, pair.access_token) == 200, "the same role ends no session"
    assert [(action, name) for action, name, _ in await audited(backend)] == [
        ("user.create", "ann"),
        ("auth.sign_in", "ann"),
        ("auth.sign_in", "ann"),
    ]


async def test_the_page_asks_before_anything_begins_and_permits_nothing_else(backend: Backend) -> None:
    async with httpx.AsyncClient() as http:
        page = await http.get(SignIn(backend.url).url)
    assert page.status_code == 200
    assert "127.0.0.1:9" in page.text
    assert "Example" in page.text
    assert "仅当您刚刚" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    cookie = page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert page.headers["Cache-Control"] == "no-store"


async def test_over_https_the_cookie_is_that_of_the_host_alone(
    database_url: str, oidc_provider: ProviderProcess
) -> None:
    settings = oidc_settings(database_url, oidc_provider.issuer, 1, public_url="https://deck.example.org/")
    async with open_replica(settings) as backend:
        page = await Browser().get(SignIn(backend.url).url)
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-taskdeck-browser=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie
    assert 'href="https://deck.example.org/api/auth/oidc/start?' in page.text


async def test_a_link_of_somebody_else_is_not_confirmed_by_its_own_parameters(backend: Backend) -> None:
    victim, attacker = Browser("s-victim"), Browser("s-attacker")
    url = SignIn(backend.url).url
    confirmed = str((await attacker.open(url, until="/oauth2/authorize")).request.url)
    assert "go=" in confirmed
    page = await victim.get(confirmed)
    assert page.status_code == 200, "the victim is asked all the same"
    assert "location" not in page.headers


async def test_a_local_user_of_the_same_name_is_not_taken_over(
    backend: Backend, oidc_provider: ProviderProcess
) -> None:
    new = UserCreate(username="root", password=PASSWORD, role=Role.ADMIN)
    local = await create_user(backend.context, new, actor=ADMIN)
    oidc_provider.put("s-root", preferred_username="root", email="root@example.org", groups=["ops"])
    found = await me(backend, (await SignIn(backend.url).tokens(Browser("s-root"))).access_token)
    assert (found["username"], found["role"]) == ("root-2", "operator")
    assert found["id"] != local.id


async def test_a_user_is_found_by_subject_alone(backend: Backend, oidc_provider: ProviderProcess) -> None:
    oidc_provider.put("s-bob", preferred_username="bob", email="bob@example.org", groups=["ops"])
    bob = await me(backend, (await SignIn(backend.url).tokens(Browser("s-bob"))).access_token)
    oidc_provider.put("s-bob", preferred_username="robert", email="other@example.org", groups=["ops"])
    renamed = await me(backend, (await SignIn(backend.url).tokens(Browser("s-bob"))).access_token)
    assert (renamed["id"], renamed["username"]) == (bob["id"], "bob")
    oidc_provider.put("s-eve", preferred_username="bob", email="bob@example.org", groups=["ops"])
    eve = await me(backend, (await SignIn(backend.url).tokens(Browser("s-eve"))).access_token)
    assert (eve["id"] == bob["id"], eve["username"]) == (False, "bob-2")


async def test_somebody_in_no_group_is_refused_with_the_cause(backend: Backend, oidc_provider: ProviderProcess) -> None:
    oidc_provider.put("s-none", preferred_username="none", groups=["all"])
    brought = await SignIn(backend.url).through(Browser("s-none"))
    assert brought == {"error": SignInFailure.NOT_PERMITTED, "state": "the client's own state"}
    async with backend.context.database.transaction() as connection:
        assert await find_user(connection, "none") is None


async def test_a_default_role_lets_everybody_in(database_url: str, oidc_provider: ProviderProcess) -> None:
    oidc_provider.put("s-guest", preferred_username="guest")
    async with open_oidc_backend(database_url, oidc_provider.issuer, oidc_default_role=Role.VIEWER) as backend:
        pair = await SignIn(backend.url).tokens(Browser("s-guest"))
        assert (await me(backend, pair.access_token))["role"] == "viewer"


async def test_a_changed_role_counts_at_once_on_every_replica(
    database_url: str, backend: Backend, oidc_provider: ProviderProcess
) -> None:
    oidc_provider.put("s-carol", preferred_username="carol", groups=["sre"])
    first = await SignIn(backend.url).tokens(Browser("s-carol"))
    async with open_replica(oidc_settings(database_url, oidc_provider.issuer, 1)) as other:
        assert await status(other, first.access_token, "/api/users") == 200
        token = (await api(backend, first.access_token, "POST", "/api/tokens", json={"name": "x"})).json()["data"][
            "token"
        ]
        oidc_provider.put("s-carol", preferred_username="carol", groups=["ops"])
        with other.context.passes.watch(AccountAnnounced) as announced:
            second = await SignIn(backend.url).tokens(Browser("s-carol"))
            await announced.next()
        for replica in (backend, other):
            assert await status(replica, first.access_token) == 401
            assert await status(replica, token) == 401
            assert await status(replica, second.access_token, "/api/users") == 403
    changed = [detail for action, _, detail in await audited(backend) if action == "user.update"]
    assert [(one["former_role"], one["role"]) for one in changed] == [("admin", "operator")]


async def test_who_left_the_groups_is_refused_and_their_access_ends(
    backend: Backend, oidc_provider: ProviderProcess
) -> None:
    oidc_provider.put("s-dan", preferred_username="dan", groups=["ops"])
    pair = await SignIn(backend.url).tokens(Browser("s-dan"))
    oidc_provider.put("s-dan", preferred_username="dan", groups=[])
    assert (await SignIn(backend.url).through(Browser("s-dan")))["error"] == SignInFailure.NOT_PERMITTED
    assert await status(backend, pair.access_token) == 401
    (ended,) = [detail for action, name, detail in await audited(backend) if (action, name) == ("user.update", "dan")]
    assert ended["access_ended"] is True
    oidc_provider.put("s-dan", preferred_username="dan", groups=["ops"])
    again = await SignIn(backend.url).tokens(Browser("s-dan"))
    assert await status(backend, again.access_token) == 200


async def test_groups_change_without_an_end_of_sessions(backend: Backend, oidc_provider: ProviderProcess) -> None:
    oidc_provider.put("s-fay", preferred_username="fay", groups=["ops"])
    pair = await SignIn(backend.url).tokens(Browser("s-fay"))
    oidc_provider.put("s-fay", preferred_username="fay", groups=["ops", "finance"])
    await SignIn(backend.url).tokens(Browser("s-fay"))
    assert (await me(backend, pair.access_token))["groups"] == ["finance", "ops"]


async def test_a_grant_to_a_group_lasts_as_long_as_somebody_is_in_it(
    database_url: str, oidc_provider: ProviderProcess
) -> None:
    oidc_provider.put("s-boss", preferred_username="boss", groups=["sre"])
    oidc_provider.put("s-gus", preferred_username="gus", groups=["finance"])
    async with open_oidc_backend(database_url, oidc_provider.issuer, oidc_default_role=Role.MEMBER) as backend:
        boss = (await SignIn(backend.url).tokens(Browser("s-boss"))).access_token
        task = {"name": "report", "folder": "finance/daily", "executor": "shell", "command": "true"}
        assert (await api(backend, boss, "POST", "/api/tasks", json=task)).status_code == 201
        grant = {"group": "finance", "folder": "finance", "permission": "read"}
        assert (await api(backend, boss, "POST", "/api/grants", json=grant)).status_code == 201
        gus = (await SignIn(backend.url).tokens(Browser("s-gus"))).access_token
        names = [one["name"] for one in (await api(backend, gus, "GET", "/api/tasks")).json()["data"]]
        assert names == ["report"]
        oidc_provider.put("s-gus", preferred_username="gus", groups=["sales"])
        await SignIn(backend.url).tokens(Browser("s-gus"))
        assert (await api(backend, gus, "GET", "/api/tasks")).json()["data"] == [], "the session goes on"


async def test_a_disabled_user_stays_disabled(backend: Backend, oidc_provider: ProviderProcess) -> None:
    oidc_provider.put("s-admin", preferred_username="boss", groups=["sre"])
    oidc_provider.put("s-gil", preferred_username="gil", groups=["ops"])
    boss = await SignIn(backend.url).tokens(Browser("s-admin"))
    pair = await SignIn(backend.url).tokens(Browser("s-gil"))
    waiting = SignIn(backend.url)
    brought = await waiting.through(Browser("s-gil"))
    user_id = (await me(backend, pair.access_token))["id"]
    disabled = await api(backend, boss.access_token, "PATCH", f"/api/users/{user_id}", json={"disabled": True})
    assert disabled.status_code == 200
    assert await status(backend, pair.access_token) == 401
    assert (await waiting.exchange(brought["code"])).status_code == 401, "a code from before"
    oidc_provider.put("s-gil", preferred_username="gil", groups=["sre"])
    assert (await SignIn(backend.url).through(Browser("s-gil")))["error"] == SignInFailure.DISABLED


async def test_such_a_user_has_no_password_and_gets_none(backend: Backend, oidc_provider: ProviderProcess) -> None:
    oidc_provider.put("s-boss", preferred_username="hal", groups=["sre"])
    pair = await SignIn(backend.url).tokens(Browser("s-boss"))
    user_id = (await me(backend, pair.access_token))["id"]
    async with httpx.AsyncClient(base_url=backend.url) as http:
        refused = await http.post("/api/auth/login", json={"username": "hal", "password": PASSWORD})
        stranger = await http.post("/api/auth/login", json={"username": "nobody", "password": PASSWORD})
    assert refused.status_code == 401
    assert "taskdeck login --sso" in refused.json()["detail"]
    assert refused.json()["detail"] == stranger.json()["detail"], "it tells nobody who exists"
    for change, words in (({"password": PASSWORD}, "has no password"), ({"role": "viewer"}, "groups")):
        answer = await api(backend, pair.access_token, "PATCH", f"/api/users/{user_id}", json=change)
        assert answer.status_code == 409
        assert words in answer.json()["detail"]


async def test_a_code_counts_once_and_for_its_own_verifier(backend: Backend, oidc_provider: ProviderProcess) -> None:
    oidc_provider.put("s-ida", preferred_username="ida", groups=["ops"])
    one, other = SignIn(backend.url), SignIn(backend.url)
    brought = await one.through(Browser("s-ida"))
    assert (await one.exchange(brought["code"])).status_code == 200
    assert (await one.exchange(brought["code"])).status_code == 401, "replayed"
    brought = await one.through(Browser("s-ida"))
    assert (await one.exchange(brought["code"], verifier=other.verifier)).status_code == 401
    assert (await one.exchange(brought["code"])).status_code == 401, "one guess only"


async def test_two_exchanges_of_one_code_at_once_give_one_session(
    backend: Backend, oidc_provider: ProviderProcess
) -> None:
    oidc_provider.put("s-jo", preferred_username="jo", groups=["ops"])
    one = SignIn(backend.url)
    brought = await one.through(Browser("s-jo"))
    answers = await asyncio.gather(*(one.exchange(brought["code"]) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_two_first_sign_ins_at_once_make_one_user(backend: Backend, oidc_provider: ProviderProcess) -> None:
    oidc_provider.put("s-kim", preferred_username="kim", groups=["ops"])
    pairs = await asyncio.gather(*(SignIn(backend.url).tokens(Browser("s-kim")) for _ in range(3)))
    assert len({(await me(backend, pair.access_token))["id"] for pair in pairs}) == 1


async def test_a_code_is_too_old_after_a_minute(backend: Backend, oidc_provider: ProviderProcess) -> None:
    oidc_provider.put("s-lea", preferred_username="lea", groups=["ops"])
    one = SignIn(backend.url)
    brought = await one.through(Browser("s-lea"))
    async with backend.context.database.transaction() as connection:
        await connection.execute(text("update oidc_codes set expires_at = expires_at - interval '61 seconds'"))
    assert (await one.exchange(brought["code"])).status_code == 401


async def callback_address(backend: Backend, browser: Browser) -> str:
    """Sign in at the provider, and return the address that it sends the browser to."""
    answer = await browser.open(SignIn(backend.url).url, until="/api/auth/oidc/callback")
    return str(answer.headers["Location"])


async def test_a_callback_counts_once_and_in_its_own_browser(backend: Backend, oidc_provider: ProviderProcess) -> None:
    oidc_provider.put("s-mia", preferred_username="mia", groups=["ops"])
    browser, other = Browser("s-mia"), Browser("s-other")
    address = await callback_address(backend, browser)
    await other.get(SignIn(backend.url).url)
    for stranger in (other, Browser()):
        answer = await stranger.get(address)
        assert answer.status_code == 400
        assert "another browser" in answer.text
        assert "另一个浏览器" in answer.text
    assert "code" in handed_over(await browser.get(address)), "a stranger's attempt does not use it up"
    assert (await browser.get(address)).status_code == 400, "replayed"


async def test_an_unknown_state_gets_nothing(backend: Backend) -> None:
    browser = Browser()
    await browser.get(SignIn(backend.url).url)
    for query in ("", "?state=x&code=y", "?error=access_denied&state=x", "?state=x&session_state=1&hd=example.org"):
        answer = await browser.get(f"{backend.url}/api/auth/oidc/callback{query}")
        assert answer.status_code == 400
        assert "location" not in answer.headers


async def test_a_sign_in_that_takes_longer_than_ten_minutes_is_over(
    backend: Backend, oidc_provider: ProviderProcess
) -> None:
    oidc_provider.put("s-ned", preferred_username="ned", groups=["ops"])
    browser = Browser("s-ned")
    address = await callback_address(backend, browser)
    async with backend.context.database.transaction() as connection:
        await connection.execute(text("update oidc_sign_ins set expires_at = expires_at - interval '11 minutes'"))
    assert (await browser.get(address)).status_code == 400


async def test_any_replica_takes_the_callback(
    database_url: str, backend: Backend, oidc_provider: ProviderProcess
) -> None:
    oidc_provider.put("s-oda", preferred_username="oda", groups=["ops"])
    browser = Browser("s-oda")
    address = await callback_address(backend, browser)
    public = int(backend.url.rpartition(":")[2])
    async with open_replica(oidc_settings(database_url, oidc_provider.issuer, public)) as other:
        # Cookies belong to a host, whatever its port.
        answer = await browser.get(address.replace(backend.url, other.url))
        assert "code" in handed_over(answer)


async def test_codes_go_to_no_other_address(backend: Backend) -> None:
    async with httpx.AsyncClient(base_url=backend.url) as http:
        for address in ("https://evil.example/taskdeck/signed-in", "http://127.0.0.1:80/elsewhere"):
            given = {"redirect_uri": address, "code_challenge": "x" * 43, "state": "a state of it"}
            answer = await http.get("/api/auth/oidc/start", params=given)
            assert answer.status_code == 422
            assert "redirect_uri" in answer.json()["detail"]


async def test_a_session_ends_after_the_hours_of_the_setting(database_url: str, oidc_provider: ProviderProcess) -> None:
    oidc_provider.put("s-pia", preferred_username="pia", groups=["ops"])
    async with open_oidc_backend(database_url, oidc_provider.issuer, oidc_session_hours=2) as backend:
        pair = await SignIn(backend.url).tokens(Browser("s-pia"))
        async with httpx.AsyncClient(base_url=backend.url) as http:
            await http.post("/api/auth/refresh", json={"refresh_token": pair.refresh_token})
        async with backend.context.database.transaction() as connection:
            left = (await connection.execute(text("select expires_at - now() from sessions"))).scalar_one()
        assert 1.9 * 3600 < left.total_seconds() <= 2 * 3600


async def test_attempts_are_limited_by_address(database_url: str, oidc_provider: ProviderProcess) -> None:
    async with open_oidc_backend(database_url, oidc_provider.issuer, login_attempts_per_minute=2) as backend:
        answers = [await Browser("s-q").open(SignIn(backend.url).url) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [303, 303, 429]
        page = await Browser().get(SignIn(backend.url).url)
        assert page.status_code == 200, "the page costs nothing"


async def test_clients_learn_how_to_sign_in(backend: Backend) -> None:
    async with httpx.AsyncClient(base_url=backend.url) as http:
        found = (await http.get("/api/auth/methods")).json()["data"]
    offered = {"name": "Example", "start_url": f"{backend.url}/api/auth/oidc/start"}
    assert found == {"password": True, "single_sign_on": offered}


async def test_without_a_provider_there_is_nothing_to_sign_in_with(database_url: str) -> None:
    async with open_replica(
        oidc_settings(
            database_url, "", 1, oidc_issuer=None, oidc_client_id=None, oidc_client_secret=None, oidc_roles=""
        )
    ) as backend:
        async with httpx.AsyncClient(base_url=backend.url) as http:
            assert (await http.get("/api/auth/methods")).json()["data"]["single_sign_on"] is None
            assert (await http.get("/api/auth/oidc/callback?state=x")).status_code == 404
        assert (await SignIn(backend.url).exchange("x")).status_code == 404
