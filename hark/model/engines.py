"""What rooms and plug-ins declare, gathered once at the start and handed to every step."""

from msgspec import Struct

from hark.model.person import IdentityKind, Purpose


class Declared(Struct, frozen=True, kw_only=True):
    """kinds and purposes by name; salt keys every derived id of this installation.

    replaying   these events were processed before: know them, decide nothing
    again       only some of them, for people who were tied to somebody who was forgotten: what does not hang on who is who
                stands, and is not made a second time
    """

    kinds: dict[str, IdentityKind] = {}
    purposes: dict[str, Purpose] = {}
    salt: bytes = b""
    replaying: bool = False
    again: bool = False
