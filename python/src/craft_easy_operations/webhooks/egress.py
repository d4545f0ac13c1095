"""Where webhooks may go: to the public internet alone (docs/webhooks.md).

The address is checked that the connection is made to, however it was written and whatever a name
resolves to. IPv4 within IPv6 counts as what it stands for.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from concurrent import futures
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ..rate_limits.address import Address, Cidr, network_of, parse_address, parse_cidr
from .deadline import Deadline

# lookups of names at the same time: a resolver that hangs holds no more threads than these
_LOOKUPS = 16

# not the public internet (IANA special-purpose registry, RFC 6890), and metadata services
_FORBIDDEN = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "metadata service"),
    ("169.254.0.0/16", "link-local, metadata services"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved, broadcast"),
    ("2001::/23", "protocol assignments, Teredo"),
    ("2001:db8::/32", "documentation"),
    ("3fff::/20", "documentation"),
)
_GLOBAL_UNICAST = "2000::/3"
# prefixes that carry an IPv4 address, and how many bits come after it
_EMBEDDING = (("64:ff9b::/96", 0), ("2002::/16", 80))


class ForbiddenAddressError(Exception):
    """Nothing was sent: webhooks may not go there."""

    def __init__(self, host: str, why: str) -> None:
        super().__init__(f"Refused to connect to {host}: {why}")


def parse_range(text: str) -> Cidr:
    """Reads `10.0.0.0/8` or an address. Raises ValueError where it is neither."""
    address = parse_address(text)
    found = Cidr(address, address.bits) if address else parse_cidr(text)
    if found is None:
        raise ValueError(f"allow: {text!r} is neither an IP address nor a network")
    return found


def _is_within(address: Address, cidr: Cidr) -> bool:
    return (
        address.version == cidr.network.version
        and network_of(address, cidr.prefix) == cidr.network
    )


_RANGES = tuple((parse_range(cidr), cidr, why) for cidr, why in _FORBIDDEN)
_GLOBAL = parse_range(_GLOBAL_UNICAST)
_EMBEDDED = tuple((parse_range(cidr), shift) for cidr, shift in _EMBEDDING)


def _embedded(address: Address) -> Address:
    for cidr, shift in _EMBEDDED:
        if _is_within(address, cidr):
            return Address(4, address.number >> shift & 0xFFFFFFFF)
    return address


def why_forbidden(text: str, allow: Sequence[Cidr] = ()) -> str | None:
    """Why nothing may be sent to this address; None if it may.

    What is not certainly the public internet is forbidden.
    """
    given = parse_address(text)
    if given is None:
        return "not an IP address"
    address = _embedded(given)
    if any(_is_within(one, cidr) for cidr in allow for one in (address, given)):
        return None
    for cidr, name, why in _RANGES:
        if _is_within(address, cidr):
            return f"{why} ({name})"
    if address.version == 4 or _is_within(address, _GLOBAL):
        return None
    return f"not global unicast ({_GLOBAL_UNICAST})"


class Egress:
    """What may be connected to.

    `allow` holds addresses and networks that are allowed although they are not public. Raises
    ValueError for one that is neither.
    """

    def __init__(self, allow: Sequence[str] = (), allow_http: bool = False) -> None:
        self._allow = tuple(map(parse_range, allow))
        self._schemes = ("https", "http") if allow_http else ("https",)
        self._lookups = futures.ThreadPoolExecutor(
            _LOOKUPS, thread_name_prefix="webhooks-names"
        )

    def check_url(self, text: str) -> SplitResult:
        """Reads a URL. Raises ForbiddenAddressError where nothing may be sent to it."""
        try:
            url = urlsplit(text)
            port = url.port
        except ValueError:
            raise ForbiddenAddressError("the endpoint", "not a URL") from None
        if not url.scheme or (url.scheme in self._schemes and not url.hostname):
            raise ForbiddenAddressError("the endpoint", "not a URL")
        host = url.hostname or "the endpoint"
        if url.scheme not in self._schemes:
            raise ForbiddenAddressError(host, f"{url.scheme}: is not allowed")
        if "@" in url.netloc:
            raise ForbiddenAddressError(host, "credentials in the URL")
        if port == 0:
            raise ForbiddenAddressError(host, "port 0")
        return url

    def connect(self, host: str, port: int, deadline: Deadline) -> socket.socket:
        """Connects to an address of the host, all of which are checked before.

        A name with one forbidden address is no public name. Raises ForbiddenAddressError, OSError;
        TimeoutError when the time for all of it is over.
        """
        found = self._look_up(host, port, deadline)
        for *_, where in found:
            why = why_forbidden(str(where[0]), self._allow)
            if why:
                raise ForbiddenAddressError(f"{host} ({where[0]})", why)
        failed: OSError = socket.gaierror(socket.EAI_NONAME, f"no address for {host}")
        for family, kind, protocol, _, where in found:
            within = deadline.left()
            opened = socket.socket(family, kind, protocol)
            try:
                opened.settimeout(within)
                opened.connect(where)
                return opened
            except OSError as error:
                opened.close()
                failed = error
        raise failed

    def close(self) -> None:
        """Looks up no more names."""
        self._lookups.shutdown(wait=False)

    def _look_up(self, host: str, port: int, deadline: Deadline) -> list[Any]:
        # in another thread, since nothing ends a lookup that hangs
        looking = self._lookups.submit(
            socket.getaddrinfo, host, port, type=socket.SOCK_STREAM
        )
        try:
            return looking.result(deadline.left())
        except futures.TimeoutError:
            looking.cancel()
            raise deadline.error() from None
