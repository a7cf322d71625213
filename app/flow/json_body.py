"""A JSON body with a picture in it, taken apart: the picture to a file, the small fields to a dict.

Standard library only: bodies above a megabyte are taken apart in a pixel process, so that the API's memory stays flat.
"""

import base64
import binascii
import json
import re
from pathlib import Path
from typing import Any

FIELD = "image_base64"
DEEPEST = 100
"""Objects and lists within each other; no request of ours has more than ten."""
_DATA_URI = re.compile(r"data:[\w.+-]+/[\w.+-]+(;[\w=.+-]+)*;base64,", re.ASCII)
_SPACE = re.compile(r"\s+")


def split(body: bytes, picture: Path) -> dict[str, Any]:
    """``{"fields": …, "has_picture": …}``, or ``{"pointer": …, "detail": …}`` where the body is not what it should be.

    Returned and not raised, because it crosses the border of a process.
    """
    try:
        fields = loaded(body)
    except ValueError as error:
        return {"pointer": "", "detail": str(error)}
    if not isinstance(fields, dict):
        return {"pointer": "", "detail": "It must be a JSON object"}
    encoded = fields.pop(FIELD, None)
    if encoded is None:
        return {"fields": fields, "has_picture": False}
    if not isinstance(encoded, str):
        return {"pointer": f"/{FIELD}", "detail": "It must be a string"}
    try:
        picture.write_bytes(decoded(encoded))
    except (binascii.Error, ValueError):
        return {"pointer": f"/{FIELD}", "detail": "It is not valid base64"}
    return {"fields": fields, "has_picture": True}


def loaded(body: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is none, or more than fits into memory; the message is for the user.
    """
    try:
        found = json.loads(body)
    except json.JSONDecodeError as error:
        raise ValueError(f"It is not valid JSON at line {error.lineno}, column {error.colno}") from error
    except (ValueError, RecursionError) as error:  # not UTF-8; a number of thousands of digits; a thousand brackets
        raise ValueError("It is not valid JSON") from error
    except MemoryError as error:
        raise ValueError("It has too many values") from error
    if _is_deep(found):
        raise ValueError("It is nested too deeply")
    return found


def _is_deep(value: Any) -> bool:
    """Whether those who walk through it might come to the end of Python's stack."""
    level = [value]
    for _ in range(DEEPEST + 1):
        inside = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [one for values in inside for one in values if isinstance(one, dict | list)]
        if not level:
            return False
    return True


def decoded(encoded: str) -> bytes:
    """Line breaks, the URL alphabet and missing padding are common, and harmless."""
    prefix = _DATA_URI.match(encoded[:200])
    plain = _SPACE.sub("", encoded[prefix.end() if prefix else 0 :]).translate(str.maketrans("-_", "+/"))
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
