"""The operations as JSON Schema (draft 2020-12, as OpenAPI 3.1 takes it): plain data, for documents and for clients.

Reading and checking is done by the operations themselves; a test holds the two together.
"""

from model.edits.schema.filling import filling
from model.edits.schema.looking import looking
from model.edits.schema.ordering import ordering, status
from model.edits.schema.parts import Schema
from model.edits.schema.placing import placing
from model.edits.schema.properties import layer_properties


def layer_properties_schema() -> Schema:
    """A self-contained schema of what the short form of edits says of one layer."""
    return layer_properties(operation_schemas())


def operation_schemas() -> dict[str, Schema]:
    """One self-contained schema of the JSON object of each operation, by its name, with examples."""
    return {**placing(), **looking(), **filling(), **ordering(), **status()}
