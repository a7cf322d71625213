"""Numbers that only grow, shared by all processes; ``/metrics`` shows them."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from app.store.tables import counters


def add(connection: Connection, name: str, label: str, by: int = 1) -> None:
    """Counts when the transaction commits; until then others who count the same wait, so count last."""
    adding = insert(counters).values(name=name, label=label, value=by)
    more = {"value": counters.c.value + adding.excluded.value}
    connection.execute(adding.on_conflict_do_update(index_elements=["name", "label"], set_=more))


def all_(connection: Connection) -> dict[tuple[str, str], int]:
    """The values by name and label."""
    rows = connection.execute(select(counters.c.name, counters.c.label, counters.c.value))
    return {(row.name, row.label): row.value for row in rows}
