"""Pictures that came with values, or whose addresses did: decoded, and named as assets are, but kept no longer than the
request. What was drawn with them is known by their pixels."""

import asyncio
import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.flow.errors import FieldError, InvalidRequest, UrlNotAllowed, invalid_field
from app.flow.fetch_url import POINTER, fetch
from app.flow.identified import to_png
from app.flow.services import Services
from app.flow.templates.values import Wanted
from app.store import assets
from model.errors import ImageRejected, ImageTooLarge

_AT_ONCE = 4
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Brought:
    """``names``: the sha256 of each variable's picture; ``files``: where those are that are no assets."""

    names: Mapping[str, str]
    files: Mapping[str, Path]


async def fetched(services: Services, wanted: Sequence[Wanted], folder: Path) -> dict[str, Path]:
    """The files of the addresses that are asked for, each fetched once.

    Raises:
        InvalidRequest: one cannot be fetched, or must not be.
        ImageTooLarge: one is larger than what may be uploaded.
    """
    urls = {one.value: one.pointer for one in reversed(wanted) if one.way == "image_url"}
    if urls:
        folder.mkdir(exist_ok=True)
    places = asyncio.Semaphore(_AT_ONCE)

    async def get(url: str, pointer: str, target: Path) -> None:
        async with places:
            try:
                await fetch(url, target, services.settings)
            except InvalidRequest as error:
                raise _moved(error, pointer) from error

    found = {url: folder / f"fetched-{at}" for at, url in enumerate(urls)}
    try:
        async with asyncio.TaskGroup() as group:
            for url, pointer in urls.items():
                group.create_task(get(url, pointer, found[url]))
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    return found


def brought(
    services: Services,
    tenant_id: str,
    wanted: Sequence[Wanted],
    fetched: Mapping[str, Path],
    given: Mapping[str, str],
    folder: Path,
) -> Brought:
    """All pictures that are asked for.

    Args:
        fetched: by address.
        given: where the base64 text is that stands for a long one; see ``request.py``.

    Raises:
        InvalidRequest: there is no such asset, or it is no picture that we take; points at the value.
        ImageTooLarge: it has more pixels than may be uploaded.
    """
    names: dict[str, str] = {}
    files: dict[str, Path] = {}
    known: dict[str, str] = {}
    for at, one in enumerate(wanted):
        if one.way == "asset":
            _check_asset(services, tenant_id, one)
            continue
        if one.value not in known:
            folder.mkdir(exist_ok=True)
            source = fetched.get(one.value) or _decoded(one, given, folder / f"given-{at}")
            path = folder / f"{at}.png"
            known[one.value] = _as_png(services, one, source, path)
            files[known[one.value]] = path
        names[one.variable] = known[one.value]
    return Brought(names, files)


def _check_asset(services: Services, tenant_id: str, one: Wanted) -> None:
    with services.engine.connect() as connection:
        if assets.get(connection, tenant_id, one.value) is None:
            raise invalid_field(one.pointer, f"There is no asset {one.value}; upload it to /v1/assets first.")


def _decoded(one: Wanted, given: Mapping[str, str], target: Path) -> Path:
    text = Path(given[one.value]).read_text() if one.value in given else one.value
    body = text.partition(",")[2] if text.startswith("data:") else text
    plain = _SPACE.sub("", body).translate(str.maketrans("-_", "+/"))
    try:
        target.write_bytes(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True))
    except (binascii.Error, ValueError) as error:
        raise invalid_field(one.pointer, "This is not base64.") from error
    return target


def _as_png(services: Services, one: Wanted, source: Path, target: Path) -> str:
    try:
        to_png(services.pixels, services.settings, source, target)
    except ImageTooLarge:
        raise
    except ImageRejected as error:
        raise invalid_field(one.pointer, str(error)) from error
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _moved(error: InvalidRequest, pointer: str) -> InvalidRequest:
    """The same said of the value."""
    kind = UrlNotAllowed if isinstance(error, UrlNotAllowed) else InvalidRequest
    errors = [FieldError(pointer if one.pointer == POINTER else one.pointer, one.detail) for one in error.errors]
    return kind(str(error), errors)
