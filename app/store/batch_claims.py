"""A worker's side of batches: take rows, keep what was made of them, give them back.

A row is claimed by itself, with a lease and a token of its own: whoever lost it changes nothing any more. A row whose
worker died is suspected: it is drawn again with nothing else beside it, so that one that ends workers harms no other,
and fails at its last crash.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from app.store import batches
from app.store.jobs.row import CHANNEL

ROW_LOST = {  # as ``WORKER_LOST`` of jobs
    "pointer": "",
    "code": "worker-lost",
    "detail": "Each worker that drew this row died, so it is not tried again.",
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours until its lease runs out."""

    tenant_id: str
    job_id: str
    n: int
    given: dict[str, Any]
    token: int
    crashes: int


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a claimed row: a picture, whose blob is in this transaction or before it, or an ``error`` with
    ``pointer, code, detail``."""

    row: Claimed
    sha256: str | None = None
    size: int | None = None
    crc32: int | None = None
    error: Mapping[str, str] | None = None


def claim(connection: Connection, *, worker_id: str, most: int, lease_s: float, suspect: bool = False) -> list[Claimed]:
    """Take up to ``most`` rows of one batch, first things first: the highest priority, then the tenant of whom the
    fewest rows are being drawn, then the batch that waits longest. Empty where there are none.

    Args:
        suspect: one whose worker died before, instead of those that nothing is held against.
    """
    # The job first, and until the commit: so it cannot be canceled meanwhile as one of which nothing is being drawn.
    best = connection.execute(_BEST, {"suspect": suspect}).one_or_none()
    if best is None:
        return []
    of_batch = {"tenant_id": best.tenant_id, "job_id": best.id}
    how = {"worker_id": worker_id, "most": 1 if suspect else most, "lease_s": lease_s, "suspect": suspect}
    found = [Claimed(*row) for row in connection.execute(_CLAIM, {**of_batch, **how})]
    if found and best.state == "queued":
        connection.execute(_BEGIN, of_batch)
    return sorted(found, key=lambda row: row.n)


def beat(connection: Connection, worker_id: str, lease_s: float, longest_s: float) -> None:
    """Renew the leases of a worker's rows, but of none that it has held for ``longest_s``: it hangs."""
    connection.execute(_BEAT, {"worker_id": worker_id, "lease_s": lease_s, "longest_s": longest_s})


def keep(connection: Connection, done: Sequence[Done]) -> int:
    """Write what became of rows of one batch, and how far it is; returns how many were no longer ours, of which nothing
    was written."""
    tenant_id, job_id = done[0].row.tenant_id, done[0].row.job_id
    columns: dict[str, list[Any]] = {"n": [], "token": [], "sha256": [], "size": [], "crc32": [], "error": []}
    for one in sorted(done, key=lambda one: one.row.n):
        columns["n"].append(one.row.n)
        columns["token"].append(one.row.token)
        columns["sha256"].append(one.sha256)
        columns["size"].append(one.size)
        columns["crc32"].append(one.crc32)
        columns["error"].append(None if one.error is None else json.dumps(dict(one.error)))
    written = connection.execute(_KEEP, {"tenant_id": tenant_id, "job_id": job_id, **columns})
    states = [row.state for row in written]
    if states:
        batches.count(connection, tenant_id, job_id, states)
    return len(done) - len(states)


def release(connection: Connection, rows: Sequence[Claimed]) -> None:
    """Rows of one batch wait again, and nothing is held against them."""
    given = {"tenant_id": rows[0].tenant_id, "job_id": rows[0].job_id}
    numbers = {"n": [row.n for row in rows], "token": [row.token for row in rows]}
    connection.execute(_RELEASE, {**given, **numbers})
    batches.settle_canceled(connection, rows[0].tenant_id, rows[0].job_id)


def are_suspected(connection: Connection) -> bool:
    """Whether there are rows whose worker died."""
    return bool(connection.scalar(_ARE_SUSPECTED))


def give_back(connection: Connection, worker_id: str) -> int:
    """All rows of a worker wait again, and nothing is held against them: it stops. Returns how many."""
    given = {"worker_id": worker_id}
    rows = connection.execute(_GIVE_BACK, given).all()
    for tenant_id, job_id in sorted({(row.tenant_id, row.job_id) for row in rows}):
        batches.settle_canceled(connection, tenant_id, job_id)
    return len(rows)


def lose(connection: Connection, worker_id: str) -> int:
    """A worker is dead: the leases of its rows end now, and the next sweep counts a crash. Returns how many."""
    return connection.execute(_LOSE, {"worker_id": worker_id}).rowcount


def holders(connection: Connection, worker_id: str) -> list[tuple[str, bool]]:
    """The children of ``worker_id`` that hold rows, and whether the lease of any has run out."""
    return [(row.worker_id, row.expired) for row in connection.execute(_HOLDERS, {"begins": f"{worker_id}/"})]


def sweep(connection: Connection, max_crashes: int) -> tuple[int, int]:
    """Take rows back whose lease ran out, and count a crash; those with ``max_crashes`` of them fail. End what is to be
    canceled. Returns how many wait again, and how many failed."""
    rows = connection.execute(_SWEEP, {"max_crashes": max_crashes, "error": json.dumps(ROW_LOST)}).all()
    ended: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.state == "failed":
            ended.setdefault((row.tenant_id, row.job_id), []).append(row.state)
    for (tenant_id, job_id), states in sorted(ended.items()):
        batches.count(connection, tenant_id, job_id, states)
    for tenant_id, job_id in sorted(batches.canceled_ones(connection)):
        batches.settle_canceled(connection, tenant_id, job_id)
    failed = sum(row.state == "failed" for row in rows)
    return len(rows) - failed, failed


