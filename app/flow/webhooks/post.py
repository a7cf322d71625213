"""One attempt: to the address that was checked, no redirects, no more of the answer than is worth keeping."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from app.flow.errors import InvalidRequest
from app.flow.public_address import Policy, Resolve, addresses_of, checked_url, pinned
from app.flow.webhooks.schedule import retry_after_s
from app.store.webhook_deliveries import Attempt

READ_BYTES = 4096
EXCERPT = 1000
"""Characters of an answer that are kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``wait_s`` is the receiver's Retry-After, in seconds."""

    attempt: Attempt
    wait_s: float | None = None

    @property
    def is_success(self) -> bool:
        return self.attempt.status_code is not None and 200 <= self.attempt.status_code < 300

    @property
    def is_gone(self) -> bool:
        return self.attempt.status_code == 410


def new_client() -> httpx.AsyncClient:
    """No connection is used twice: two hosts may share the address that a connection is pinned to."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=None, limits=limits)


async def post(
    client: httpx.AsyncClient, url: str, policy: Policy, headers: dict[str, str], body: bytes, timeout_s: float,
    resolve: Resolve,
) -> Answer:  # fmt: skip
    """Never raises for what the receiver does; it has ``timeout_s`` seconds in all."""
    began = time.monotonic()
    answer, error, excerpt = None, None, None
    try:
        async with asyncio.timeout(timeout_s):
            answer, excerpt = await _ask(client, url, policy, headers, body, resolve)
    except TimeoutError:
        error = f"It did not answer within {timeout_s:g} s."
    except (InvalidRequest, httpx.HTTPError, httpx.InvalidURL, OSError) as failure:
        error = f"It could not be reached: {str(failure) or type(failure).__name__}"[:EXCERPT]
    duration_ms = round((time.monotonic() - began) * 1000)
    if answer is None:
        return Answer(Attempt(None, error, duration_ms))
    attempt = Attempt(answer.status_code, _complaint(answer.status_code), duration_ms, excerpt)
    return Answer(attempt, retry_after_s(answer.headers.get("retry-after"), datetime.now(UTC)))


async def _ask(
    client: httpx.AsyncClient, url: str, policy: Policy, headers: dict[str, str], body: bytes, resolve: Resolve
) -> tuple[httpx.Response, str]:
    target = checked_url(url, policy)
    addresses = await addresses_of(target, policy, resolve)
    for at, address in enumerate(addresses, 1):
        there, host, extensions = pinned(target, address)
        sent = {**host, "Content-Type": "application/json", **headers}
        try:
            async with client.stream("POST", there, content=body, headers=sent, extensions=extensions) as answer:
                return answer, await _beginning(answer)
        except httpx.ConnectError:
            if at == len(addresses):
                raise
    raise AssertionError


async def _beginning(answer: httpx.Response) -> str:
    found = bytearray()
    try:
        async for chunk in answer.aiter_raw():
            found += chunk
            if len(found) >= READ_BYTES:
                break
    except httpx.HTTPError:  # the status has come, and that is what counts
        pass
    return found[:READ_BYTES].decode("utf-8", "replace").replace("\x00", "�")[:EXCERPT]


def _complaint(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"It answered {status}; redirects are not followed."
    return f"It answered {status}."
