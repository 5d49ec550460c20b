"""Files that we sent as a link, because the channel could not carry them: fetched by a signed address, without account."""

from hark.conversations import attachments, links
from hark.errors import NotFound
from hark.kit.clock import Clock
from hark.model import Declared
from hark.store import Database
from hark.web import Answer, Right, shows
from hark.web.handed import handed


@shows("/files/{token:str}", right=Right.ANYONE)
def linked_file(token: str, database: Database, declared: Declared, clock: Clock) -> Answer:
    linked = links.read(declared.salt, token, clock())
    if linked is None:
        raise NotFound("this link is not one of ours, or its time is over")
    with database.transaction() as tx:
        file, body = attachments.fetch(tx, linked.message, linked.file)
    return handed(body, file.name, file.media_type)


HANDLERS = [linked_file]