_BEST = text("""
    WITH busy AS (
        SELECT tenant_id, count(*) AS rows FROM batch_rows WHERE state = 'running' GROUP BY tenant_id
    )
    SELECT jobs.tenant_id, jobs.id, jobs.state FROM jobs LEFT JOIN busy USING (tenant_id)
    WHERE kind = 'batch' AND state IN ('queued', 'running') AND NOT cancel_requested AND EXISTS (
        SELECT FROM batch_rows AS r
        WHERE r.tenant_id = jobs.tenant_id AND r.job_id = jobs.id AND r.state = 'waiting'
            AND (r.crashes > 0) = :suspect
    )
    ORDER BY priority DESC, coalesce(busy.rows, 0), created_at, id
    LIMIT 1 FOR UPDATE OF jobs
""")
_CLAIM = text("""
    WITH line AS MATERIALIZED (
        SELECT n FROM batch_rows
        WHERE tenant_id = :tenant_id AND job_id = :job_id AND state = 'waiting' AND (crashes > 0) = :suspect
        ORDER BY n LIMIT :most FOR UPDATE SKIP LOCKED
    )
    UPDATE batch_rows AS r
    SET state = 'running', token = token + 1, worker_id = :worker_id, claimed_at = clock_timestamp(),
        lease_until = clock_timestamp() + make_interval(secs => :lease_s)
    FROM line WHERE r.tenant_id = :tenant_id AND r.job_id = :job_id AND r.n = line.n
    RETURNING r.tenant_id, r.job_id, r.n, r.given, r.token, r.crashes
""")
_BEGIN = text(f"""
    UPDATE jobs SET state = 'running', token = token + 1, attempt = attempt + 1, stage = 'rows',
        started_at = coalesce(started_at, clock_timestamp()), progress_at = clock_timestamp(), version = version + 1
    WHERE tenant_id = :tenant_id AND id = :job_id
    RETURNING pg_notify('{CHANNEL}', id)
""")
_BEAT = text("""
    UPDATE batch_rows SET lease_until = clock_timestamp() + make_interval(secs => :lease_s)
    WHERE state = 'running' AND worker_id = :worker_id
        AND claimed_at > clock_timestamp() - make_interval(secs => :longest_s)
""")
_KEEP = text("""
    UPDATE batch_rows AS r
    SET state = CASE WHEN made.error IS NULL THEN 'succeeded' ELSE 'failed' END, sha256 = made.sha256,
        size = made.size, crc32 = made.crc32, error = CAST(made.error AS json), lease_until = NULL
    FROM unnest(
        CAST(:n AS int[]), CAST(:token AS bigint[]), CAST(:sha256 AS text[]), CAST(:size AS bigint[]),
        CAST(:crc32 AS bigint[]), CAST(:error AS text[])
    ) AS made (n, token, sha256, size, crc32, error)
    WHERE r.tenant_id = :tenant_id AND r.job_id = :job_id AND r.n = made.n AND r.token = made.token
        AND r.state = 'running'
    RETURNING r.state
""")
_RELEASE = text("""
    UPDATE batch_rows AS r
    SET state = 'waiting', token = r.token + 1, worker_id = NULL, claimed_at = NULL, lease_until = NULL
    FROM unnest(CAST(:n AS int[]), CAST(:token AS bigint[])) AS mine (n, token)
    WHERE r.tenant_id = :tenant_id AND r.job_id = :job_id AND r.n = mine.n AND r.token = mine.token
        AND r.state = 'running'
""")
_ARE_SUSPECTED = text("SELECT EXISTS (SELECT FROM batch_rows WHERE state = 'waiting' AND crashes > 0)")
_GIVE_BACK = text("""
    UPDATE batch_rows
    SET state = 'waiting', token = token + 1, worker_id = NULL, claimed_at = NULL, lease_until = NULL
    WHERE state = 'running' AND worker_id = :worker_id
    RETURNING tenant_id, job_id
""")
_LOSE = text("""
    UPDATE batch_rows SET lease_until = now() - interval '1 millisecond'
    WHERE state = 'running' AND worker_id = :worker_id
""")
_HOLDERS = text("""
    SELECT worker_id, bool_or(lease_until < now()) AS expired FROM batch_rows
    WHERE state = 'running' AND starts_with(worker_id, :begins) GROUP BY worker_id
""")
_SWEEP = text("""
    WITH lost AS (
        SELECT tenant_id, job_id, n FROM batch_rows WHERE state = 'running' AND lease_until < statement_timestamp()
        ORDER BY tenant_id, job_id, n FOR UPDATE SKIP LOCKED
    )
    UPDATE batch_rows AS r
    SET state = CASE WHEN crashes + 1 >= :max_crashes THEN 'failed' ELSE 'waiting' END,
        error = CASE WHEN crashes + 1 >= :max_crashes THEN CAST(:error AS json) END,
        crashes = crashes + 1, token = token + 1, worker_id = NULL, claimed_at = NULL, lease_until = NULL
    FROM lost WHERE r.tenant_id = lost.tenant_id AND r.job_id = lost.job_id AND r.n = lost.n
    RETURNING r.tenant_id, r.job_id, r.state
""")
