"""The form of a plug-in's settings, drawn from its Config: no plug-in brings a screen of its own."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from hark.errors import Misconfigured
from hark.web import Form

Look = Literal["text", "lines", "json", "number", "secret", "check", "choice"]
LONG = 1_000  # letters from which on a text gets several lines


class Setting(Struct, frozen=True, kw_only=True):
    """One field of the form. `known` says that a secret is kept already and needs not be entered again."""

    name: str
    title: str
    about: str
    look: Look
    value: Any
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    known: bool = False
    long: bool = False


class Group(Struct, frozen=True):
    """Settings that belong together, under one heading."""

    title: str
    settings: list[Setting]


def grouped(part: Any, values: Mapping[str, Any] | None = None) -> list[Group]:
    """The fields as config.py groups them (`GROUPS`: heading to names); those that it does not name come first."""
    fields = {one.name: one for one in settings(part.Config, values)}
    named: dict[str, tuple[str, ...]] = getattr(part, "GROUPS", {})
    taken = {name for names in named.values() for name in names}
    first = Group("", [one for one in fields.values() if one.name not in taken])
    others = [Group(title, [fields[name] for name in names]) for title, names in named.items()]
    return [group for group in (first, *others) if group.settings]


def settings(kind: Any, values: Mapping[str, Any] | None = None) -> list[Setting]:
    """The fields of a Config in their order, with these values or their defaults."""
    described = msgspec.inspect.type_info(kind)
    assert isinstance(described, msgspec.inspect.StructType)
    return [_setting(field, values) for field in described.fields]


def entered(kind: Any, form: Form) -> dict[str, Any]:
    """What the form says of each setting, as texts; the Config itself checks and converts them."""
    found: dict[str, Any] = {}
    for setting in settings(kind):
        if setting.look == "check":
            found[setting.name] = form.flag(setting.name)
        elif setting.look == "json":
            if text := form.text(setting.name, most=100_000):
                found[setting.name] = _read(setting.name, text)
        elif setting.name in form and (text := form.text(setting.name, most=4000)):
            found[setting.name] = text
        elif setting.name in form and setting.look in ("text", "lines", "secret") and not setting.required:
            found[setting.name] = ""
    return found


def _read(name: str, text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise Misconfigured(name, f"this is no JSON: {error}") from None


def _setting(field: Any, values: Mapping[str, Any] | None) -> Setting:
    meta = field.type if isinstance(field.type, msgspec.inspect.Metadata) else None
    plain = meta.type if meta else field.type
    schema = (meta.extra_json_schema or {}) if meta else {}
    hidden = bool(meta and (meta.extra or {}).get("secret"))
    look: Look = "secret" if hidden else _look(plain)
    long = (getattr(plain, "max_length", None) or 0) >= LONG
    if look == "text" and long:
        look = "lines"
    given = None if values is None else values.get(field.encode_name)
    if look == "json":
        given = msgspec.json.format(msgspec.json.encode(_default(field) if given is None else given), indent=2).decode()
    return Setting(
        name=field.encode_name,
        title=schema.get("title", field.encode_name),
        about=schema.get("description", ""),
        look=look,
        value=given if given is not None else _default(field),
        required=field.required,
        choices=tuple((str(one), str(one)) for one in plain.values)
        if isinstance(plain, msgspec.inspect.LiteralType)
        else (),
        known=hidden and bool(given),
        long=long,
    )


def _look(plain: Any) -> Look:
    if isinstance(plain, msgspec.inspect.BoolType):
        return "check"
    if isinstance(plain, msgspec.inspect.IntType | msgspec.inspect.FloatType):
        return "number"
    if isinstance(plain, msgspec.inspect.LiteralType):
        return "choice"
    return "text" if isinstance(plain, msgspec.inspect.StrType) else "json"


def _default(field: Any) -> Any:
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return "" if field.default is msgspec.NODEFAULT else field.default
