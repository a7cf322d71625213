"""Fetch a picture from an address that a stranger named, without becoming the stranger's hands inside our network.

Every address that the name resolves to must be public, and the connection goes to the very address that was checked,
so a name that changes its mind in between gains nothing. Redirects go through the same gate.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import TypeAlias

import httpx

from app.flow.errors import FieldError, InvalidRequest, UrlNotAllowed, invalid_field
from app.settings import Settings
from model.errors import ImageTooLarge

POINTER = "/image_url"
MAX_REDIRECTS = 3
MAX_URL_LENGTH = 2048
PORTS = {"http": 80, "https": 443}
REDIRECTS = {301, 302, 303, 307, 308}

Address: TypeAlias = IPv4Address | IPv6Address
Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]
"""``await resolve(host, port)``: the addresses of a name, as text."""

_TRANSLATED = [ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10")]
"""IPv6 that carries somebody else's IPv4 address (NAT64, 6to4, Teredo), and the old site-local block."""


async def resolve_by_system(host: str, port: int) -> list[str]:
    """The addresses of a host, each once; raises OSError, UnicodeError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def fetch(url: str, destination: Path, settings: Settings, resolve: Resolve = resolve_by_system) -> None:
    """Write the body of ``url`` to ``destination``.

    Raises:
        UrlNotAllowed: not http(s), another port, credentials in it, or an address that is not public.
        InvalidRequest: it cannot be fetched: no such host, refused, too slow, not 200.
        ImageTooLarge: more than ``max_upload_bytes``.
    """
    try:
        async with asyncio.timeout(settings.url_timeout_s):
            await _follow(url, destination, settings, resolve)
    except TimeoutError:
        raise invalid_field(POINTER, f"It took longer than {settings.url_timeout_s:g} s to fetch.") from None


async def _follow(url: str, destination: Path, settings: Settings, resolve: Resolve) -> None:
    for _ in range(MAX_REDIRECTS + 1):
        target = checked_url(url, any_port=settings.allow_private_urls)
        addresses = await _addresses(target, settings, resolve)
        location = await _fetch_from(target, addresses, destination, settings.max_upload_bytes)
        if location is None:
            return
        url = _joined(target, location)
    raise invalid_field(POINTER, f"It redirects more than {MAX_REDIRECTS} times.")


def checked_url(url: str, *, any_port: bool = False) -> httpx.URL:
    """The parts of a URL that we would fetch from; raises ``UrlNotAllowed``."""
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _refused("It is not a URL.") from error
    if len(url) > MAX_URL_LENGTH:
        raise _refused(f"It is longer than {MAX_URL_LENGTH} characters.")
    if target.scheme not in PORTS or not target.host:
        raise _refused("Only http and https URLs are fetched.")
    if target.userinfo:
        raise _refused("It must not carry a name and password.")
    if not any_port and target.port not in (None, *PORTS.values()):
        raise _refused("Only the ports 80 and 443 are fetched from.")
    return target


def _joined(target: httpx.URL, location: str) -> str:
    try:
        return str(target.join(location))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise invalid_field(POINTER, "It redirects to what is not a URL.") from error


async def _addresses(target: httpx.URL, settings: Settings, resolve: Resolve) -> list[str]:
    """Resolved once; every address must pass, so that no mixture of good and bad ones can be played on."""
    try:
        addresses = await resolve(target.host, target.port or PORTS[target.scheme])
    except (OSError, UnicodeError) as error:
        raise invalid_field(POINTER, f"The host {target.host!r} has no address.") from error
    if not addresses:
        raise invalid_field(POINTER, f"The host {target.host!r} has no address.")
    if not settings.allow_private_urls and not all(is_public(address) for address in addresses):
        raise _refused("It points into a network that is not public.")
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


async def _fetch_from(target: httpx.URL, addresses: list[str], destination: Path, max_bytes: int) -> str | None:
    """Try the addresses in turn; the place to go on to where the answer is a redirect."""
    last: httpx.TransportError | None = None
    for address in addresses:
        try:
            return await _download(target, address, destination, max_bytes)
        except httpx.ConnectError as error:
            last = error
        except (httpx.HTTPError, OSError) as error:
            raise invalid_field(POINTER, "The server broke off.") from error
    raise invalid_field(POINTER, f"The host {target.host!r} cannot be reached.") from last


async def _download(target: httpx.URL, address: str, destination: Path, max_bytes: int) -> str | None:
    headers = {"Host": target.netloc.decode(), "Accept": "image/*", "Accept-Encoding": "identity"}
    headers["User-Agent"] = "lamina"
    pinned = target.copy_with(host=address.partition("%")[0], fragment=None)
    async with (
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=None) as client,
        client.stream("GET", pinned, headers=headers, extensions={"sni_hostname": target.raw_host.decode()}) as answer,
    ):
        if answer.status_code in REDIRECTS and "location" in answer.headers:
            return str(answer.headers["location"])
        if answer.status_code != 200:
            raise invalid_field(POINTER, f"The server answered {answer.status_code}.")
        await _save(answer, destination, max_bytes)
    return None


async def _save(answer: httpx.Response, destination: Path, max_bytes: int) -> None:
    size = 0
    with destination.open("wb") as file:  # into the page cache: a thread for each chunk would cost more
        async for chunk in answer.aiter_raw():
            size += len(chunk)
            if size > max_bytes:
                raise ImageTooLarge(f"The picture at image_url is larger than {max_bytes} bytes.")
            file.write(chunk)


def _refused(detail: str) -> InvalidRequest:
    return UrlNotAllowed(detail, [FieldError(POINTER, detail)])
