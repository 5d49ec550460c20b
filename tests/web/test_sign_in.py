"""Ways in and out: the first owner, passwords, the second step, invitations, sessions that end when they must."""

from datetime import datetime, timedelta
from uuid import UUID

import pyotp
import pytest

from hark.errors import Rejected, Retry
from hark.kit import clock
from hark.store import Database
from hark.web import access, sessions
from hark.web.rights import Role

PASSWORD = "correct horse battery"
NOW = clock.now()
HOUR = timedelta(hours=1)


def _member(database: Database, email: str = "bo@example.com", role: Role = Role.OWNER) -> UUID:
    with database.transaction() as tx:
        return access.add_member(tx, NOW, email=email, name="Bo", role=role, password=PASSWORD)


def _sign_in(database: Database, password: str = PASSWORD, code: str = "", now: datetime = NOW) -> bool:
    with database.transaction() as tx:
        row = access.sign_in(tx, now, "BO@example.com", password, code)
    return bool(row and not row["needs_code"])


def _secret_of(link: str | None) -> str:
    assert link
    return link.rsplit("/", 1)[1]


def test_the_first_link_makes_an_owner_once(database: Database) -> None:
    secret = _secret_of(access.owner_link(database, "http://x", NOW))
    with database.transaction() as tx:
        access.accept(tx, secret, NOW, email="ann@example.com", name="Ann", password=PASSWORD)

    with database.transaction() as tx, pytest.raises(Rejected, match="used"):
        access.accept(tx, secret, NOW, email="cy@example.com", name="Cy", password=PASSWORD)
    assert access.owner_link(database, "http://x", NOW) is None


def test_a_newer_owner_link_ends_the_one_before(database: Database) -> None:
    old = _secret_of(access.owner_link(database, "http://x", NOW))
    access.owner_link(database, "http://x", NOW)

    with database.transaction() as tx:
        assert access.invited(tx, old, NOW) is None


def test_a_link_ends_with_its_time(database: Database) -> None:
    secret = _secret_of(access.owner_link(database, "http://x", NOW))

    with database.transaction() as tx:
        assert access.invited(tx, secret, NOW + timedelta(days=8)) is None


def test_only_the_right_password_signs_in(database: Database) -> None:
    _member(database)

    assert _sign_in(database)
    assert not _sign_in(database, "correct horse")


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaa", "bo@example.com", "x" * 201])
def test_a_weak_password_is_refused(database: Database, password: str) -> None:
    with database.transaction() as tx, pytest.raises(Rejected):
        access.add_member(tx, NOW, email="bo@example.com", name="Bo", role=Role.AGENT, password=password)


def test_a_code_works_once(database: Database) -> None:
    member, secret = _member(database), access.new_totp()
    code = pyotp.TOTP(secret).at(NOW)
    with database.transaction() as tx:
        assert access.turn_on_totp(tx, member, secret, code, NOW)

    assert not _sign_in(database)
    assert _sign_in(database, code=code)
    assert not _sign_in(database, code=code)
    assert _sign_in(database, code=pyotp.TOTP(secret).at(NOW + timedelta(seconds=60)), now=NOW + timedelta(seconds=60))


def test_a_new_password_ends_every_other_session(database: Database) -> None:
    member = _member(database)
    with database.transaction() as tx:
        mine = sessions.open_session(tx, NOW, HOUR, member=member)
        stolen = sessions.open_session(tx, NOW, HOUR, member=member)
        access.set_password(tx, member, "another long phrase", "bo@example.com", sessions.digest(mine))

    with database.transaction() as tx:
        assert sessions.find(tx, mine, NOW)
        assert sessions.find(tx, stolen, NOW) is None


def test_a_session_ends_with_its_time_and_with_its_member(database: Database) -> None:
    _member(database)
    leaving = _member(database, "cy@example.com", Role.AGENT)
    with database.transaction() as tx:
        secret = sessions.open_session(tx, NOW, HOUR, member=leaving)
        assert sessions.find(tx, secret, NOW)
        assert sessions.find(tx, secret, NOW + 2 * HOUR) is None
        access.remove(tx, leaving)

    with database.transaction() as tx:
        assert sessions.find(tx, secret, NOW) is None


def test_a_changed_role_signs_out(database: Database) -> None:
    _member(database)
    other = _member(database, "cy@example.com", Role.MANAGER)
    with database.transaction() as tx:
        secret = sessions.open_session(tx, NOW, HOUR, member=other)
        access.change_role(tx, other, Role.ANALYST)
        assert sessions.find(tx, secret, NOW) is None


def test_the_last_owner_stays(database: Database) -> None:
    member = _member(database)

    with database.transaction() as tx, pytest.raises(Rejected, match="only owner"):
        access.remove(tx, member)
    with database.transaction() as tx, pytest.raises(Rejected, match="only owner"):
        access.change_role(tx, member, Role.AGENT)


def test_an_invitation_binds_its_address_and_role(database: Database) -> None:
    owner = _member(database)
    with database.transaction() as tx:
        secret = access.invite(tx, NOW, "ty@example.com", Role.TECHNICIAN, owner)
        member = access.accept(tx, secret, NOW, email="cy@example.com", name="Ty", password=PASSWORD)
        row = access.member(tx, member)

    assert row
    assert (row["email"], row["role"]) == ("ty@example.com", Role.TECHNICIAN)


def test_a_reset_link_sets_a_password_and_signs_out(database: Database) -> None:
    owner = _member(database)
    with database.transaction() as tx:
        session = sessions.open_session(tx, NOW, HOUR, member=owner)
        secret = access.reset(tx, NOW, owner, owner)
        access.accept(tx, secret, NOW, email="", name="", password="a fresh long phrase")
        assert sessions.find(tx, session, NOW) is None

    assert _sign_in(database, "a fresh long phrase")
    assert not _sign_in(database)


def test_guessing_is_slowed_down(database: Database) -> None:
    for _ in range(3):
        with database.transaction() as tx:
            access.slow_down(tx, "sign-in as bo", NOW, 3, access.GUESSING)

    with database.transaction() as tx, pytest.raises(Retry, match="too many"):
        access.slow_down(tx, "sign-in as bo", NOW, 3, access.GUESSING)
    with database.transaction() as tx:
        access.slow_down(tx, "sign-in as bo", NOW + access.GUESSING, 3, access.GUESSING)
