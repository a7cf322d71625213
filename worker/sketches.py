"""Sketches of pictures that came without one: before there were any, with a file that was imported, from a document.

One thread of the worker's main process, which hands one picture after the other to a pixel process of its own and rests
as long as each took; the process is there only while there is something to do.
"""

import base64
import logging
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.flow.pixels import PixelPool
from app.store import blob_files, similar
from app.store.similar import Missing
from model.errors import LaminaError
from model.sketch import Sketch

LOOK_EVERY_S = 60.0
EXPECTED_AT_ONCE = 10_000

_logger = logging.getLogger(__name__)


class Sketches:
    """``start`` once, ``stop`` at the worker's end; ``work`` is a round."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._expects_older = True
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sketches", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(5.0)

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                self.work()
            except SQLAlchemyError as error:
                _logger.warning("sketches could not reach the database: %s", error)
            except Exception:
                _logger.exception("a round of sketches failed")

    def work(self) -> int:
        """Make all that are missing; returns how many were made."""
        if self._expects_older:  # once is enough: whatever comes now is expected by who stores it
            self._expect_older()
            self._expects_older = False
        made, pool = 0, None
        try:
            with TemporaryDirectory(prefix="lamina") as folder:
                while not self._stopping.is_set() and (missing := self._next()) is not None:
                    pool = pool or PixelPool(1)
                    started = time.monotonic()
                    made += self._make(missing, pool, Path(folder) / "picture.png")
                    self._stopping.wait(time.monotonic() - started)
        finally:
            if pool is not None:
                pool.close()
        return made

    def _expect_older(self) -> None:
        found = EXPECTED_AT_ONCE
        while found == EXPECTED_AT_ONCE and not self._stopping.is_set():
            with self._engine.begin() as connection:
                found = similar.expect(connection, EXPECTED_AT_ONCE)

    def _next(self) -> Missing | None:
        with self._engine.begin() as connection:
            return similar.take_missing(connection)

    def _make(self, missing: Missing, pool: PixelPool, picture: Path) -> bool:
        with self._engine.connect() as connection:
            if not blob_files.get(connection, missing.tenant_id, missing.sha256, picture):
                return False
        try:
            found = pool.call("sketch_of", source=str(picture))
        except LaminaError as error:
            _logger.warning("no sketch could be made: %s", error, extra={"image_id": missing.image_id})
            return False
        sketch = Sketch(found["hash"], base64.b64decode(found["grid"]))
        with self._engine.begin() as connection:
            return similar.fill(connection, missing.tenant_id, missing.image_id, sketch)
