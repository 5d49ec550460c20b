"""Sources: keys that open the door, names that are taken once."""

import pytest

from hark.errors import Rejected
from hark.events.sources import Sources, add_source
from hark.store import Database


def test_a_new_key_is_known_at_once(database: Database) -> None:
    sources = Sources(database)
    assert sources.by_key("nobody's") is None
    with database.transaction() as tx:
        shop = add_source(tx, "shop")

    assert sources.by_id(shop.id) == shop


def test_a_name_is_taken_once(database: Database) -> None:
    with database.transaction() as tx:
        add_source(tx, "shop")

        with pytest.raises(Rejected, match="already"):
            add_source(tx, "shop")
