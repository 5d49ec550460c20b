"""A load generator in a process of its own: keep-alive connections that send prepared requests and read the answers.

`python -m hark.bench._load PORT KEY SECONDS CONNECTIONS BATCH [RATE]` prints {requests, events, refused, seconds, p50, p99}.
"""

import asyncio
import base64
import sys
import time
from typing import Any

import msgspec
import uvloop

_MARK = b"@@@@@@@@@@@@"


def request(key: str, batch: int) -> bytes:
    """A Segment batch of events of about 600 bytes, with a mark of twelve bytes where each message id differs."""
    item = {
        "type": "track",
        "event": "Product Viewed",
        "messageId": "%s",
        "userId": "user-%u",
        "timestamp": "%t",
        "properties": {
            "product_id": "WM-7200",
            "sku": "WM-7200-EU",
            "name": "Washing machine 7200 with steam and a very quiet motor",
            "price": 649.0,
            "currency": "EUR",
            "category": "Laundry/Washing machines",
            "url": "https://shop.example/en/laundry/wm-7200?utm_source=newsletter&utm_campaign=spring",
        },
        "context": {
            "library": {"name": "analytics-python", "version": "2.4.0"},
            "page": {
                "path": "/en/laundry/wm-7200",
                "title": "WM 7200 – Example Shop",
                "referrer": "https://search.example/",
            },
            "locale": "en-GB",
            "timezone": "Europe/London",
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
        },
    }
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    text = msgspec.json.encode(item).decode().replace("%t", now)
    items = ",".join(
        text.replace("%s", f"{_MARK.decode()}{n:04d}").replace("%u", f"{_MARK.decode()}") for n in range(batch)
    )
    body = f'{{"batch":[{items}],"sentAt":"{now}"}}'.encode()
    token = base64.b64encode(f"{key}:".encode()).decode()
    head = (
        f"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Basic {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Client(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last is complete (or when its time comes)."""

    def __init__(self, run: "_Run") -> None:
        self._run = run
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._send()

    def _send(self) -> None:
        if time.perf_counter() >= self._run.until:
            self._transport.close()
            return
        delay = self._run.wait()
        if delay > 0:
            asyncio.get_running_loop().call_later(delay, self._write)
        else:
            self._write()

    def _write(self) -> None:
        self._started = time.perf_counter()
        self._transport.write(self._run.next())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        if len(body) < length:
            return
        self._buffer = body[length:]
        self._run.answered(head.startswith(b"HTTP/1.1 200"), time.perf_counter() - self._started)
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        self._run.closed()


class _Run:
    def __init__(self, key: str, seconds: float, connections: int, batch: int, rate: float) -> None:
        self._template = request(key, batch)
        self._parts = self._template.split(_MARK)
        self._prefix = f"{int(time.time()) % 100000:05d}"
        self._number = 0
        self.batch, self.rate = batch, rate
        self.begun = time.perf_counter()
        self.until = self.begun + seconds
        self.times: list[float] = []
        self.refused = 0
        self._open = connections
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def next(self) -> bytes:
        self._number += 1
        return f"{self._prefix}{self._number:07d}".encode().join(self._parts)

    def wait(self) -> float:
        if not self.rate:
            return 0.0
        return self.begun + self._number / self.rate - time.perf_counter()

    def answered(self, good: bool, seconds: float) -> None:
        if good:
            self.times.append(seconds)
        else:
            self.refused += 1

    def closed(self) -> None:
        self._open -= 1
        if not self._open and not self.done.done():
            self.done.set_result(None)


async def main(port: int, key: str, seconds: float, connections: int, batch: int, rate: float) -> dict[str, float]:
    run = _Run(key, seconds, connections, batch, rate)
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: _Client(run), "127.0.0.1", port)
    await run.done
    elapsed = time.perf_counter() - run.begun
    times = sorted(run.times) or [0.0]
    return {
        "requests": len(run.times),
        "events": len(run.times) * batch,
        "refused": run.refused,
        "seconds": elapsed,
        "p50": times[len(times) // 2],
        "p99": times[int(len(times) * 0.99)],
    }


if __name__ == "__main__":
    port, key, seconds, connections, batch = sys.argv[1:6]
    rate = float(sys.argv[6]) if len(sys.argv) > 6 else 0.0
    result = uvloop.run(main(int(port), key, float(seconds), int(connections), int(batch), rate))
    print(msgspec.json.encode(result).decode())
