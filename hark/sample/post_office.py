"""The sample company's post office: a mail server for the desk's answers, where some customers write back after a while."""

import email
import email.policy
import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from random import Random
from time import monotonic
from typing import Any

from aiosmtpd.controller import Controller

from hark.sample import letters
from hark.sample.customer import Customer

Post = Callable[[bytes], None]
ANSWERING = 0.6  # the share of customers who write back
SOONEST, LATEST = 12.0, 60.0  # seconds


class PostOffice:
    """`start()` listens on a port of this machine. `turn()` posts the replies whose time has come."""

    def __init__(self, port: int, post: Post, knows: Callable[[str], Customer | None], seed: int) -> None:
        self._post, self._knows = post, knows
        self._chance = Random(f"{seed}/post office")
        self._waiting: list[tuple[float, int, Callable[[], bytes]]] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._answered: set[str] = set()
        self._controller = Controller(self, hostname="127.0.0.1", port=port)

    def start(self) -> None:
        """OSError where the port is taken."""
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        for recipient in envelope.rcpt_tos:
            if isinstance(message, EmailMessage) and (customer := self._knows(recipient.lower())):
                self._think(message, customer)
        return "250 kept"

    def turn(self) -> None:
        while True:
            with self._lock:
                if not self._waiting or self._waiting[0][0] > monotonic():
                    return
                write = heapq.heappop(self._waiting)[2]
            self._post(write())

    def _think(self, message: EmailMessage, customer: Customer) -> None:
        """Who has said thank you once does not say it again, or the two would never end."""
        automatic = message.get("Auto-Submitted", "no") != "no"
        with self._lock:
            if automatic or customer.email in self._answered or self._chance.random() > ANSWERING:
                return
            self._answered.add(customer.email)
            part = message.get_body(("plain",))
            quoted = part.get_content() if part else ""
            title = str(message.get("Subject", ""))
            title = title if title.lower().startswith("re:") else f"Re: {title}"
            references = str(message.get("References", "")).split()
            to, quoted = str(message["Message-ID"]), quoted[:2000]

            def write() -> bytes:
                return letters.reply(customer, title, to, references, quoted, datetime.now(UTC))

            due = monotonic() + self._chance.uniform(SOONEST, LATEST)
            heapq.heappush(self._waiting, (due, next(self._numbers), write))
