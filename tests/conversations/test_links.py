"""Files by link: signed over the file and its message, good for a while, handed out as a download."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hark.conversations import links
from hark.events import files
from hark.kit import clock
from hark.model import Attached
from hark.testing.house import House
from hark.web.handed import disposition
from tests.conversations.talk import Talk, mail

SALT, NOW, FILE = b"salt", datetime(2026, 11, 2, tzinfo=UTC), "ab" * 32


@given(some.integers(0, 80), some.characters(codec="ascii"))
def test_a_changed_link_opens_nothing(place: int, letter: str) -> None:
    text = links.sign(SALT, UUID(int=5), FILE, NOW)
    changed = text[:place] + letter + text[place + 1 :]
    read = links.read(SALT, text, NOW)

    assert read is not None
    assert (read.message, read.file) == (UUID(int=5), FILE)
    assert links.read(b"other", text, NOW) is None
    assert links.read(SALT, text, NOW + links.LASTS + timedelta(seconds=1)) is None
    assert links.read(SALT, changed, NOW) in (None, read)


@pytest.fixture
def sent(house: House) -> tuple[House, str, str]:
    """A file that came with Ann's letter, and the path of its link."""
    with house.database.transaction() as tx:
        [kept] = files.put(
            tx, [Attached(name="x.html", media_type="text/html", body=b"<script>1</script>")], clock.now()
        )
    talk, named = Talk(house), {"id": kept.id, "name": kept.name, "media_type": "text/html", "size": 18}
    talk.hear(mail("ann@example.com", "Look", files=[named]))
    token = links.sign(house.hark.declared.salt, talk.thread()[0].id, kept.id, clock.now())
    return house, f"/files/{token}", kept.id


def test_a_linked_file_is_a_download_that_runs_nothing(sent: tuple[House, str, str]) -> None:
    house, path, id = sent
    handed = house.ask("GET", path)
    with house.database.transaction() as tx:
        files.judge(tx, id, "quarantined")

    assert handed.content == b"<script>1</script>"
    assert handed.headers["content-type"] == "application/octet-stream"
    assert handed.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in handed.headers["content-security-policy"]
    assert handed.headers["x-content-type-options"] == "nosniff"
    assert house.ask("GET", path).status_code == 403
    assert house.ask("GET", path + "x").status_code == 404


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a"b\r\nX: y.pdf', "a_b__X_ y.pdf"),
        ("gpj.\u202eexe", "gpj._exe"),
        ("", "file"),
    ],
)
def test_names_of_files_are_only_names(name: str, safe: Any) -> None:
    assert disposition(name).startswith(f'attachment; filename="{safe}"')
