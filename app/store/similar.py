"""Pictures that look the same: their sketches, and what was made of them. Never another tenant's."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, cast, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import BIT, insert

from app.store.tables import image_layers, image_sketches, images
from model.sketch import BITS, SAME_BITS, Sketch, bands

MOST_TRIES = 3
_SHAPE = 0.02
"""How much wider or higher one picture may be than another of the same hash."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture whose hash is near; ``bits`` of it differ. Sizes are in pixels."""

    image_id: str
    width: int
    height: int
    grid: bytes
    bits: int


@dataclass(frozen=True, slots=True)
class Made:
    """A decomposition of a whole picture."""

    decomposition_id: str
    image_id: str
    model_name: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A picture without a sketch; ``sha256`` is the blob with its pixels."""

    tenant_id: str
    image_id: str
    sha256: str


def put(connection: Connection, tenant_id: str, image_id: str, sketch: Sketch | None) -> None:
    """Keep the sketch of a picture that is stored; ``None``: it is to be made. One that is there stays."""
    adding = insert(image_sketches).values(tenant_id=tenant_id, image_id=image_id, **_columns(sketch))
    if sketch is None:
        connection.execute(adding.on_conflict_do_nothing())
        return
    fresh = {name: adding.excluded[name] for name in _columns(sketch)}
    known = ["tenant_id", "image_id"]
    connection.execute(
        adding.on_conflict_do_update(index_elements=known, set_=fresh, where=image_sketches.c.hash.is_(None))
    )


def get(connection: Connection, tenant_id: str, image_id: str) -> Sketch | None:
    """``None`` where there is none, or none yet."""
    this = _of(tenant_id, image_id)
    row = connection.execute(select(image_sketches.c.hash, image_sketches.c.grid).where(this)).one_or_none()
    return None if row is None or row.hash is None else Sketch(row.hash, row.grid)


def near(
    connection: Connection, tenant_id: str, image_id: str, sketch: Sketch, size: tuple[int, int], limit: int
) -> list[Candidate]:
    """Other pictures that may be the same, the nearest hashes first: of about the same shape, with a decomposition.

    All whose hash differs in three bits at most are found, by four indexes; of those that differ in up to six, the ones
    whose difference leaves one band of 16 bits alone.

    Args:
        size: of the picture, ``(width, height)``.
    """
    this, wide = image_sketches.c, images.c.width * cast(size[1], BigInteger)
    high = images.c.height * cast(size[0], BigInteger)
    bits = func.bit_count(cast(this.hash.op("#")(literal(sketch.hash, BigInteger)), BIT(BITS)))
    made = exists().where(
        image_layers.c.tenant_id == this.tenant_id,
        image_layers.c.image_id == this.image_id,
        image_layers.c.parent_id.is_(None),
    )
    band = or_(*(and_(this.tenant_id == tenant_id, this[f"band_{n}"] == part) for n, part in _bands(sketch)))
    query = (
        select(this.image_id, images.c.width, images.c.height, this.grid, bits.label("bits"))
        .join(images, and_(images.c.tenant_id == this.tenant_id, images.c.image_id == this.image_id))
        .where(band, bits <= SAME_BITS, this.image_id != image_id, func.abs(wide - high) <= _SHAPE * high, made)
        .order_by(bits, images.c.created_at.desc())
        .limit(limit)
    )
    return [Candidate(*row) for row in connection.execute(query)]


def made_of(connection: Connection, tenant_id: str, image_ids: Sequence[str]) -> list[Made]:
    """The decompositions of some pictures, the newest first."""
    query = (
        select(image_layers.c.id, image_layers.c.image_id, image_layers.c.model_name)
        .where(
            image_layers.c.tenant_id == tenant_id,
            image_layers.c.image_id.in_(image_ids),
            image_layers.c.parent_id.is_(None),
        )
        .order_by(image_layers.c.created_at.desc(), image_layers.c.id)
    )
    return [Made(*row) for row in connection.execute(query)]


def expect(connection: Connection, limit: int) -> int:
    """Have sketches made of pictures that came before there were any; at most ``limit``, returns of how many."""
    there = exists().where(
        image_sketches.c.tenant_id == images.c.tenant_id, image_sketches.c.image_id == images.c.image_id
    )
    columns = ["tenant_id", "image_id"]
    older = select(images.c.tenant_id, images.c.image_id).where(~there).limit(limit)
    adding = insert(image_sketches).from_select(columns, older).on_conflict_do_nothing()
    return connection.execute(adding).rowcount


def take_missing(connection: Connection) -> Missing | None:
    """A picture whose sketch is to be made, and count the try; ``None``: all are there, or were tried too often."""
    waiting = (
        select(image_sketches.c.tenant_id, image_sketches.c.image_id)
        .where(image_sketches.c.hash.is_(None), image_sketches.c.tries < MOST_TRIES)
        .order_by(image_sketches.c.tries)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("waiting")
    )
    taking = (
        update(image_sketches)
        .where(
            image_sketches.c.tenant_id == waiting.c.tenant_id,
            image_sketches.c.image_id == waiting.c.image_id,
            images.c.tenant_id == waiting.c.tenant_id,
            images.c.image_id == waiting.c.image_id,
        )
        .values(tries=image_sketches.c.tries + 1)
        .returning(image_sketches.c.tenant_id, image_sketches.c.image_id, images.c.sha256)
    )
    row = connection.execute(taking).one_or_none()
    return None if row is None else Missing(*row)


def fill(connection: Connection, tenant_id: str, image_id: str, sketch: Sketch) -> bool:
    """Keep the sketch of a picture that waits for one; false where it has gone meanwhile, or has one."""
    waiting = and_(_of(tenant_id, image_id), image_sketches.c.hash.is_(None))
    return connection.execute(update(image_sketches).where(waiting).values(**_columns(sketch))).rowcount == 1


def _columns(sketch: Sketch | None) -> dict[str, object]:
    if sketch is None:
        return {}
    return {"hash": sketch.hash, "grid": sketch.grid, **{f"band_{n}": part for n, part in _bands(sketch)}}


def _bands(sketch: Sketch) -> list[tuple[int, int]]:
    return list(enumerate(bands(sketch.hash)))


def _of(tenant_id: str, image_id: str) -> ColumnElement[bool]:
    return and_(image_sketches.c.tenant_id == tenant_id, image_sketches.c.image_id == image_id)
