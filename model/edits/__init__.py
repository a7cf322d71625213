"""Edits that never touch the stored layers.

    parse   JSON -> operations, each checked
    fold    operations on a scene -> one state a layer (one affine map, one colour pipeline, opacity, blend, source)
    render  the folded scene -> pixels, each layer resampled once from its stored pixels
    output  pixels -> bytes of a size, background and format

So ten moves cost no quality, a move there and back is no move (``scene_key`` is the same), and no operations at all
give the original picture to the bit. ``render`` and ``output`` are imported by their own names: what only reads and
folds, or describes the operations, needs no pixels.

    place cut look paint       the operations, by what they change; ``fold.OPERATIONS`` lists them
    replace add order groups
    duplicate status
    state scene tree           what is known of a layer; of all of them, and their groups; these taken apart
    selector                   which layers are meant
    drawn dirty                what of a scene is drawn, and where; where two scenes may differ
    scene_json                 a scene as JSON, to be kept and read back
    picture inline_sizes       pictures within operations; how large those that came along are
    recolor                    the mathematics of colours
    fields                     reading and checking one JSON object
    short                      what layers are to be, in place of a list of operations
    schema                     the operations as JSON Schema, for documents
"""

from model.edits.add import added
from model.edits.drawn import scene_key
from model.edits.fold import MAX_OPERATIONS, OPERATIONS, fold, parse
from model.edits.operation import Operation
from model.edits.scene import Scene, scene_of, scene_of_stack
from model.edits.schema import layer_properties_schema, operation_schemas
from model.edits.short import spelled
from model.edits.state import LayerState

__all__ = [
    "MAX_OPERATIONS",
    "OPERATIONS",
    "LayerState",
    "Operation",
    "Scene",
    "added",
    "fold",
    "layer_properties_schema",
    "operation_schemas",
    "parse",
    "scene_key",
    "scene_of",
    "scene_of_stack",
    "spelled",
]
