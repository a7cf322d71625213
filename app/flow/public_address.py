"""Addresses that strangers name, for us to fetch from or to post to, without becoming their hands inside our network.

Every address that a name resolves to must be public, and the connection goes to the very address that was checked, so
a name that changes its mind in between gains nothing.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias

import httpx

from app.flow.errors import FieldError, InvalidRequest, UrlNotAllowed, invalid_field

MAX_URL_LENGTH = 2048
PORTS = {"http": 80, "https": 443}
UNPRIVILEGED = range(1024, 65536)

Address: TypeAlias = IPv4Address | IPv6Address
Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]
"""``await resolve(host, port)``: the addresses of a name, as text."""

_TRANSLATED = [ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10")]
"""IPv6 that carries somebody else's IPv4 address (NAT64, 6to4, Teredo), and the old site-local block."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Where we go. ``pointer`` is the JSON pointer of the field that named the address; ``private`` allows every
    network and port, ``high_ports`` those above 1023 beside 80 and 443; ``verb`` is for sentences."""

    pointer: str
    private: bool
    verb: str
    high_ports: bool = False

    def refused(self, detail: str) -> InvalidRequest:
        return UrlNotAllowed(detail, [FieldError(self.pointer, detail)])


async def resolve_by_system(host: str, port: int) -> list[str]:
    """The addresses of a host, each once; raises OSError, UnicodeError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_url(url: str, policy: Policy) -> httpx.URL:
    """The parts of a URL that we would go to; raises ``UrlNotAllowed``."""
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise policy.refused("It is not a URL.") from error
    if len(url) > MAX_URL_LENGTH:
        raise policy.refused(f"It is longer than {MAX_URL_LENGTH} characters.")
    if target.scheme not in PORTS or not target.host:
        raise policy.refused(f"Only http and https URLs are {policy.verb}.")
    if target.userinfo:
        raise policy.refused("It must not carry a name and password.")
    if not policy.private and target.port not in (None, *PORTS.values()):
        if not policy.high_ports:
            raise policy.refused(f"Only the ports 80 and 443 are {policy.verb}.")
        if target.port not in UNPRIVILEGED:
            raise policy.refused(f"Only the ports 80, 443 and those above 1023 are {policy.verb}.")
    return target


async def addresses_of(target: httpx.URL, policy: Policy, resolve: Resolve = resolve_by_system) -> list[str]:
    """Resolved once; every address must pass, so that no mixture of good and bad ones can be played on.

    Raises:
        InvalidRequest: the name has no address.
        UrlNotAllowed: one of them is not public.
    """
    try:
        addresses = await resolve(target.host, target.port or PORTS[target.scheme])
    except (OSError, UnicodeError) as error:
        raise invalid_field(policy.pointer, f"The host {target.host!r} has no address.") from error
    if not addresses:
        raise invalid_field(policy.pointer, f"The host {target.host!r} has no address.")
    if not policy.private and not all(is_public(address) for address in addresses):
        raise policy.refused("It points into a network that is not public.")
    return addresses


def is_public(address: str) -> bool:
    """Whether anybody on the internet could reach this address; IPv4 hidden in IPv6 is looked at as what it is."""
    try:
        ip: Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in net for net in _TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def pinned(target: httpx.URL, address: str) -> tuple[httpx.URL, dict[str, str], dict[str, str]]:
    """The URL at the address that was checked; the headers and httpx's extensions that name the host all the same, for
    the server and for its certificate."""
    url = target.copy_with(host=address.partition("%")[0], fragment=None)
    headers = {"Host": target.netloc.decode(), "Accept-Encoding": "identity", "User-Agent": "lamina"}
    return url, headers, {"sni_hostname": target.raw_host.decode()}
