"""Grants: what users and groups may do in folders, beside what a role permits."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, field_validator, model_validator

from shared.enums import Permission
from shared.folders import normal_folder
from shared.models.auth import Username
from shared.models.base import Input, Output, Timestamp, VisibleLine, exactly_one, refused
from shared.models.task import ShortText


class GrantFields(Input):
    """A permission for a user or a group in a folder and the folders below it; "" is above all folders.

    It replaces the permission that the same user or group was granted in the same folder.
    """

    model_config = ConfigDict(json_schema_extra=exactly_one("user", "group"))

    user: Username | None = None
    group: Annotated[VisibleLine, StringConstraints(min_length=1, max_length=255)] | None = None
    folder: ShortText = Field(description="A folder such as finance/daily; empty for all folders.")
    permission: Permission

    @field_validator("folder")
    @classmethod
    def _folder(cls, value: str) -> str:
        return normal_folder(value)

    @model_validator(mode="after")
    def _has_one_subject(self) -> Self:
        if (self.user is None) == (self.group is None):
            raise refused("user", "must be given, or group, but not both")
        return self


class Grant(Output):
    """A stored grant, of a user or of a group."""

    id: int
    user: str | None = None
    group: str | None = None
    folder: str
    permission: Permission
    created_by: str
    created_at: Timestamp
