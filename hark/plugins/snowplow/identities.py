"""What Snowplow's collector and trackers bring beyond the kinds that the house knows."""

from hark.plugin import IdentityKind


def _written(value: str) -> str | None:
    return value.strip().lower() or None


KINDS = (
    # A cookie of the collector's domain: one for every browser, as anonymous as the tracker's own.
    IdentityKind(
        name="network_user_id", label="Network cookie", normalise=_written, priority=95, limit=100, window_days=365
    ),
)
