"""``Content-Disposition`` of a file that is to be saved (RFC 6266, RFC 8187)."""

import re
import unicodedata
from urllib.parse import quote

_LONGEST = 100
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')
"""What some file system does not take, or what shows a name as another one."""


def attachment(title: str, suffix: str) -> str:
    """The header; the name is the title as far as file systems can hold it, in ASCII for who reads nothing else."""
    name = f"{_plain(title) or 'layers'}.{suffix}"
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    fallback = f"{_plain(ascii_name.rpartition('.')[0]) or 'layers'}.{suffix}".replace("%", "-")
    extended = "" if fallback == name else f"; filename*=UTF-8''{quote(name, safe='')}"
    return f'attachment; filename="{fallback}"{extended}'


def _plain(title: str) -> str:
    return _NOT_IN_NAMES.sub("-", title)[:_LONGEST].strip(" .-")
