"""Rows are to be drawn: written down in one transaction with their job, then the bell rings."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.flow.decide import Describe, Submitted, make_room, wait_s
from app.flow.errors import QuotaExceeded
from app.flow.keyed import first_answer, keep_answer
from app.flow.services import Services
from app.settings import RENDERS
from app.store import batches, jobs
from app.store.batches import NewBatch, NewRow
from app.store.jobs import Callback
from model.errors import InvalidEdit


@dataclass(frozen=True, slots=True)
class Wanted:
    """A batch as it is asked for.

    Attributes:
        template: ``name, version, scene, layers, variables``, as they are now.
        output: ``format, width, background, quality, box``, as far as they are given.
        rows: a file, as ``read_batch`` writes it, of ``total`` rows, of which ``failed`` cannot be drawn.
        route, key, fingerprint, callback: as of ``Terms``.
    """

    tenant_id: str
    template: Mapping[str, Any]
    output: Mapping[str, Any]
    rows: Path
    total: int
    failed: int
    request_id: str
    route: str
    key: str | None = None
    fingerprint: str = ""
    callback: Callback | None = None


def submit(services: Services, wanted: Wanted, describe: Describe) -> Submitted:
    """Queue the batch.

    Raises:
        QuotaExceeded, QueueFull: too much is waiting.
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    settings = services.settings
    new = NewBatch(
        wanted.tenant_id, wanted.template, wanted.output, wanted.total, wanted.failed, wanted.request_id
    )  # fmt: skip
    with services.engine.begin() as connection:
        answer = first_answer(connection, wanted)
        if answer is not None:
            return Submitted("replayed", None, answer=answer)
        job = batches.create(connection, new, _rows(wanted.rows), wanted.callback)
        load = jobs.load(connection, wanted.tenant_id)
        make_room(settings, load)
        waiting = batches.rows_waiting(connection, wanted.tenant_id)
        if waiting > settings.max_waiting_rows:
            before = waiting - (wanted.total - wanted.failed)
            raise QuotaExceeded(f"{before} of your rows are waiting already.", wait_s(load.queued_for_tenant, load))
        submitted = Submitted("created", job, jobs.queue_position(connection, job))
        keep_answer(connection, wanted, lambda: describe(submitted))
    services.bell.ring(RENDERS)
    return submitted


def check_output(services: Services, scene: Mapping[str, Any], output: Mapping[str, Any]) -> None:
    """Whether pictures of a template can be sent so.

    Raises:
        InvalidEdit.
    """
    most = services.settings.max_pixels
    try:
        services.pixels.call("plan_scene", scene=dict(scene), output=dict(output), max_pixels=most)
    except InvalidEdit as error:
        raise InvalidEdit(str(error), f"/output{error.pointer}") from error


def _rows(file: Path) -> Iterator[NewRow]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            detail = row.get("detail")
            error = None if detail is None else problem_of_row("invalid-request", detail, row["pointer"])
            yield NewRow(row["n"], row["name"], row.get("values", {}), error)


def problem_of_row(code: str, detail: str, pointer: str = "") -> dict[str, str]:
    """What is wrong with a row: ``pointer`` is to the place in its values, ``""`` the whole row."""
    return {"pointer": pointer, "code": code, "detail": detail}
