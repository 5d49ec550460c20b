"""Hark's own letters leave by a mailbox, when there is one, each once, and say that a machine wrote them."""

from datetime import timedelta
from threading import Event

from hark import letters
from hark.testing.house import House
from hark.testing.postoffice import Office
from hark.web import customers
from hark.work import Work


def work(house: House) -> None:
    letters.turn(house.hark.means)
    Work(house.hark.url, {letters.post: house.hark.means}).run(Event(), until_empty=True)


def write(house: House, to: str) -> None:
    with house.database.transaction() as tx:
        customers.send_link(tx, house.now(), to, "https://hark.example", "Your data", "Come in: {link}")


def test_a_link_waits_for_a_mailbox_and_then_leaves_once(database_url: str, office: Office) -> None:
    house = House(database_url, allow_private=("127.0.0.1",))
    write(house, "letter@example.com")
    work(house)
    before = [one for one in office.sent if one.recipients == ["letter@example.com"]]
    house.add_source("help@", plugin="email", settings=office.settings("help"))
    work(house)
    work(house)
    house.close()
    sent = [one for one in office.sent if one.recipients == ["letter@example.com"]]

    assert (len(before), len(sent)) == (0, 1)
    assert sent[0].sender == ""
    assert b"https://hark.example/my-data/enter/" in sent[0].content.replace(b"=\r\n", b"")
    assert b"Auto-Submitted: auto-generated" in sent[0].content


def test_a_letter_whose_time_is_over_is_not_sent(database_url: str, office: Office) -> None:
    house = House(database_url, allow_private=("127.0.0.1",))
    house.add_source("help@", plugin="email", settings=office.settings("help"))
    with house.database.transaction() as tx:
        customers.write_letter(tx, house.now(), "late@example.com", "x", "y", house.now() - timedelta(minutes=1))
    work(house)
    house.close()

    assert [one for one in office.sent if one.recipients == ["late@example.com"]] == []
