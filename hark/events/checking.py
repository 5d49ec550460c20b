"""Files that came from outside are looked at by ClamAV, where one is configured; what it finds is held back until somebody
releases it. Without one, nothing is known of them, and they count as good."""

from hark.events import files
from hark.net import clamav
from hark.store import Database

TOGETHER = 20


def turn(database: Database, place: str | None) -> bool:
    """Check what waits; whether there was anything. Retry: ClamAV is away, everything waits for it."""
    with database.transaction() as tx:
        if not place:
            return files.trust_unchecked(tx) > 0
        waiting = files.unchecked(tx, TOGETHER)
    for id in waiting:
        with database.transaction() as tx:
            body = files.body(tx, id)
        found = clamav.scan(place, body) if body else None
        with database.transaction() as tx:
            if files.state(tx, id) == "unchecked":
                files.judge(tx, id, "quarantined" if found else "ok", found)
            if found:
                tx.notify("hark_stirred")
    return bool(waiting)
