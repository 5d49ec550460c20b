"""The sample company's post: letters that customers wrote within the last hours, and those that they write from now on."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from random import Random
from typing import NamedTuple

from hark.sample.answers import subject
from hark.sample.catalogue import APPLIANCES
from hark.sample.customer import Customer, draw
from hark.sample.texts import said

ADDRESS = "help@tidewell.example"
DRAINS = {"Washers": "E18", "Dishwashers": "I20"}  # what can be blocked, and the code that says so
RECENT = 36  # letters that lie there when the desk opens
HOURS = 6.0
EVERY = 45.0  # seconds between two letters of a quiet day


class Letter(NamedTuple):
    customer: Customer
    topic: str
    at: datetime
    number: str
    words: dict[str, str]

    @property
    def id(self) -> str:
        return f"<{self.number}@{self.customer.email.partition('@')[2]}>"


def recent(seed: int, customers: int, now: datetime) -> list[Letter]:
    """What came in over the last hours, oldest first."""
    chance = Random(f"{seed}/letters")
    times = sorted(now - timedelta(hours=HOURS * chance.random() ** 1.6) for _ in range(RECENT))
    return [_write(chance, seed, customers, at, f"letter-{nth}") for nth, at in enumerate(times)]


def coming(seed: int, customers: int, now: datetime) -> Iterator[Letter]:
    """What comes in after that, one after the other; the times are when each is to be posted."""
    chance, at, nth = Random(f"{seed}/coming/{now:%Y%m%d%H%M}"), now, 0
    while True:
        at += timedelta(seconds=chance.expovariate(1 / EVERY))
        nth += 1
        yield _write(chance, seed, customers, at, f"letter-{now:%Y%m%d%H%M}-{nth}")


def mail(letter: Letter) -> bytes:
    """The letter as it arrives at the mailbox."""
    text = said(letter.topic, letter.customer.language, **letter.words)
    title = subject(letter.topic, letter.customer.language, **letter.words)
    return _mail(letter.customer, letter.id, title, f"{text}\n\n{letter.customer.first}", letter.at)


def reply(customer: Customer, title: str, to_id: str, references: Sequence[str], quoted: str, at: datetime) -> bytes:
    """What a customer writes back, with the desk's answer quoted below as mail programs do it."""
    text = said("thanks", customer.language)
    below = "\n".join(f"> {line}" for line in quoted.splitlines())
    body = f"{text}\n\n{customer.first}\n\nOn {at:%a, %d %b %Y at %H:%M}, Tidewell <{ADDRESS}> wrote:\n{below}\n"
    number = f"<reply-{to_id.strip('<>').partition('@')[0][-40:]}@{customer.email.partition('@')[2]}>"
    return _mail(customer, number, title, body, at, to_id, references)


def _write(chance: Random, seed: int, customers: int, at: datetime, number: str) -> Letter:
    topic = chance.choices(("fault", "question", "late", "return"), (5, 4, 3, 1))[0]
    about = chance.choice([one for one in APPLIANCES if one.category in DRAINS or topic in ("late", "return")])
    words = {
        "product": about.sku,
        "code": DRAINS.get(about.category, ""),
        "promised": f"{at - timedelta(days=1):%d.%m.}",
    }
    return Letter(draw(seed, chance.randrange(customers)), topic, at, f"{number}-{seed}", words)


def _mail(
    customer: Customer,
    id: str,
    title: str,
    body: str,
    at: datetime,
    to_id: str = "",
    references: Sequence[str] = (),
) -> bytes:
    message = EmailMessage()
    message["From"] = formataddr((f"{customer.first} {customer.last}", customer.email))
    message["To"] = formataddr(("Tidewell", ADDRESS))
    message["Subject"] = title
    message["Date"] = format_datetime(at)
    message["Message-ID"] = id
    message["Content-Language"] = customer.language
    if to_id:
        message["In-Reply-To"] = to_id
        message["References"] = " ".join([*references[-20:], to_id])
    message.set_content(body)
    return message.as_bytes()
