"""Purposes and consents."""

from hark.model import Purpose


def declared_purposes(brought: dict[str, Purpose]) -> dict[str, Purpose]:
    return brought
