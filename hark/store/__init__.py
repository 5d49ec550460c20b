"""PostgreSQL, carried by a wheel or named by URL: named queries, transactions, migrations. Nothing here knows a room."""

from hark.store.database import Database, Transaction
from hark.store.sql import Queries, Query

__all__ = ["Database", "Queries", "Query", "Transaction"]
