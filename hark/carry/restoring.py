"""After a restore: who was erased since the backup was made is erased again."""

from collections.abc import Sequence

from hark.carry import ledger
from hark.carry.erase import Tools, erase_person, queries
from hark.people import carry as people_carry


def erase_again(tools: Tools, entries: Sequence[ledger.Entry]) -> int:
    """How many persons that the restored database still knew are gone now."""
    with tools.database.transaction() as tx:
        done = [row["id"] for row in tx.all(queries.erasures)]
    gone = 0
    for entry in ledger.missing(entries, done):
        with tools.database.transaction() as tx:
            persons = people_carry.persons_of(tx, entry.identities)
        for person in persons:
            erase_person(tools, person, entry.kind)
            gone += 1
    return gone
