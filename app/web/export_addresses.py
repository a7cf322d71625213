"""Where the exports of a decomposition or a document are, for its JSON."""

from model.export.table import FORMATS

EXPORTS = "The layers as files of other programs, by the suffix of the file."


def exports_of(base: str) -> dict[str, str]:
    """The address of each, below that of whose layers it has."""
    return {suffix: f"{base}/export.{suffix}" for suffix in FORMATS}
