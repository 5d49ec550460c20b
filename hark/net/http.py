"""The one HTTP client of Hark: it speaks only to addresses that it may reach, within limits of time and size.

    http = Http(Guard(Allowed(config.allow_private)))
    answer = http.post("https://example.com/hook", body=b"{}", headers={...})    # Retry where nobody answers in time
    answer.succeeded()                                                           # Retry, Rejected or Misconfigured

Redirects are not followed: what was checked is what is spoken to, and a signed body goes nowhere else.
"""

import logging
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from types import TracebackType

import httpcore
import httpx
from msgspec import Struct

from hark.errors import Misconfigured, Rejected, Retry
from hark.net.guard import Guard, Refused

# It would log every address with its query, where tokens stand.
logging.getLogger("httpx").setLevel(logging.WARNING)

PATIENCE = 15.0  # seconds for the whole of one request, however slowly its parts arrive
MOST = 1_000_000  # bytes of an answer that are read
LONGEST_WAIT = 6 * 3600  # seconds that another system may make us wait by Retry-After


class Answer(Struct, frozen=True, kw_only=True):
    """headers have lower-case names. `whole` is False where the body went on beyond the limit and was left unread."""

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool = True

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def succeeded(self) -> "Answer":
        """Itself where it is a 2xx; otherwise the error that says what to do about it."""
        said = f"the other side answered {self.status}"
        if self.status in (301, 308):
            where = self.headers.get("location", "elsewhere")
            raise Misconfigured("url", f"{said}: it moved for good to {where[:200]}; enter that address")
        if self.status == 410:
            raise Misconfigured("url", f"{said}: it is gone and wants nothing more")
        # These three say that this body is wrong; every other status speaks of the address, the key or the moment.
        if self.status in (400, 413, 422):
            excerpt = self.body[:300].decode("utf-8", "replace").strip()
            raise Rejected(f"{said}: {excerpt}" if excerpt else said)
        if not self.ok:
            raise Retry(said, after=wait(self.headers.get("retry-after"), self.headers.get("date")))
        return self


class Http:
    """A client with its connections, safe to share between threads. `guard` decides whom it may speak to."""

    def __init__(self, guard: Guard, *, patience: float = PATIENCE, most: int = MOST) -> None:
        self.guard = guard
        self.patience = patience
        self.most = most
        # No proxies, certificates or passwords from the environment or ~/.netrc.
        self._client = httpx.Client(transport=_Transport(guard), trust_env=False, follow_redirects=False)

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("GET", url, headers=headers)

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        return self.request("POST", url, headers=headers, body=body)

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Any answer, whatever its status. Retry where none came, Misconfigured where the address is not allowed."""
        ours = {"user-agent": "hark", "accept-encoding": "identity", **(headers or {})}
        with self.guard.deadline(self.patience):
            try:
                request = self._client.build_request(method, _checked(url), headers=ours, content=body)
                response = self._client.send(request, stream=True)
                try:
                    text, whole = _read(response, self.most)
                finally:
                    response.close()
            except Refused as refused:
                raise Misconfigured("url", str(refused)) from None
            except httpx.TimeoutException:
                raise Retry(f"{_place(url)} did not answer within {self.patience:g} s") from None
            except httpx.HTTPError as error:
                raise Retry(f"{_place(url)} cannot be reached: {_shown(error)}") from None
        return Answer(status=response.status_code, headers=_lower(response.headers), body=text, whole=whole)

    def address(self, host: str, port: int) -> str:
        """The checked address of a host, for other protocols than HTTP. Misconfigured where it is not allowed."""
        try:
            return self.guard.find(host, port, any_port=True)[0]
        except Refused as refused:
            raise Misconfigured("host", str(refused)) from None
        except httpcore.ConnectError as error:
            raise Retry(str(error)) from None

    def close(self) -> None:
        self._client.close()


def wait(header: str | None, date: str | None = None) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or as a date beside the answer's own (RFC 9110)."""
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header) - parsedate_to_datetime(date or "")).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else None


def _checked(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Refused(f"this is no address: {error}") from None
    if parsed.scheme not in ("http", "https"):
        raise Refused("the address must begin with https:// or http://")
    if not parsed.host:
        raise Refused("the address names no host")
    if parsed.userinfo:
        raise Refused("the address must not hold a password; it would be shown wherever the address is")
    return parsed


def _read(response: httpx.Response, most: int) -> tuple[bytes, bool]:
    parts, size = [], 0
    for part in response.iter_raw():
        parts.append(part)
        size += len(part)
        if size > most:
            return b"".join(parts)[:most], False
    return b"".join(parts), True


def _place(url: str) -> str:
    """Where a request went, without path and query: those may hold a token."""
    parsed = httpx.URL(url)
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii', 'replace')}"


def _shown(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__


def _lower(headers: httpx.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


class _Transport(httpx.BaseTransport):
    """httpx over a connection pool whose every connection the guard opens, also those of a later request."""

    def __init__(self, guard: Guard) -> None:
        self.pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            network_backend=guard,
            max_connections=50,
            keepalive_expiry=20,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        theirs = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _Translated():
            response = self.pool.handle_request(theirs)
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self.pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self.response = response

    def __iter__(self) -> Iterator[bytes]:
        with _Translated():
            yield from self.response.iter_stream()

    def close(self) -> None:
        self.response.close()


class _Translated:
    """httpcore's errors as those of httpx."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, httpcore.TimeoutException):
            raise httpx.ReadTimeout(str(error)) from error
        if isinstance(error, httpcore.NetworkError | httpcore.ProtocolError | httpcore.UnsupportedProtocol):
            raise httpx.TransportError(str(error)) from error
