"""Opens every connection to the outside: resolves the name once, checks each address and connects to exactly that.

The name is kept for TLS (SNI and the certificate's host) and for the Host header. So a name that resolves to one
address when it is checked and to another when it is used (DNS rebinding) gains nothing.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from ssl import SSLContext
from typing import Any

import httpcore

from hark.net.addresses import Allowed, plain, why_not

Resolve = Callable[[str, int], list[str]]  # host, port -> addresses; raises OSError


class Refused(Exception):
    """This place may not be spoken to. The message is for people."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver, each once, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Guard(httpcore.NetworkBackend):
    """A network backend for httpcore. `allowed` is the operator's list; tests hand in resolver and backend."""

    def __init__(
        self, allowed: Allowed, resolve: Resolve = resolve, backend: httpcore.NetworkBackend | None = None
    ) -> None:
        self.allowed = allowed
        self._resolve = resolve
        self._backend = backend or httpcore.SyncBackend()
        self._clock = threading.local()

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """All network work of this thread inside must end within so many seconds, also if it arrives drop by drop."""
        self._clock.end = time.monotonic() + seconds
        try:
            yield
        finally:
            self._clock.end = None

    def left(self, timeout: float | None) -> float | None:
        end: float | None = getattr(self._clock, "end", None)
        if end is None:
            return timeout
        left = end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("too slow")
        return left if timeout is None else min(timeout, left)

    def find(self, host: str, port: int, *, any_port: bool = False) -> list[str]:
        """The addresses of a host that may be spoken to. Refused where one of them may not: a name that leads both to
        the internet and into a private network is an attack or an accident."""
        if host.startswith("/"):
            if not self.allowed.host(host):
                raise Refused(f"the socket {host} is not allowed; the operator may add it to allow_private")
            return [host]
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} is not known: {error}") from None
        if not addresses:
            raise httpcore.ConnectError(f"the name {host} has no address")
        for address in addresses:
            if reason := why_not(address, self.allowed, host):
                raise Refused(f"{plain(host)}: {reason}; the operator may add it to allow_private")
        if not any_port and not self._port(port, host, addresses):
            raise Refused(f"port {port} belongs to another protocol than HTTP")
        return addresses

    def _port(self, port: int, host: str, addresses: list[str]) -> bool:
        if port in (80, 443) or 1024 <= port <= 65535 or self.allowed.host(host):
            return True
        return all(self.allowed.address(ip_address(address)) for address in addresses)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception | None = None
        for address in self.find(host, port):
            try:
                stream = self._backend.connect_tcp(
                    address, port, self.left(timeout), local_address, socket_options=socket_options
                )
                return _Timed(stream, self)
            except httpcore.ConnectError as error:
                failed = error
        assert failed
        raise failed

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise Refused("no sockets of this machine")


class _Timed(httpcore.NetworkStream):
    """A stream that obeys the deadline of the request which uses it now; connections outlive requests."""

    def __init__(self, stream: httpcore.NetworkStream, guard: Guard) -> None:
        self._stream = stream
        self._guard = guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._guard.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._guard.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, self._guard.left(timeout)), self._guard)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
