"""Files that were written here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written; ``warnings``: what its format could not hold, a sentence each."""

    path: str
    bytes: int
    warnings: tuple[str, ...]
