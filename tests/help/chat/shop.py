"""A company's shop on an origin of its own, with the chat in it; and the other side of the chat, without a browser."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

from hark.conversations import act
from hark.conversations.channels import ways
from hark.events.record import wait_for
from hark.registry import find
from hark.store import Database

PAGE = """<!doctype html><html lang="%(language)s"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Tidewell</title><link rel="icon" href="data:,">
<style nonce="shop">body { font: 16px/1.6 Georgia, serif; margin: 0; color: #222; background: #faf7f2 }
main { max-width: 640px; margin: 0 auto; padding: 24px } h1 { font-size: 34px; line-height: 1.15 }
nav { background: #20362f; color: #fff; padding: 14px 24px }
@media (prefers-color-scheme: dark) { body { background: #14171a; color: #ddd } }</style>
<script type="module" async src="%(script)s"></script></head><body><nav>Tidewell</nav>
<main><h1>W-17, die leise Waschmaschine</h1><p>Dampf, ein sehr leiser Motor und zehn Jahre Garantie auf den Motor.</p>
<p>Lieferung in zwei Tagen, Anschluss inbegriffen.</p><p><button id="mine">In den Warenkorb</button></p></main>
%(element)s</body></html>"""


class Shop:
    """`policy` is the shop's own Content-Security-Policy: strict, with our origin allowed as the manual says."""

    def __init__(self, hark: str, source: str) -> None:
        self.hark, self.source = hark, source
        self.element = ""
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = shop.page("ar" if "ar" in self.path else "en" if "/en" in self.path else "de").encode()
                self.send_response(200)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-security-policy", shop.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def policy(self) -> str:
        socket = self.hark.replace("http", "ws")
        return (
            f"default-src 'none'; script-src {self.hark}; connect-src {self.hark} {socket}; img-src {self.hark} data:;"
            " style-src 'nonce-shop'; base-uri 'none'"
        )

    def page(self, language: str) -> str:
        script = f"{self.hark}/chat/{self.source}.js"
        return PAGE % {"language": language, "script": script, "element": self.element}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Front:
    """Bo, who answers, straight through the room of conversations."""

    def __init__(self, database: Database, member: UUID) -> None:
        self.database, self.member = database, member

    def conversations(self) -> list[dict[str, Any]]:
        return self._query("select id, status, member, anchor, to_kind, to_value from conversation order by opened_at")

    def messages(self) -> list[dict[str, Any]]:
        return self._query(
            "select conversation, direction, text, state, author, name, files, position, address_kind, address_value, trust"
            " from conversation_message order by position"
        )

    def texts(self, count: int, direction: str = "in") -> list[str]:
        """What came, as soon as it is so many messages and the path has nothing left to do."""
        until = time.monotonic() + 15
        while True:
            texts = [row["text"] for row in self.messages() if row["direction"] == direction]
            if len(texts) >= count or time.monotonic() > until:
                time.sleep(0.3)  # one too many would come now
                return [row["text"] for row in self.messages() if row["direction"] == direction]
            time.sleep(0.02)

    def answer(self, text: str, conversation: UUID | None = None) -> UUID:
        which = conversation or self._newest()
        with self.database.transaction() as tx:
            message = act.answer(tx, which, act.Draft(text=text), ways(tx, find()), by=f"member:{self.member}")
        assert wait_for(self.database, message, 15)
        return message

    def do(self, act_: Any, *words: Any, **more: Any) -> None:
        which = self._newest()
        with self.database.transaction() as tx:
            event = act_(tx, which, *words, by=f"member:{self.member}", **more)
        assert wait_for(self.database, event, 15)

    def _newest(self) -> UUID:
        until = time.monotonic() + 15
        while not (found := self.conversations()):
            assert time.monotonic() < until, "no conversation came"
            time.sleep(0.02)
        newest: UUID = found[-1]["id"]
        return newest

    def _query(self, statement: str) -> list[dict[str, Any]]:
        from psycopg.rows import dict_row

        with self.database.transaction() as tx, tx.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement.encode()).fetchall()
