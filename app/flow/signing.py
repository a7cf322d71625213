"""Addresses that are good for a while: ``?exp=…&sig=…``, as imgproxy, Cloudinary and S3 have them.

``exp`` is the second since 1970 at which it ends. ``sig`` is HMAC-SHA256, base64 for addresses without padding, over
the path as it reads when decoded, ``?``, and all of the query but ``sig``, decoded, sorted and encoded again; a
proxy may order a query as it likes, and add or change nothing.
"""

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from sqlalchemy import Engine

from app.store import signing_keys

RESOURCE = "/v1/sign"
"""What is announced to have gone when a key was changed."""
FRESH_S = 60.0
AGAIN_S = 1.0
REMEMBERED_LENGTH = 400

Verdict: TypeAlias = Literal["unsigned", "good", "expired", "wrong"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What an address is; ``query`` is without ``exp`` and ``sig``, ``expires`` of one that is good."""

    verdict: Verdict
    query: str
    expires: int = 0


def path_of(address: str) -> str:
    """The decoded path of an address that begins with it, or with a scheme and a host."""
    return unquote(urlsplit(address.partition("?")[0]).path)


def signed(address: str, expires: int, key: bytes) -> str:
    """The address, a path or a whole one, with ``exp`` and ``sig``; those that it has are replaced."""
    beginning, _, query = address.partition("?")
    rest = _parts(query)[0]
    ending = f"exp={expires}&sig={_signature(path_of(address), rest, str(expires), key)}"
    return f"{beginning}?{rest}&{ending}" if rest else f"{beginning}?{ending}"


def check(path: str, query: str, keys: Sequence[bytes], now: float) -> Checked:
    """``path`` decoded, ``query`` as it came, ``now`` in seconds since 1970; any of ``keys`` will do."""
    rest, expires, signatures = _parts(query)
    if not expires and not signatures:
        return Checked("unsigned", rest)
    if len(expires) != 1 or len(signatures) != 1 or not _is_moment(expires[0]):
        return Checked("wrong", rest)
    given = signatures[0].encode("utf-8", "replace")
    if not any(hmac.compare_digest(_signature(path, rest, expires[0], key).encode(), given) for key in keys):
        return Checked("wrong", rest)
    moment = int(expires[0])
    return Checked("good" if now < moment else "expired", rest, moment)


def token(expires: int, key: bytes) -> str:
    """What a page of ours may show all pictures by until then; no address, as these begin with a slash."""
    return f"{expires}.{_hmac(f'pictures:{expires}', key)}"


def is_good(given: str, keys: Sequence[bytes], now: float) -> bool:
    """Whether it is a ``token`` whose time is not over."""
    expires, _, _ = given.partition(".")
    if not _is_moment(expires) or now >= int(expires):
        return False
    return any(hmac.compare_digest(token(int(expires), key).encode(), given.encode()) for key in keys)


def _parts(query: str) -> tuple[str, list[str], list[str]]:
    """The query without ``exp`` and ``sig``, and the values of these."""
    rest, expires, signatures = [], [], []
    for part in query.split("&") if query else ():
        if part.startswith("exp="):
            expires.append(part[4:])
        elif part.startswith("sig="):
            signatures.append(part[4:])
        else:
            rest.append(part)
    return "&".join(rest), expires, signatures


def _signature(path: str, rest: str, expires: str, key: bytes) -> str:
    is_short = len(path) + len(rest) <= REMEMBERED_LENGTH  # strangers choose how long it is
    return (_remembered if is_short else _computed)(path, rest, expires, key)


def _computed(path: str, rest: str, expires: str, key: bytes) -> str:
    query = sorted([*parse_qsl(rest, keep_blank_values=True), ("exp", expires)])
    return _hmac(f"{path}?{urlencode(query)}", key)


_remembered = lru_cache(maxsize=4096)(_computed)


def _hmac(text: str, key: bytes) -> str:
    digest = hmac.digest(key, text.encode("utf-8", "replace"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _is_moment(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 11


class UrlKeys:
    """A tenant's keys, the one that signs first; from the setting ``signing_key``, or else from Postgres and remembered
    for a minute, as pictures are served without asking it. Safe for many threads."""

    def __init__(self, setting: str | None) -> None:
        self.fixed = tuple(part.strip().encode() for part in (setting or "").split(",") if part.strip())
        self._lock = threading.Lock()
        self._known: dict[str, tuple[tuple[bytes, ...], float]] = {}
        self._epoch = 0

    def remembered(self, tenant_id: str, younger_than_s: float = FRESH_S) -> tuple[bytes, ...] | None:
        """``None``: read them."""
        if self.fixed:
            return self.fixed
        keys, at = self._known.get(tenant_id, ((), 0.0))
        return keys if keys and time.monotonic() - at < younger_than_s else None

    def read(self, engine: Engine, tenant_id: str) -> tuple[bytes, ...]:
        """Asks Postgres where they are not remembered; makes a key where there is none."""
        found = self.remembered(tenant_id)
        if found is not None:
            return found
        epoch = self._epoch
        with engine.begin() as connection:
            keys = signing_keys.get(connection, tenant_id, "urls").live
        with self._lock:
            if epoch == self._epoch:
                self._known[tenant_id] = keys, time.monotonic()
        return keys

    def reread(self, engine: Engine, tenant_id: str) -> tuple[bytes, ...] | None:
        """For a signature that fits none of them: another process may have rotated just now. ``None``: they were read
        within a second, which is as often as a stranger can make us ask."""
        if self.remembered(tenant_id, AGAIN_S) is not None:
            return None
        self.forget()
        return self.read(engine, tenant_id)

    def forget(self) -> None:
        """A key was changed."""
        with self._lock:
            self._epoch += 1
            self._known.clear()
