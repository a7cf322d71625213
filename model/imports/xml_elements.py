"""XML from strangers: elements and attributes, and nothing that XML could do beyond that."""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from model.errors import ImageRejected

_MOST_DEPTH = 64


class _Refused(Exception):
    pass


def elements(data: bytes, what: str) -> Element:
    """The root of a document.

    Raises:
        ImageRejected: it is broken, nested deeper than anybody needs, or declares a document type, by which alone
            entities come, those from outside and those that grow without end.
    """
    parser, builder, depth = expat.ParserCreate(), TreeBuilder(), 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MOST_DEPTH:
            raise _Refused("is nested too deep")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise _Refused("declares a document type")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = lambda *_: 0
    try:
        parser.Parse(data, True)
        return builder.close()
    except _Refused as error:
        raise ImageRejected(f"{what} {error}, which is not taken.") from error
    except (expat.ExpatError, ValueError, LookupError, AssertionError) as error:
        raise ImageRejected(f"{what} is no valid XML: {error}.") from error
