"""Fetch a picture from an address that a stranger named; redirects go through the same gate."""

import asyncio
import ssl
from functools import cache
from pathlib import Path

import httpx

from app.flow.errors import invalid_field
from app.flow.public_address import Policy, Resolve, addresses_of, checked_url, pinned, resolve_by_system
from app.settings import Settings
from model.errors import ImageTooLarge

POINTER = "/image_url"
MAX_REDIRECTS = 3
REDIRECTS = {301, 302, 303, 307, 308}


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
    policy = Policy(POINTER, settings.allow_private_urls, "fetched from")
    for _ in range(MAX_REDIRECTS + 1):
        target = checked_url(url, policy)
        addresses = await addresses_of(target, policy, resolve)
        location = await _fetch_from(target, addresses, destination, settings.max_upload_bytes)
        if location is None:
            return
        url = _joined(target, location)
    raise invalid_field(POINTER, f"It redirects more than {MAX_REDIRECTS} times.")


def _joined(target: httpx.URL, location: str) -> str:
    try:
        return str(target.join(location))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise invalid_field(POINTER, "It redirects to what is not a URL.") from error


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
    there, headers, extensions = pinned(target, address)
    async with (
        httpx.AsyncClient(verify=_trusted(), trust_env=False, follow_redirects=False, timeout=None) as client,
        client.stream("GET", there, headers={**headers, "Accept": "image/*"}, extensions=extensions) as answer,
    ):
        if answer.status_code in REDIRECTS and "location" in answer.headers:
            return str(answer.headers["location"])
        if answer.status_code != 200:
            raise invalid_field(POINTER, f"The server answered {answer.status_code}.")
        await _save(answer, destination, max_bytes)
    return None


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are taken. Made once: reading them takes longer than most pictures take to come."""
    return httpx.create_ssl_context(trust_env=False)


async def _save(answer: httpx.Response, destination: Path, max_bytes: int) -> None:
    size = 0
    with destination.open("wb") as file:  # into the page cache: a thread for each chunk would cost more
        async for chunk in answer.aiter_raw():
            size += len(chunk)
            if size > max_bytes:
                raise ImageTooLarge(f"The picture at image_url is larger than {max_bytes} bytes.")
            file.write(chunk)
