"""IP addresses and networks, as numbers.

An IPv4 address written as IPv6 (`::ffff:1.2.3.4`) is the IPv4 address: it is recognised by its
bits, since otherwise a client could choose which rule applies to it.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Generic, TypeVar

_MAX_LENGTH = 100
_MAPPED = 0xFFFF << 32
_DECIMAL = re.compile(r"(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})\Z", re.ASCII)
_WITH_PORT = re.compile(
    r"((?:[\da-f:]*:)?\d+\.\d+\.\d+\.\d+):\d{1,5}\Z", re.ASCII | re.IGNORECASE
)
_IN_BRACKETS = re.compile(r"\[([^\]]+)\](?::\d{1,5})?\Z", re.ASCII)

Value = TypeVar("Value")


@dataclass(frozen=True)
class Address:
    """An address of version 4 or 6, as one number."""

    version: int
    number: int

    @property
    def bits(self) -> int:
        """How many bits it has."""
        return 32 if self.version == 4 else 128


@dataclass(frozen=True)
class Cidr:
    """A network: its first address, and how many leading bits are fixed."""

    network: Address
    prefix: int


def parse_address(text: str) -> Address | None:
    """Reads an address of either version; a zone (`%eth0`) is left out. None if it is none."""
    if len(text) > _MAX_LENGTH:
        return None
    try:
        if ":" not in text:
            if not _DECIMAL.match(text):
                return None
            return Address(4, int(ipaddress.IPv4Address(text)))
        bare = text.split("%", 1)[0]
        number = int(ipaddress.IPv6Address(bare))
    except ValueError:
        return None
    if number >> 32 == 0xFFFF:
        return Address(4, number - _MAPPED)
    return Address(6, number)


def read_client_address(text: str) -> Address | None:
    """Reads a client's address as connections, proxies and logs give it."""
    if len(text) > _MAX_LENGTH:
        return None
    bare = text.strip()
    if len(bare) >= 2 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1]
    bracketed = _IN_BRACKETS.match(bare)
    if bracketed:
        inner = bracketed.group(1)
        return parse_address(inner) if ":" in inner else None
    with_port = _WITH_PORT.match(bare)
    return parse_address(with_port.group(1) if with_port else bare)


def format_address(address: Address) -> str:
    """The one way to write an address: dotted decimals, or RFC 5952."""
    if address.version == 4:
        return str(ipaddress.IPv4Address(address.number))
    return str(ipaddress.IPv6Address(address.number))


def client_key(address: Address) -> str:
    """What a client is counted by: an IPv4 address, or the /64 of an IPv6 one."""
    if address.version == 4:
        return format_address(address)
    return f"{format_address(network_of(address, 64))}/64"


def network_of(address: Address, prefix: int) -> Address:
    """The first address of the network of this length around an address."""
    free = address.bits - prefix
    return Address(address.version, address.number >> free << free)


def parse_cidr(text: str) -> Cidr | None:
    """Reads `address/length`; bits behind the prefix are cut off. None if it is no network."""
    spelled, slash, digits = text.rpartition("/")
    if not slash or not re.match(r"(?:0|[1-9][0-9]{0,2})\Z", digits) or "%" in spelled:
        return None
    address = parse_address(spelled)
    if address is None:
        return None
    prefix = int(digits)
    if address.version == 4 and ":" in spelled:
        # a shorter one would be partly of one version and partly of the other
        if prefix < 96:
            return None
        prefix -= 96
    if prefix > address.bits:
        return None
    return Cidr(network_of(address, prefix), prefix)


def format_cidr(cidr: Cidr) -> str:
    """The one way to write a network: `10.0.0.0/8`."""
    return f"{format_address(cidr.network)}/{cidr.prefix}"


class CidrTable(Generic[Value]):
    """Values by network: one mapping per length in use, the longest first.

    The cost of a look grows with the number of different lengths, never with that of networks.
    """

    def __init__(self) -> None:
        self._levels: dict[int, dict[int, dict[int, Value]]] = {4: {}, 6: {}}

    def get(self, cidr: Cidr) -> Value | None:
        """The value of exactly this network."""
        level = self._levels[cidr.network.version].get(cidr.prefix)
        return level.get(cidr.network.number) if level else None

    def set(self, cidr: Cidr, value: Value) -> None:
        """Puts a value in, in place of the one of the same network."""
        levels = self._levels[cidr.network.version]
        if cidr.prefix not in levels:
            levels[cidr.prefix] = {}
            ordered = sorted(levels.items(), reverse=True)
            self._levels[cidr.network.version] = dict(ordered)
            levels = self._levels[cidr.network.version]
        levels[cidr.prefix][cidr.network.number] = value

    def around(self, address: Address) -> list[Value]:
        """The values of all networks that hold an address, the longest prefix first."""
        found = []
        for prefix, level in self._levels[address.version].items():
            value = level.get(network_of(address, prefix).number)
            if value is not None:
                found.append(value)
        return found
