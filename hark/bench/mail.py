"""Mail: how many a second are parsed and threaded, and how long the worst mail takes.

Two thirds are plain answers with quotes, one third HTML with a picture of 30 kB; each person writes three times and answers
their own thread. The hostile ones are those at which careless readers stand still.
"""

import base64
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hark import app
from hark.bench import Bench, Figure
from hark.config import Config
from hark.events.record import Recording, record
from hark.events.sources import add_source
from hark.plugins.email.parse import parse

PICTURE = base64.encodebytes(bytes(range(256)) * 120)


def run(bench: Bench) -> Iterator[Figure]:
    count = 300 if bench.quick else 6_000
    mails = [mail(number) for number in range(count)]
    yield _parsed(mails)
    yield _threaded(mails)
    yield from _worst()


def mail(number: int) -> bytes:
    person, turn = number // 3, number % 3
    head = (
        f"From: Ann {person} <ann{person}@example.com>\nTo: help@tidewell.example\nMessage-ID: <{number}@example.com>\n"
    )
    head += f"Subject: =?utf-8?q?W=C3=A4scher_{person}?=\nDate: Sun, 22 Nov 2026 12:00:0{turn} +0000\n"
    head += f"References: <{number - 1}@example.com>\n" if turn else ""
    text = f"It leaks, as I said ({number}).\n\nOn Mon, 1 Jun 2026 at 10:00, Bo <help@tidewell.example> wrote:\n"
    text += "> Please turn the tap and tell us what you see.\n" * 20
    if turn < 2:
        return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n-- \nAnn".encode()
    html = (
        f"<p>It leaks <b>again</b> ({number}).</p><img src='cid:x'>"
        + "<blockquote><p>Please turn it.</p></blockquote>" * 20
    )
    body = f"{head}Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n{html}\n--b\n"
    body += "Content-Type: image/png; name=x.png\nContent-ID: <x>\nContent-Transfer-Encoding: base64\n\n"
    return body.encode() + PICTURE + b"\n--b--\n"


def _parsed(mails: list[bytes]) -> Figure:
    started = time.process_time()
    for one in mails:
        parse(one)
    seconds = time.process_time() - started
    return Figure(name="mail: parsed alone, by processor time", value=len(mails) / seconds, unit="mails/s")


def _threaded(mails: list[bytes]) -> Figure:
    """From the recorded row to the message in its conversation, one process for all of it."""
    folder = Path(tempfile.mkdtemp(prefix="hark-bench-mail-"))
    try:
        config = Config(data=folder)
        with app.database_url(config) as url:
            app.prepare(url)
            hark = app.Hark(config, url)
            with hark.database.transaction() as tx:
                settings = {"address": "help@tidewell.example"}
                source = add_source(tx, "help@", plugin="email", settings=settings)
                now = datetime.now(UTC)
                head = b'{"method":"LISTEN","path":"INBOX"}'
                rows = [
                    Recording(received_at=now, source=source.id, plugin="email", head=head, body=one) for one in mails
                ]
                record(tx, rows)
            started = time.perf_counter()
            hark.settle()
            seconds = time.perf_counter() - started
            hark.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Figure(name="mail: parsed, loaded and threaded", value=len(mails) / seconds, unit="mails/s")


def _worst() -> Iterator[Figure]:
    found = []
    for name, raw in hostile().items():
        started = time.process_time()
        parse(raw)
        found.append((time.process_time() - started, name))
    seconds, name = max(found)
    yield Figure(
        name=f"mail: the slowest of {len(found)} hostile ones ({name}), processor time", value=seconds, unit="s"
    )


def hostile() -> dict[str, bytes]:
    """20 MB or the deepest that there is, of each kind."""
    head, million = b"From: a@b.c\n", 1_000_000
    mixed = head + b"Content-Type: multipart/mixed; boundary=b\n\n"
    html = head + b"Content-Type: text/html\n\n"
    return {
        "comments": b"From: " + b"(" * 60_000 + b" a@b.c\n\nx",
        "headers": b"X: y\n" * (4 * million) + b"\n\nx",
        "parts": mixed + b"--b\n\nx\n" * (3 * million),
        "headers of parts": mixed + (b"--b\n" + b"X: y\n" * 10_000 + b"\n\nhi\n") * 400,
        "boundaries": mixed + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 400_000,
        "dashes": mixed + b"--\n" * (7 * million),
        "addresses": b"To: " + b", ".join(b"a%d <a%d@b.c>" % (i, i) for i in range(4000)) + b"\n\nx",
        "quotes": head + b"\n" + b"> a\n" * (5 * million),
        "announcements": head + b"\n" + b"On 1 a@b wrote:\n" * million,
        "deep html": html + b"<div>" * 9_900,
        "tags": html + b"<div>" * (4 * million),
        "attributes": html + b"<p " + b"".join(b"a%d=1 " % i for i in range(60_000)) + b">x",
        "bombs of html": mixed + (b"--b\nContent-Type: text/html\n\n" + b"<div>" * 1000 + b"\n") * 999,
        "uuencode": head + b"Content-Transfer-Encoding: uuencode\n\nbegin 644 x\n" + b"#AAAA\n" * (3 * million),
        "padding": head + b"Content-Transfer-Encoding: base64\n\n" + b"A=" * (10 * million),
        "files": mixed + (b"--b\nContent-Disposition: attachment\n\n" + b"x" * 20_000 + b"\n") * 999,
    }
