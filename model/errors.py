"""What can go wrong with pixels.

    LaminaError
    ├── ImageRejected             not a picture we take: broken, of another format, hostile
    │   └── ImageTooLarge         more bytes, pixels or a longer side than the limits allow
    ├── InvalidEdit               an operation that cannot be applied
    │   ├── LayerNotFound         names no layer; the near names are listed
    │   ├── AmbiguousLayer        names several layers; they are listed
    │   └── LayerLocked           changes a locked layer
    ├── NotExportable             more than a file format can hold
    ├── DecompositionFailed       the model ran and gave nothing usable
    │   └── NotExact              the stack does not recompose to its picture: a defect of ours, never stored
    ├── ModelUnavailable          no such model here, or its weights or hardware are missing
    ├── OutOfMemory               the model needs more memory than there is
    └── Canceled                  somebody asked to stop; not a failure

Each class carries the ``code`` of the HTTP contract, so that one table (``app/flow/problem.py``) turns any of them into
a problem object. No HTTP status is known here.
"""

from typing import ClassVar


class LaminaError(Exception):
    """The root. ``str(error)`` is a sentence for the user."""

    code: ClassVar[str] = "internal-error"


class ImageRejected(LaminaError):
    code = "unsupported-image"


class ImageTooLarge(ImageRejected):
    code = "image-too-large"


class InvalidEdit(LaminaError):
    """``pointer`` is the JSON pointer of the offending place, such as ``/operations/2/color``."""

    code = "invalid-request"

    def __init__(self, message: str, pointer: str = "/operations") -> None:
        super().__init__(message)
        self.pointer = pointer


class LayerNotFound(InvalidEdit):
    pass


class AmbiguousLayer(InvalidEdit):
    pass


class LayerLocked(InvalidEdit):
    pass


class NotExportable(LaminaError):
    code = "invalid-request"


class DecompositionFailed(LaminaError):
    code = "decomposition-failed"


class NotExact(DecompositionFailed):
    code = "not-exact"


class ModelUnavailable(LaminaError):
    code = "model-unavailable"


class OutOfMemory(LaminaError):
    """``final`` where everything smaller was tried too, so that another attempt would end the same way."""

    code = "out-of-memory"

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Canceled(LaminaError):
    code = "canceled"
