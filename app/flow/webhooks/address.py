"""Where webhooks go: public addresses over http and https, at any unprivileged port."""

import asyncio

import httpx

from app.flow.errors import invalid_field
from app.flow.public_address import PORTS, Policy, Resolve, addresses_of, checked_url, resolve_by_system
from app.settings import Settings
from app.store.jobs import Callback


def policy_of(settings: Settings, pointer: str = "/url") -> Policy:
    return Policy(pointer, settings.allow_private_urls, "sent to", high_ports=True)


async def checked(url: str, settings: Settings, pointer: str, resolve: Resolve = resolve_by_system) -> Callback:
    """The address, if we would send to it now; it is checked again at each attempt.

    Raises:
        UrlNotAllowed: not http(s), a privileged port, credentials in it, or an address that is not public.
        InvalidRequest: its host has no address.
    """
    policy = policy_of(settings, pointer)
    target = checked_url(url, policy)
    try:
        async with asyncio.timeout(settings.url_timeout_s):
            await addresses_of(target, policy, resolve)
    except TimeoutError:
        raise invalid_field(pointer, f"No address was found for the host {target.host!r} in time.") from None
    return Callback(str(target), receiver_of(target))


def receiver_of(target: httpx.URL) -> str:
    """Who answers there, as far as an address tells."""
    return f"{target.scheme}://{target.host}:{target.port or PORTS[target.scheme]}"
