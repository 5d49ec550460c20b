"""Asks ClamAV about bytes: the INSTREAM command of clamd, over TCP or a socket of this machine (man 8 clamd)."""

import socket
import struct

from hark.errors import Misconfigured, Retry

PIECE = 64_000
PATIENCE = 60.0  # seconds
TOO_LARGE = "INSTREAM size limit exceeded"


def scan(place: str, body: bytes) -> str | None:
    """The name of what was found, None where it is clean. `place` is host:port or the path of a socket."""
    said = _ask(place, body)
    if said.endswith("FOUND"):
        return said.removeprefix("stream:").removesuffix("FOUND").strip() or "something"
    if said.endswith("OK"):
        return None
    if TOO_LARGE in said:
        # What it will never look at must not count as clean.
        return "too large to be checked"
    raise Retry(f"ClamAV at {place} answered {said[:200]!r}")


def _ask(place: str, body: bytes) -> str:
    try:
        with _connected(place) as stream:
            try:
                stream.sendall(b"zINSTREAM\0")
                for start in range(0, len(body), PIECE):
                    piece = body[start : start + PIECE]
                    stream.sendall(struct.pack("!I", len(piece)) + piece)
                stream.sendall(struct.pack("!I", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it says why before it hangs up
            answer = b""
            while b"\0" not in answer and len(answer) < 4096 and (more := stream.recv(4096)):
                answer += more
            return answer.split(b"\0")[0].decode("utf-8", "replace").strip()
    except OSError as error:
        raise Retry(f"ClamAV at {place} cannot be asked: {error}") from None


def _connected(place: str) -> socket.socket:
    if place.startswith("/"):
        stream = socket.socket(socket.AF_UNIX)
        stream.settimeout(PATIENCE)
        stream.connect(place)
        return stream
    host, _, port = place.rpartition(":")
    if not host or not port.isdecimal():
        raise Misconfigured("clamav", f"{place} is neither host:port nor the path of a socket")
    return socket.create_connection((host.strip("[]"), int(port)), PATIENCE)
