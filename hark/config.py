"""The one frozen configuration: hark.toml in the data folder, over it HARK_* variables, over them the command line.

Nothing else reads the environment. Every field is documented in docs/reference/settings.md (a test compares).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from hark.errors import Misconfigured


class Config(Struct, frozen=True, kw_only=True):
    data: Path = Path("hark-data")  # folder of everything that Hark keeps outside PostgreSQL, and of PostgreSQL itself
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None  # how people reach this installation; default http://host:port
    database_url: str | None = None  # another PostgreSQL >= 16 instead of the one in the wheel
    postgres_bin: Path | None = None  # other PostgreSQL programs for the embedded cluster
    web_processes: int = 1
    batch: int = 2_000  # most events processed in one transaction; fewer where fewer wait
    max_body: int = 4_000_000  # bytes of one request, packed or unpacked
    max_batch: int = 2_500  # events in one request
    max_event: int = 1_000_000  # bytes of one event inside a batch
    history_after_hours: int = 24  # events older than this on arrival are known, never decided upon
    allow_private: tuple[str, ...] = ()  # hosts and networks that destinations may reach although they are private
    clamav: str | None = None  # host:port or socket of a ClamAV that looks at files; what it finds is held back
    session_days: int = 14
    log_level: str = "info"
    scripts: Path | None = None  # node_modules with clients' browser libraries to serve; default DATA/node_modules

    @property
    def url(self) -> str:
        return (self.public_url or f"http://{_address(self.host)}:{self.port}").rstrip("/")


def load(environment: Mapping[str, str], **given: Any) -> Config:
    """Read the settings. `given` are those of the command line; None means not given. Misconfigured names the field."""
    known = {field.name: field for field in msgspec.structs.fields(Config)}
    values: dict[str, Any] = {}
    data = Path(given.get("data") or environment.get("HARK_DATA") or Config().data)
    file = data / "hark.toml"
    if file.is_file():
        try:
            values |= msgspec.toml.decode(file.read_bytes(), type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise Misconfigured(str(file), str(error)) from None
        if strange := values.keys() - known.keys():
            raise Misconfigured(str(file), f"unknown settings {', '.join(sorted(strange))}")
    for name, field in known.items():
        text = environment.get(f"HARK_{name.upper()}")
        if text:
            values[name] = text.split(",") if field.type == tuple[str, ...] else text
    values |= {name: value for name, value in given.items() if value is not None}
    values["data"] = data
    for name, value in values.items():
        try:
            values[name] = msgspec.convert(value, known[name].type, strict=False, dec_hook=_read)
        except msgspec.ValidationError as error:
            raise Misconfigured(name, str(error)) from None
    return Config(**values)


def _read(kind: type, value: Any) -> Any:
    if kind is Path or kind == Path | None:
        return Path(value)
    raise NotImplementedError(kind)


def _address(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host
