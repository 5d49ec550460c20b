"""Kinds of identity."""

from hark.model import IdentityKind


def declared_kinds(brought: dict[str, IdentityKind]) -> dict[str, IdentityKind]:
    return brought
