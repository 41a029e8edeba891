"""Sign-in with OpenID Connect over HTTP: what clients ask, and where browsers go."""

import hashlib
import hmac
import re
import secrets
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from backend.accounts.oidc import sign_in
from backend.accounts.oidc.configuration import CALLBACK_PATH, START_PATH, OidcConfiguration
from backend.accounts.oidc.pending import ClientRequest
from backend.accounts.oidc.provider import Provider
from backend.accounts.oidc.redirect_uri import loopback_port
from backend.accounts.oidc.sign_in import NextAddress, ProviderCallback
from backend.api.authentication import client_address, stranger_origin
from backend.api.refusals import note_sign_in_refusal
from backend.api.router import api_router
from backend.api.sign_in_pages import EXPIRED_PAGE, confirmation_page
from backend.api.state import ApiState, State
from shared.errors import NotFoundError
from shared.models.auth import CodeExchange, SignInMethods, SingleSignOn, TokenPair
from shared.models.base import Answer
from shared.proof_key import CHALLENGE_PATTERN

router = api_router(tag="auth")

_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")
_BROWSER_SECONDS = 3600
"""Longer than a sign-in takes; the same browser may begin several."""


class ClientParameters(BaseModel):
    """What a client adds to the address that it opens; `go` is there after the person has confirmed."""

    redirect_uri: str = Field(max_length=200)
    code_challenge: str = Field(pattern=CHALLENGE_PATTERN)
    state: str = Field(min_length=8, max_length=200)
    go: str = Field("", max_length=64)


class CallbackParameters(BaseModel):
    """What a provider may add to the callback's address; providers add parameters of their own."""

    model_config = ConfigDict(extra="allow")

    state: str = Field("", max_length=200)
    code: str = Field("", max_length=4000)
    iss: str | None = Field(None, max_length=1000)
    error: str = Field("", max_length=200)
    error_description: str = Field("", max_length=2000)


@router.get("/api/auth/methods", summary="How to sign in")
async def methods(state: State) -> Answer[SignInMethods]:
    provider = state.single_sign_on
    if provider is None:
        return Answer(data=SignInMethods())
    configuration = provider.configuration
    offered = SingleSignOn(name=configuration.name, start_url=configuration.start_url)
    return Answer(data=SignInMethods(single_sign_on=offered))


@router.get(START_PATH, include_in_schema=False)
async def start(state: State, request: Request, given: Annotated[ClientParameters, Query()]) -> Response:
    """Ask the person to confirm, then send the browser to the provider."""
    provider = _provider(state)
    port = loopback_port(given.redirect_uri)
    cookie = _cookie_name(provider.configuration)
    browser = request.cookies.get(cookie, "")
    if not _BROWSER.fullmatch(browser):
        browser = secrets.token_urlsafe(32)
    go = _confirmation(browser, given)
    if not hmac.compare_digest(given.go.encode(), go.encode()):
        query = urlencode(given.model_dump(exclude={"go"}) | {"go": go})
        page = HTMLResponse(
            confirmation_page(
                name=provider.configuration.name, port=port, url=f"{provider.configuration.start_url}?{query}"
            )
        )
        page.set_cookie(
            cookie,
            browser,
            max_age=_BROWSER_SECONDS,
            path="/",
            secure=provider.configuration.uses_tls,
            httponly=True,
            samesite="lax",  # the callback is a navigation from the provider's site
        )
        return page
    await state.limiter.count_attempt(client_address(request))
    wanted = ClientRequest(redirect_uri=given.redirect_uri, code_challenge=given.code_challenge, state=given.state)
    return _go_on(request, await sign_in.start(state.context, provider, wanted, browser=browser))


@router.get(CALLBACK_PATH, include_in_schema=False)
async def callback(state: State, request: Request, given: Annotated[CallbackParameters, Query()]) -> Response:
    """Receive the browser from the provider, and send it to the client."""
    provider = _provider(state)
    address = client_address(request)
    browser = request.cookies.get(_cookie_name(provider.configuration), "")
    async with state.limiter.token_use(address):
        found = await sign_in.finish(
            state.context,
            state.identities,
            provider,
            ProviderCallback(
                state=given.state,
                code=given.code,
                issuer=given.iss,
                error=given.error,
                error_description=given.error_description,
            ),
            browser=browser,
            origin=stranger_origin(request),
        )
    if found is not None:
        return _go_on(request, found)
    await state.limiter.count_refused(address)
    note_sign_in_refusal(request, who="", cause="The state is unknown, or belongs to another browser.")
    return HTMLResponse(EXPIRED_PAGE, status_code=400)


@router.post("/api/auth/oidc/token", summary="Exchange the code of a browser's sign-in")
async def exchange(state: State, request: Request, given: CodeExchange) -> Answer[TokenPair]:
    """Return tokens for a code that is a minute old at most; it is used up even if the verifier is wrong."""
    provider = _provider(state)
    async with state.limiter.token_use(client_address(request)):
        pair = await sign_in.exchange(
            state.context,
            state.identities,
            provider,
            given.code,
            given.code_verifier,
            origin=stranger_origin(request),
        )
    return Answer(data=pair)


def _provider(state: ApiState) -> Provider:
    if state.single_sign_on is None:
        raise NotFoundError(
            "This backend offers no single sign-on. Sign in with a password, or ask its administrator to set "
            "TASKDECK_OIDC_ISSUER."
        )
    return state.single_sign_on


def _cookie_name(configuration: OidcConfiguration) -> str:
    """Return the cookie's name; with the prefix no other host of the same domain can set it."""
    return "__Host-taskdeck-browser" if configuration.uses_tls else "taskdeck-browser"


def _confirmation(browser: str, given: ClientParameters) -> str:
    """Return what only a page of this backend can add: it depends on the browser's cookie and on what is confirmed."""
    text = f"{browser}\n{given.redirect_uri}\n{given.code_challenge}\n{given.state}"
    return hashlib.sha256(text.encode()).hexdigest()


def _go_on(request: Request, found: NextAddress) -> Response:
    if found.refusal is not None:
        note_sign_in_refusal(request, who=found.refusal.who, cause=found.refusal.cause)
    return RedirectResponse(found.url, status_code=303)
