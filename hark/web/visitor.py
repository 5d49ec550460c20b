"""Who is looking at a page: a member of the team or a customer, with how they like to read it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from hark.web.rights import Right, Role, may


class Visitor(Struct, frozen=True, kw_only=True):
    """`session` is the stored (hashed) id of the session; `identity` is set for customers alone."""

    session: bytes
    role: Role
    name: str
    email: str | None = None
    member: UUID | None = None
    identity: tuple[str, str] | None = None
    language: str | None = None
    time_zone: str = "UTC"
    signed_in_at: datetime | None = None
    notice: dict[str, Any] | None = None

    def may(self, right: Right) -> bool:
        return may(self.role, right)
