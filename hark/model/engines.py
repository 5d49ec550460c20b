"""What rooms and plug-ins declare, gathered once at the start and handed to every step."""

from msgspec import Struct

from hark.model.person import IdentityKind, Purpose


class Declared(Struct, frozen=True, kw_only=True):
    """kinds and purposes by name; salt keys every derived id of this installation."""

    kinds: dict[str, IdentityKind] = {}
    purposes: dict[str, Purpose] = {}
    salt: bytes = b""
    replaying: bool = False
