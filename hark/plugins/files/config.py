"""Settings of the files, and a test that writes one."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from hark.plugin import Misconfigured


class Config(Struct, frozen=True, kw_only=True):
    form: Annotated[
        Literal["parquet", "csv"], Meta(title="Form", description="Parquet is smaller and keeps types.")
    ] = "parquet"
    batch: Annotated[int, Meta(title="Events in one file, at most", ge=1, le=10_000)] = 5_000
    every: Annotated[
        int,
        Meta(title="Seconds to wait for that many", description="A file is written sooner when it is full.", ge=0),
    ] = 300


def check(config: Config, folder: Path) -> str:
    """See whether the folder can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".test"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise Misconfigured("folder", f"{folder} cannot be written: {error.strerror}") from None
    return f"files go to {folder}"
