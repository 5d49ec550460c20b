"""Kinds of identity: how a value is spelled one way, which values point to nobody, and what guards each kind.

The core brings the kinds below; plug-ins bring theirs in `identities.py`; an operator changes limits, priorities and
blocked values by the event `kind.defined`. A kind that nobody declared is trimmed, kept as written and guarded mildly.
"""

import re
from collections.abc import Iterable, Mapping
from functools import partial

import phonenumbers
from msgspec import Struct
from msgspec.structs import replace

from hark.kit.text import clean
from hark.model import IdentityKind

LONGEST = 500
_QUOTES = "\"'`´‘’“”"
# Placeholders that clients really send (the lists of Segment Unify and PostHog), compared without case and quotes.
BLOCKED = frozenset(
    [
        *("-1", "null", "(null)", "nil", "none", "nan", "undefined", "unknown", "n/a", "not set", "(not set)"),
        *("anonymous", "guest", "not_authenticated", "no_user", "true", "false", "[object object]"),
        *("id", "distinctid", "distinct_id", "userid", "user_id", "email"),
    ]
)
_EMPTY = re.compile(r"[0-]*")
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
_GA_PREFIX = re.compile(r"^GA\d\.\d+\.")


def points_to_nobody(value: str) -> bool:
    """A placeholder, not a pointer: "null", 'anonymous', 0, 00000000-0000-…, also in quotes and any case."""
    bare = value.strip().strip(_QUOTES).strip()
    return _EMPTY.fullmatch(bare) is not None or bare.lower() in BLOCKED


def spell(value: str) -> str | None:
    """The spelling of a kind that has no rule of its own: trimmed, and refused where it is longer than any true id."""
    value = clean(value).strip()
    return value if 0 < len(value) <= LONGEST else None


def spell_lower(value: str) -> str | None:
    spelled = spell(value)
    return spelled.lower() if spelled else None


def spell_email(value: str) -> str | None:
    """Lower case, the domain in its ASCII form. Dots and tags are kept: who may drop them is the mail host's affair."""
    value = clean(value).strip().removeprefix("mailto:").strip().rstrip(".").lower()
    if len(value) > 254 or not _EMAIL.fullmatch(value):
        return None
    local, domain = value.split("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return None


def spell_phone(value: str) -> str | None:
    """E.164. A national number without its country points to nobody in particular, so it stays a trait only."""
    digits = re.sub(r"[^\d+]", "", clean(value)[:40].replace("(0)", ""))
    international = "+" + digits.lstrip("+").removeprefix("00")
    if not digits.startswith(("+", "00")) and len(digits) < 11:
        return None
    spelled = _e164(international)
    # Some numbers lose a trunk prefix only when they are read a second time.
    while spelled is not None and (again := _e164(spelled)) != spelled:
        spelled = again
    return spelled


def _e164(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spell_card(value: str) -> str | None:
    """A loyalty card or a QR code: printed with spaces and dashes, read without."""
    return spell(re.sub(r"[\s-]", "", value).upper())


def spell_ga(value: str) -> str | None:
    return spell(_GA_PREFIX.sub("", value.strip()))


def spell_nothing(value: str) -> str | None:
    return None


_kind = partial(IdentityKind, normalise=spell)
CORE = (
    _kind(name="user_id", label="User id", priority=1, limit=1, unique=True),
    _kind(name="email", label="E-mail", normalise=spell_email, priority=2),
    _kind(name="phone", label="Phone", normalise=spell_phone, priority=3),
    _kind(name="external_id", label="External id", priority=5),
    _kind(name="card", label="Customer card", normalise=spell_card, priority=10),
    _kind(name="qr", label="QR code", normalise=spell_card, priority=20, limit=20),
    _kind(name="device_id", label="Device", priority=50, limit=20),
    _kind(name="android.id", label="Android id", normalise=spell_lower, priority=50, limit=20),
    _kind(name="ios.id", label="iOS vendor id", normalise=spell_lower, priority=50, limit=20),
    _kind(name="android.idfa", label="Android advertising id", normalise=spell_lower, priority=60, limit=20),
    _kind(name="ios.idfa", label="iOS advertising id", normalise=spell_lower, priority=60, limit=20),
    _kind(name="android.push_token", label="Android push token", priority=70, limit=20, window_days=365),
    _kind(name="ios.push_token", label="iOS push token", priority=70, limit=20, window_days=365),
    _kind(name="push_token", label="Push token", priority=70, limit=20, window_days=365),
    _kind(
        name="ga_client_id",
        label="Google Analytics client",
        normalise=spell_ga,
        priority=80,
        limit=100,
        window_days=365,
    ),
    # One for every browser and every cleared cookie, so a faithful visitor has many.
    _kind(name="anonymous_id", label="Anonymous visitor", priority=90, limit=100, window_days=365),
    # A group is an account or a household, never a person.
    _kind(name="group_id", label="Group", normalise=spell_nothing, priority=1000),
)


def declared_kinds(brought: dict[str, IdentityKind]) -> dict[str, IdentityKind]:
    """The core's kinds and those that plug-ins bring; a plug-in may say it better."""
    return {kind.name: kind for kind in CORE} | brought


class Setting(Struct, frozen=True, kw_only=True):
    """What an operator changed of one kind; None leaves the declared value."""

    priority: int | None = None
    limit: int | None = None
    window_days: int | None = None
    unique: bool | None = None
    blocked: tuple[str, ...] = ()


class Kinds:
    """The kinds in force: those declared, over them the operator's settings."""

    def __init__(self, declared: Iterable[IdentityKind], settings: Mapping[str, Setting] | None = None) -> None:
        self._kinds = {kind.name: kind for kind in declared}
        self._blocked: dict[str, frozenset[str]] = {}
        for name, setting in (settings or {}).items():
            self._change(name, setting)

    def _change(self, name: str, setting: Setting) -> None:
        kind = self.of(name)
        given = {
            field: value
            for field in ("priority", "limit", "window_days", "unique")
            if (value := getattr(setting, field)) is not None
        }
        self._kinds[name] = replace(kind, **given)
        self._blocked[name] = frozenset(kind.normalise(value) or value for value in setting.blocked)

    def of(self, name: str) -> IdentityKind:
        kind = self._kinds.get(name)
        if kind is None:
            kind = self._kinds[name] = IdentityKind(name=name, label=name, normalise=spell)
        return kind

    def all(self) -> list[IdentityKind]:
        return sorted(self._kinds.values(), key=lambda kind: (kind.priority, kind.name))

    def spelled(self, kind: str, value: str) -> str | None:
        """The one spelling, or None where this value points to nobody."""
        if points_to_nobody(value):
            return None
        spelling = self.of(kind).normalise(value)
        if spelling is None or points_to_nobody(spelling) or self.blocks(kind, spelling):
            return None
        return spelling

    def blocks(self, kind: str, spelling: str) -> bool:
        """Whether an operator blocked this value."""
        blocked = self._blocked.get(kind)
        return blocked is not None and spelling in blocked
