"""One row of a batch: its pictures brought here, then drawn by a pixel process."""

import json
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.flow.batch.submit import problem_of_row
from app.flow.errors import NotFound, Unavailable
from app.flow.identified import limits
from app.flow.pictures import pixels_blob, stored
from app.flow.pixels import PixelPool, PixelsLost, PixelsSlow
from app.flow.problem import problem_of
from app.flow.render import stack_of
from app.flow.scene_files import lines_of
from app.flow.templates.values import Step, steps_of, wanted
from app.flow.templates.variable import Variables, variables_of
from app.store import batches
from app.store.batch_claims import Claimed, Done
from app.store.batches import Batch
from model.errors import LaminaError
from worker.batch_pictures import Pictures, Shelf

_TRIES = 5
"""The first tells which files a row needs, and any of them may be evicted from the disk cache meanwhile."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row that was drawn to a ``file``, or came to nothing."""

    done: Done
    file: Path | None = None
    media_type: str = ""


@dataclass(slots=True)
class _Common:
    """What all rows of a batch share in one worker: a ``file`` that each pixel process reads once, and where the layers
    and assets are that its rows were found to need."""

    batch: Batch
    file: Path
    variables: Variables
    layers: dict[str, str] = field(default_factory=dict)
    assets: dict[str, str] = field(default_factory=dict)


class Rows:
    """Draws rows; to be used from many threads, each with a row of its own."""

    def __init__(self, shelf: Shelf, pixels: Callable[[], PixelPool]) -> None:
        self._shelf, self._pixels = shelf, pixels
        self._pictures = Pictures(shelf)
        self._lock = threading.Lock()
        self._commons: dict[str, _Common] = {}

    def draw(self, row: Claimed) -> Drawn:
        """Draw one.

        Raises:
            SQLAlchemyError: the database is away, which is not the row's fault.
            Unavailable: no process became free, neither.
        """
        target = self._shelf.scratch / uuid4().hex
        try:
            found = self._made(row, target)
        except Unavailable:
            raise
        except LaminaError as error:
            target.unlink(missing_ok=True)
            return Drawn(Done(row, error=_problem(error)))
        return Drawn(Done(row, found["sha256"], found["size"], found["crc32"]), target, found["media_type"])

    def keep_only(self, job_ids: Collection[str]) -> None:
        """Forget what other batches shared."""
        with self._lock:
            gone = [self._commons.pop(job_id) for job_id in list(self._commons) if job_id not in job_ids]
        for common in gone:
            common.file.unlink(missing_ok=True)

    def _made(self, row: Claimed, target: Path) -> dict[str, Any]:
        common = self._common(row)
        names: dict[str, str] = {}
        brought: dict[str, dict[str, str]] = {}
        for asked in wanted(common.variables, row.given, at=""):
            if asked.way == "asset":
                self._pictures.check(row, asked)
            else:
                name, path = self._pictures.bring(row, asked)
                names[asked.variable] = name
                brought[name] = {"path": str(path), "pointer": asked.pointer}
        steps = steps_of(common.variables, row.given, names, at="")
        for _ in range(_TRIES):
            try:
                found = self._asked(common, steps, brought, target)
            except FileNotFoundError:
                common = self._anew(row, common)
                continue
            if "sha256" in found:
                return found
            self._find_files(row, common, found)
        raise Unavailable("The files of the template do not stay in the disk cache; it is too small.")

    def _asked(
        self, common: _Common, steps: Sequence[Step], brought: dict[str, dict[str, str]], target: Path
    ) -> dict[str, Any]:
        found: dict[str, Any] = self._pixels().call(
            "draw_row",
            batch=str(common.file),
            steps=[asdict(step) for step in steps],
            brought=brought,
            layer_paths=common.layers,
            asset_paths=common.assets,
            target=str(target),
        )
        return found

    def _find_files(self, row: Claimed, common: _Common, needed: dict[str, Any]) -> None:
        layers = common.batch.template["layers"]
        found = {str(at): str(stored(self._shelf, row.tenant_id, pixels_blob(layers[at]))) for at in needed["layers"]}
        shown = {sha256: str(stored(self._shelf, row.tenant_id, sha256)) for sha256 in needed["assets"]}
        # Anew, as other threads may be sending the ones before.
        common.layers, common.assets = common.layers | found, common.assets | shown

    def _anew(self, row: Claimed, common: _Common) -> _Common:
        """The same, after one of its files was found missing."""
        common.layers, common.assets = {}, {}
        if not common.file.exists():  # somebody has cleaned up
            with self._lock:
                self._commons.pop(row.job_id, None)
        return self._common(row)

    def _common(self, row: Claimed) -> _Common:
        with self._lock:
            if row.job_id not in self._commons:
                with self._shelf.engine.connect() as connection:
                    batch = batches.get(connection, row.tenant_id, row.job_id)
                if batch is None:
                    raise NotFound("The batch has been deleted.")
                self._commons[row.job_id] = self._begun(batch)
            return self._commons[row.job_id]

    def _begun(self, batch: Batch) -> _Common:
        layers = batch.template["layers"]
        said = {
            "scene": batch.template["scene"],
            "output": batch.output,
            "stack": stack_of(layers),
            "lines": lines_of(layers, range(len(layers))),
            "limits": limits(self._shelf.settings),
        }
        file = self._shelf.scratch / f"{uuid4().hex}.batch"
        file.write_text(json.dumps(said))
        return _Common(batch, file, variables_of(batch.template["variables"]))


def _problem(error: LaminaError) -> dict[str, str]:
    """What is said of a row that cannot be drawn."""
    if isinstance(error, PixelsSlow):
        return problem_of_row("stalled", f"The row took too long to draw. {error}")
    if isinstance(error, PixelsLost):
        return problem_of_row("worker-lost", "Each process that drew this row died, so it is not tried again.")
    found = problem_of(error)
    pointer = getattr(error, "pointer", "")
    listed = found.get("errors")
    if isinstance(listed, list) and listed:
        pointer = listed[0]["pointer"]
        if len(listed) == 1:
            return problem_of_row(str(found["code"]), listed[0]["detail"], pointer)
    return problem_of_row(str(found["code"]), str(found["detail"]), pointer)
