"""Secrets over HTTP: their values can be written, and not read."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, StringConstraints

from backend.api.authentication import Admin, FolderAdmin, SignedIn, actor
from backend.api.paging import WholeList, whole_answer
from backend.api.router import api_router
from backend.api.state import State
from backend.encryption_rotation import list_secret_keys, rotate_secret_key
from backend.secret_store import secrets
from shared.folders import normal_folder
from shared.models.base import Answer, Line, Page
from shared.models.secret import Secret, SecretFields, SecretKeyInfo, SecretKeyRotation, SecretName

router = api_router(tag="secrets")

Name = Annotated[SecretName, Path()]
Folder = Annotated[Line, StringConstraints(max_length=255), AfterValidator(normal_folder), Query()]


@router.get("/api/secrets", summary="List secrets, without their values")
async def list_secrets(state: State, user: SignedIn, part: WholeList) -> Page[Secret]:
    """List those that tasks can use which you may edit."""
    return whole_answer(await secrets.list_secrets(state.context, access=user.access), part)


@router.put("/api/secrets/{name}", summary="Set a secret")
async def put_secret(state: State, user: FolderAdmin, name: Name, fields: SecretFields) -> Answer[Secret]:
    return Answer(data=await secrets.put_secret(state.context, name, fields, actor=actor(user)))


@router.delete("/api/secrets/{name}", status_code=204, summary="Delete a secret")
async def delete_secret(state: State, user: FolderAdmin, name: Name, folder: Folder = "") -> None:
    await secrets.delete_secret(state.context, name, folder, actor=actor(user))


@router.get("/api/secret-keys", summary="List the keys that encrypt what is stored")
async def list_keys(state: State, user: Admin, part: WholeList) -> Page[SecretKeyInfo]:
    return whole_answer(await list_secret_keys(state.context), part)


@router.post("/api/secret-keys/rotate", summary="Encrypt what is stored with the newest key")
async def rotate_key(state: State, user: Admin) -> Answer[SecretKeyRotation]:
    return Answer(data=await rotate_secret_key(state.context, actor=actor(user)))
