"""The pictures that a row brings: fetched or decoded to a file, once for all rows of the batch in this worker."""

import asyncio
import binascii
import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from app.flow import json_body
from app.flow.errors import InvalidRequest, invalid_field
from app.flow.fetch_url import fetch
from app.flow.pictures import made
from app.flow.remembered import Remembered
from app.flow.templates.values import Wanted
from app.settings import Settings
from app.store import assets
from app.store.batch_claims import Claimed
from app.store.blob_cache import BlobCache
from model.errors import LaminaError


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where files are, as ``app.flow.pictures`` takes it; ``scratch`` is this worker's own."""

    settings: Settings
    engine: Engine
    cache: BlobCache
    scratch: Path


class WrongPicture(LaminaError):
    """A picture of a row cannot be had; ``pointer`` is to the value that asks for it."""

    def __init__(self, error: LaminaError, pointer: str) -> None:
        super().__init__(str(error))
        self.code = error.code  # type: ignore[misc]  # of the error, not of the class
        self.pointer = pointer


class Pictures:
    """Safe to use from many threads; who asks for what another thread is fetching waits for it."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._unreachable: Remembered[LaminaError] = Remembered()

    def bring(self, row: Claimed, asked: Wanted) -> tuple[str, Path]:
        """A file, and a name for it in the place of an asset's.

        Raises:
            WrongPicture.
        """
        name = hashlib.sha256(f"{row.tenant_id} {row.job_id} {asked.way} {asked.value}".encode()).hexdigest()
        failed = self._unreachable.get(name)
        if failed is None:
            try:
                return name, made(self._shelf, ["brought", name], lambda target: self._write(asked, target))[0]
            except (InvalidRequest, LaminaError) as error:
                self._unreachable.put(name, error)
                failed = error
        raise WrongPicture(failed, asked.pointer)

    def check(self, row: Claimed, asked: Wanted) -> None:
        """Raises ``WrongPicture`` where a value names an asset that is not there."""
        with self._shelf.engine.connect() as connection:
            found = assets.get(connection, row.tenant_id, asked.value)
        if found is None:
            detail = f"There is no asset {asked.value}; upload it to /v1/assets first."
            raise WrongPicture(invalid_field(asked.pointer, detail), asked.pointer)

    def _write(self, asked: Wanted, target: Path) -> None:
        if asked.way == "image_url":
            asyncio.run(fetch(asked.value, target, self._shelf.settings))
            return
        try:
            target.write_bytes(json_body.decoded(asked.value))
        except (binascii.Error, ValueError):
            raise invalid_field(asked.pointer, "It is not valid base64.") from None
