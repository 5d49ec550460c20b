"""Which addresses our servers may speak to on somebody else's word: public ones, and what the operator allowed. Pure.

A URL that a user typed must never reach what only our machine can reach (server-side request forgery). Names such as
`0x7f000001`, `127.1` or `2130706433` are no literals but resolve to loopback, so what counts is the address after
resolution, with every IPv4 address unwrapped that an IPv6 address carries inside.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from hark.errors import Misconfigured

Address = IPv4Address | IPv6Address

# Special-purpose ranges that Python's own tables do not know or take for public (IANA registries of 2024).
_NEVER = tuple(
    ip_network(text)
    for text in (
        "192.0.0.0/24",  # IETF protocol assignments; 192.0.0.8 and 192.0.0.170 among them
        "192.88.99.0/24",  # the old 6to4 relays
        "::/96",  # IPv4-compatible, long deprecated
        "64:ff9b:1::/48",  # NAT64 inside a network
        "100::/64",  # discard
        "2001:2::/48",  # benchmarks
        "2001:10::/28",  # ORCHID, which is no address
        "2001:20::/28",
        "2001:db8::/32",  # documentation
        "3fff::/20",
        "5f00::/16",  # segment routing inside a network
        "fec0::/10",  # site-local
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # upper half of an interface id that carries IPv4 (RFC 5214)


class Allowed:
    """What the operator allowed beyond the public internet: networks, single addresses, host names, socket folders."""

    def __init__(self, entries: Sequence[str] = ()) -> None:
        self.networks = []
        self.hosts = set()
        for entry in filter(None, (entry.strip() for entry in entries)):
            try:
                self.networks.append(ip_network(entry.strip("[]"), strict=False))
            except ValueError:
                if "/" in entry and not entry.startswith("/"):
                    raise Misconfigured("allow_private", f"{entry} is neither a network nor a host") from None
                self.hosts.add(plain(entry))

    def host(self, host: str) -> bool:
        return plain(host) in self.hosts

    def address(self, address: Address) -> bool:
        return any(address in network for network in self.networks if network.version == address.version)


def plain(host: str) -> str:
    """The one spelling of a host name: lower case, without the final dot."""
    return host.lower().rstrip(".")


def why_not(text: str, allowed: Allowed, host: str = "") -> str | None:
    """Why `text`, an address that `host` resolved to, may not be reached; None where it may."""
    try:
        address = ip_address(text)
    except ValueError:
        return f"{text} is no address"
    if allowed.host(host):
        return None
    within = carried(address)
    if all(allowed.address(inner) for inner in within):
        return None
    for inner in within:
        if not _public(inner) and not allowed.address(inner):
            return f"{address} is not a public address"
    return None


def carried(address: Address) -> tuple[Address, ...]:
    """The addresses that count: the address itself, or those that it carries inside."""
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return (address, IPv4Address(int(address) & 0xFFFF_FFFF))
    return (address,)


def _public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not any(address in network for network in _NEVER if network.version == address.version)
    )
