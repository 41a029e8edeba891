"""Signing in, users and tokens over HTTP."""

from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import HTMLResponse

from backend.accounts import key_rotation, login, own_password, setup, signing_keys, tokens, users
from backend.api.authentication import Admin, SignedIn, actor, client_address, stranger_origin
from backend.api.idempotency import IdempotencyKey, once
from backend.api.paging import WholeList, whole_answer
from backend.api.router import api_router
from backend.api.setup_page import SETUP_PAGE
from backend.api.state import State
from shared.errors import UnauthorizedError, ValidationFailedError
from shared.models.auth import (
    ApiToken,
    ApiTokenCreate,
    FolderPermission,
    KeyRotation,
    LoginRequest,
    LogoutRequest,
    PasswordChange,
    RefreshRequest,
    SetupRequest,
    SignedInUser,
    SigningKey,
    TokenPair,
    User,
    UserCreate,
    UserPatch,
)
from shared.models.base import Answer, Page

router = api_router(tag="auth")

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.post("/api/auth/login", summary="Sign in")
async def log_in(state: State, request: Request, given: LoginRequest) -> Answer[TokenPair]:
    request.state.signing_in = given.username
    async with state.limiter.sign_in(given.username, client_address(request)):
        return Answer(
            data=await login.login(
                state.context,
                state.identities,
                given.username,
                given.password,
                origin=stranger_origin(request),
            )
        )


@router.post("/api/auth/refresh", summary="Renew an access token")
async def refresh(state: State, request: Request, given: RefreshRequest) -> Answer[TokenPair]:
    async with state.limiter.token_use(client_address(request)):
        return Answer(
            data=await login.refresh(
                state.context, state.identities, given.refresh_token, origin=stranger_origin(request)
            )
        )


@router.post("/api/auth/logout", status_code=204, summary="End a session")
async def log_out(state: State, request: Request, given: LogoutRequest) -> None:
    """End the session of a refresh token, or all sessions of its user; 204 also if it is over already."""
    address = client_address(request)
    async with state.limiter.token_use(address):
        ended = await login.sign_out(
            state.context,
            state.identities,
            given.refresh_token,
            everywhere=given.everywhere,
            origin=stranger_origin(request),
        )
    if not ended:
        await state.limiter.count_refused(address)


@router.post("/api/auth/setup", summary="Create the first administrator")
async def set_up(state: State, request: Request, given: SetupRequest) -> Answer[TokenPair]:
    await state.limiter.count_attempt(client_address(request))
    pair = await setup.set_up(
        state.context,
        state.identities,
        given.setup_token,
        username=given.username,
        password=given.password,
        origin=stranger_origin(request),
    )
    return Answer(data=pair)


@router.get("/setup", include_in_schema=False)
async def setup_page(token: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """Serve the page; its script sends the token of its own address."""
    return HTMLResponse(SETUP_PAGE)


@router.get("/api/auth/me", summary="The user of this token")
async def me(user: SignedIn) -> Answer[SignedInUser]:
    """Tell who is signed in, and what the token permits in which folder: the greatest of role, grants and groups."""
    access = user.access
    folders = [FolderPermission(folder=one.folder, permission=one.permission) for one in access.folders]
    return Answer(
        data=SignedInUser(
            **user.user.model_dump(), scope=user.identity.scope, permission=access.everywhere, folders=folders
        )
    )


@router.post("/api/auth/password", summary="Change your own password")
async def change_password(state: State, user: SignedIn, request: Request, change: PasswordChange) -> Answer[TokenPair]:
    """End all sessions and tokens of yours, and return the tokens of a new session."""
    try:
        async with state.limiter.sign_in(user.user.username, client_address(request)):
            pair = await own_password.change_own_password(state.context, state.identities, change, actor=actor(user))
    except UnauthorizedError as error:
        # The request's own token is valid: a client must not renew it for this.
        raise ValidationFailedError.of("current_password", "is wrong") from error
    return Answer(data=pair)


@router.get("/api/users", summary="List users")
async def list_users(state: State, user: Admin, part: WholeList) -> Page[User]:
    return whole_answer(await users.list_users(state.context), part)


@router.post("/api/users", status_code=201, summary="Create a user")
async def create_user(
    state: State, user: Admin, request: Request, new: UserCreate, idempotency_key: IdempotencyKey = None
) -> Answer[User]:
    return Answer(
        data=await once(
            state,
            request,
            user=user,
            key=idempotency_key,
            kind=User,
            produce=lambda by: users.create_user(state.context, new, actor=actor(by)),
        )
    )


@router.patch("/api/users/{user_id}", summary="Change a user")
async def change_user(state: State, user: Admin, user_id: Id, patch: UserPatch) -> Answer[User]:
    return Answer(data=await users.change_user(state.context, state.identities, user_id, patch, actor=actor(user)))


@router.delete("/api/users/{user_id}", status_code=204, summary="Delete a user and their tokens")
async def delete_user(state: State, user: Admin, user_id: Id) -> None:
    await users.delete_user(state.context, state.identities, user_id, actor=actor(user))


@router.get("/api/tokens", summary="List your own tokens")
async def list_tokens(state: State, user: SignedIn, part: WholeList) -> Page[ApiToken]:
    return whole_answer(await tokens.list_tokens(state.context, owner=user.user), part)


@router.post("/api/tokens", status_code=201, summary="Create a token; its value is shown once")
async def create_token(
    state: State, user: SignedIn, request: Request, new: ApiTokenCreate, idempotency_key: IdempotencyKey = None
) -> Answer[ApiToken]:
    return Answer(
        data=await once(
            state,
            request,
            user=user,
            key=idempotency_key,
            kind=ApiToken,
            produce=lambda by: tokens.create_token(state.context, new, owner=by.identity, origin=by.origin),
            not_stored=frozenset({"token"}),
        )
    )


@router.delete("/api/tokens/{token_id}", status_code=204, summary="Delete one of your own tokens")
async def delete_token(state: State, user: SignedIn, token_id: Id) -> None:
    await tokens.delete_token(state.context, state.identities, token_id, owner=user.user, origin=user.origin)


@router.get("/api/signing-keys", summary="List the keys of access tokens")
async def list_signing_keys(state: State, user: Admin, part: WholeList) -> Page[SigningKey]:
    return whole_answer(await signing_keys.list_signing_keys(state.context), part)


@router.post("/api/signing-keys/rotate", status_code=201, summary="Replace the key of access tokens")
async def rotate_signing_key(state: State, user: Admin, wanted: KeyRotation) -> Answer[SigningKey]:
    return Answer(
        data=await key_rotation.rotate(state.context, state.identities, revoke=wanted.revoke, actor=actor(user))
    )
