"""Visitors and agents of a chat in a process of their own, over real sockets.

`python -m hark.bench._chatters PORT talk|idle SOURCE COOKIE TOKEN VISITORS RATE SECONDS`: `talk` prints the seconds that
each message took there, back and both; `idle` prints a line when all are open, and holds them.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec
import uvloop
from websockets.asyncio.client import ClientConnection, connect

AGENTS = 10
AT_ONCE = 25


class Company:
    def __init__(self, port: int, source: str, cookie: str, token: str) -> None:
        self.port, self.source, self.cookie = port, source, cookie
        self.http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            headers={"authorization": f"Bearer {token}"},
            limits=httpx.Limits(max_connections=16),
            timeout=60,
        )
        self.told: dict[str, list[float]] = {"there": [], "back": [], "round": []}
        self.sent: dict[str, float] = {}  # text of a message: when it was sent
        self.answered: dict[str, float] = {}
        self.seen: dict[str, int] = {}
        self.answers: set[asyncio.Task[None]] = set()

    async def agent(self, conversations: list[str]) -> None:
        """Watches conversations as a screen does, and answers what is asked there."""
        topics = ",".join(f"conversation:{one}" for one in conversations)
        address = f"ws://127.0.0.1:{self.port}/live?topics={topics}"
        async with connect(
            address, additional_headers={"cookie": f"hark_session={self.cookie}"}, compression=None
        ) as line:
            async for text in line:
                for change in msgspec.json.decode(text).get("changes", []):
                    if change["kind"] == "message" and change["message"]["direction"] == "in":
                        self._asked(change["message"])

    def _asked(self, message: dict[str, Any]) -> None:
        text, now = message["text"], time.perf_counter()
        if text not in self.sent or text in self.answered:
            return
        self.told["there"].append(now - self.sent[text])
        self.answered[text] = now
        task = asyncio.create_task(self._answer(message["conversation"], text))
        self.answers.add(task)
        task.add_done_callback(self.answers.discard)

    async def _answer(self, conversation: str, text: str) -> None:
        path = f"/api/v1/conversations/{conversation}/answer"
        reply = await self.http.post(path, json={"text": f"re {text}"}, headers={"prefer": "respond-async"})
        reply.raise_for_status()

    def heard(self, change: dict[str, Any]) -> None:
        """A visitor hears an answer."""
        if change["kind"] != "message" or change["mine"] or not change["text"].startswith("re "):
            return
        text, now = change["text"][3:], time.perf_counter()
        self.seen[text] = self.seen.get(text, 0) + 1
        if self.seen[text] == 1 and text in self.answered:
            self.told["back"].append(now - self.answered[text])
            self.told["round"].append(now - self.sent[text])


class Visitor:
    """Each from an address of their own, as the proxy in front of the server tells it."""

    def __init__(self, company: Company, number: int) -> None:
        self.company, self.number = company, number
        self.headers = {"x-forwarded-for": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"}
        self.conversation = ""
        self.line: ClientConnection | None = None

    async def open(self) -> None:
        said = await self.company.http.post(f"/chat/{self.company.source}/hello", json={}, headers=self.headers)
        told = said.raise_for_status().json()
        address = f"ws://127.0.0.1:{self.company.port}/chat/{self.company.source}/live"
        self.line = await connect(
            address, additional_headers=self.headers, compression=None, ping_interval=None, max_queue=4
        )
        await self.line.send(msgspec.json.encode({"visitor": told["visitor"], "since": told["position"]}).decode())

    async def say(self, text: str) -> None:
        assert self.line
        item = {"is": "message", "id": f"{self.number}-{text}", "text": text}
        await self.line.send(msgspec.json.encode({"say": item}).decode())

    async def listen(self) -> None:
        assert self.line
        async for text in self.line:
            for change in msgspec.json.decode(text).get("changes", []):
                if change["kind"] == "message":
                    self.conversation = change["conversation"]
                self.company.heard(change)


async def gently(work: list[Callable[[], Awaitable[None]]]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(act: Callable[[], Awaitable[None]]) -> None:
        async with gate:
            await act()

    await asyncio.gather(*(one(act) for act in work))


async def main(
    port: int, what: str, source: str, cookie: str, token: str, count: int, rate: float, seconds: float
) -> None:
    company = Company(port, source, cookie, token)
    visitors = [Visitor(company, number) for number in range(count)]
    await gently([visitor.open for visitor in visitors])
    listening = [asyncio.create_task(visitor.listen()) for visitor in visitors]
    if what == "idle":
        print("open", flush=True)
        await asyncio.gather(*listening)
        return
    await gently([lambda visitor=visitor: visitor.say("hello") for visitor in visitors])  # type: ignore[misc]
    while any(not visitor.conversation for visitor in visitors):
        await asyncio.sleep(0.1)
    groups = [visitors[at::AGENTS] for at in range(AGENTS)]
    agents = [asyncio.create_task(company.agent([one.conversation for one in group])) for group in groups]
    await asyncio.sleep(2)
    # A message and its answer are two of the messages in a second.
    await talk(company, visitors, rate / 2, seconds)
    for task in (*agents, *listening):
        task.cancel()
    wrong = sum(company.seen.get(text, 0) != 1 for text in company.sent)
    print(msgspec.json.encode({**company.told, "wrong": wrong}).decode())


async def talk(company: Company, visitors: list[Visitor], rate: float, seconds: float) -> None:
    begun = time.perf_counter()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
        text = f"question {number}"
        company.sent[text] = time.perf_counter()
        await visitors[number % len(visitors)].say(text)
    until = time.perf_counter() + 30
    while len(company.seen) < len(company.sent) and time.perf_counter() < until:
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    port, what, source, cookie, token, count, rate, seconds = sys.argv[1:9]
    uvloop.run(main(int(port), what, source, cookie, token, int(count), float(rate), float(seconds)))
