"""Somebody at the screens: signed in with a role, without a browser. And the receiver of webhooks from next door."""

from collections.abc import Callable

import pytest

from hark.testing.house import House
from hark.web.rights import Role
from tests.control.browser import Browser
from tests.destinations.conftest import receiver

__all__ = ["receiver"]


@pytest.fixture
def as_role(house: House) -> Callable[[Role], Browser]:
    return lambda role: Browser(house, role)


@pytest.fixture
def owner(house: House) -> Browser:
    return Browser(house, Role.OWNER)
