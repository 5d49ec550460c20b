"""Every way to write an address of our own network is refused, whatever it looks like; public ones are let through."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hark.errors import Misconfigured
from hark.net.addresses import Allowed, carried, why_not
from hark.net.guard import Guard, Refused

PRIVATE = (
    "127.0.0.1",
    "169.254.169.254",
    "10.1.2.3",
    "192.168.1.1",
    "172.16.0.9",
    "0.0.0.0",
    "100.64.0.1",
    "192.0.0.8",
)
MORE = (
    "::", "::1", "fe80::1", "fe80::1%lo", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "ff0e::1", "224.0.0.1",
    "239.255.255.250", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.9", "2001:db8::1",
    "3fff::1", "5f00::1", "100::1", "64:ff9b:1::1", "2001:2::1", "2001:10::1", "192.88.99.1",
)  # fmt: skip
PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "2002:0808:0808::1", "64:ff9b::808:808")


def spellings(text: str) -> list[str]:
    """The ways in which a resolver of this world understands one IPv4 address, and the IPv6 addresses that carry it."""
    number = int(IPv4Address(text))
    a, b, c, d = text.split(".")
    rest = number & 0xFFFFFF
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    turned = number ^ 0xFFFFFFFF
    return [
        text,
        str(number),
        hex(number),
        hex(number).upper().replace("0X", "0x"),
        f"{number:#o}".replace("0o", "0"),
        f"{a}.{rest}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"0{int(a):o}.{b}.{c}.{d}",
        f"0x{int(a):x}.{b}.{c}.{d}",
        f"0x{int(a):x}.0x{int(b):x}.0x{int(c):x}.0x{int(d):x}",
        f"0{int(a):o}.0{int(b):o}.0{int(c):o}.0{int(d):o}",
        f"000{int(a):o}.0x{rest:x}",
        f"::ffff:{text}",
        f"::ffff:{high}:{low}",
        f"::FFFF:{high.upper()}:{low.upper()}",
        f"0:0:0:0:0:ffff:{high}:{low}",
        f"::{text}",
        f"2002:{high}:{low}::",
        f"2002:{high}:{low}::1",
        f"64:ff9b::{text}",
        f"64:ff9b::{high}:{low}",
        f"64:ff9b:1::{text}",
        f"2001:0:808:808::{turned >> 16:x}:{turned & 0xFFFF:x}",
        f"2001:0:{high}:{low}::f7f7:f7f7",
        f"fe80::5efe:{text}",
        f"2606:2800::200:5efe:{text}",
    ]


@pytest.mark.parametrize("text", [spelling for address in PRIVATE for spelling in spellings(address)])
def test_no_spelling_of_a_private_address_gets_through(text: str) -> None:
    with pytest.raises(Refused, match="not a public address"):
        Guard(Allowed()).find(text, 443)


@pytest.mark.parametrize("text", MORE)
def test_no_special_address_gets_through(text: str) -> None:
    assert why_not(text, Allowed())


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_get_through(text: str) -> None:
    assert why_not(text, Allowed()) is None


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_the_same_in_every_wrapping(address: IPv4Address) -> None:
    bare = why_not(str(address), Allowed()) is None
    number = int(address)
    mapped, nat64 = IPv6Address((0xFFFF << 32) | number), IPv6Address((0x64FF9B << 96) | number)
    sixtofour = IPv6Address((0x2002 << 112) | (number << 80))

    assert [why_not(str(wrapped), Allowed()) is None for wrapped in (mapped, nat64, sixtofour)] == [bare] * 3


@given(st.ip_addresses())
def test_nothing_that_is_not_global_ever_gets_through(address: IPv4Address | IPv6Address) -> None:
    refused = why_not(str(address), Allowed())

    assert refused or all(inner.is_global and not inner.is_multicast for inner in carried(address))


def test_the_operator_may_allow_a_network_a_host_and_a_socket() -> None:
    allowed = Allowed(("10.0.0.0/8", "warehouse.internal", "fd00::/8", "/run/postgresql"))

    assert why_not("10.9.9.9", allowed) is None
    assert why_not("::ffff:10.9.9.9", allowed) is None
    assert why_not("192.168.4.4", allowed, "Warehouse.Internal.") is None
    assert why_not("fd00::7", allowed) is None
    assert why_not("192.168.4.4", allowed, "elsewhere.internal")
    assert why_not("11.0.0.1", allowed) is None
    assert Guard(allowed).find("/run/postgresql", 5432) == ["/run/postgresql"]
    with pytest.raises(Refused):
        Guard(allowed).find("/var/run/docker.sock", 80)


def test_an_allow_list_that_makes_no_sense_is_said_to_be_wrong() -> None:
    with pytest.raises(Misconfigured, match=r"10\.0\.0\.0/99"):
        Allowed(("10.0.0.0/99",))


def test_carried_unwraps_teredo_to_both_of_its_addresses() -> None:
    assert carried(ip_address("2001:0:808:808::80ff:fffe")) == (IPv4Address("8.8.8.8"), IPv4Address("127.0.0.1"))
