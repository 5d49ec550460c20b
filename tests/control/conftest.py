"""The receiver of webhooks from next door."""

from tests.destinations.conftest import receiver

__all__ = ["receiver"]
