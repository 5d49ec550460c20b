"""Is it alive, and is it ready? For load balancers, scripts and people."""

from typing import Any

import psycopg
from litestar import MediaType, Response, get
from litestar.datastructures import State

from hark.errors import Retry
from hark.events import log as events
from hark.flow import ROOMS
from hark.store.migrate import pending


@get("/health", media_type=MediaType.JSON, sync_to_thread=False, opt={"open": True})
def health() -> dict[str, str]:
    return {"status": "alive"}


@get("/ready", media_type=MediaType.JSON, sync_to_thread=True, opt={"open": True})
def ready(state: State) -> Response[dict[str, Any]]:
    """200 when the database answers and is in this program's shape; `lag` tells how far processing is behind."""
    try:
        with state["database"].transaction() as tx:
            missing = pending(tx.connection, ROOMS)
            lag = events.lag(tx)
    except (Retry, psycopg.Error) as error:
        return Response({"status": "not ready", "database": f"{type(error).__name__}"}, status_code=503)
    status = "not ready" if missing else "ready"
    body = {"status": status, "database": "reached", "migrations": "missing" if missing else "done", "lag": lag}
    return Response(body, status_code=503 if missing else 200)
