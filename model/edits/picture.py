"""A picture that an operation brings, by name or in itself."""

import base64
import binascii
import hashlib
import re

from model.edits.fields import Fields
from model.edits.state import Picture
from model.errors import InvalidEdit

_SHA256 = re.compile(r"[0-9a-f]{64}")


def read_picture(fields: Fields) -> Picture:
    """From ``asset`` or ``image_base64``, one of which must be there."""
    way = fields.one_of("asset", "image_base64")
    if way == "asset":
        return Picture(_asset(fields), pointer=fields.at(way))
    data = _bytes_of(fields)
    return Picture(hashlib.sha256(data).hexdigest(), data, fields.at(way))


def _asset(fields: Fields) -> str:
    value = fields.get("asset")
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise InvalidEdit("An asset is given by its SHA-256, 64 hex digits.", fields.at("asset"))
    return value


def _bytes_of(fields: Fields) -> bytes:
    value = fields.get("image_base64")
    if not isinstance(value, str):
        raise InvalidEdit("A picture as base64 text is needed here.", fields.at("image_base64"))
    text = value.partition(",")[2] if value.startswith("data:") else value
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidEdit("This is not base64.", fields.at("image_base64")) from error
