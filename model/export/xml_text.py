"""Text in XML: what it cannot hold, and numbers as every reader takes them."""

import re
from decimal import Decimal

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """With a replacement character for what XML 1.0 has no way to write (its production 2, ``Char``)."""
    return _NOT_IN_XML.sub("\ufffd", text)


def xml_number(value: float) -> str:
    """The number that this is, to the bit, in digits only: not all readers know exponents."""
    return format(Decimal(repr(value)).normalize(), "f")
