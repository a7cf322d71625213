"""Photoshop documents, after Adobe's "Photoshop File Formats Specification" (November 2019).

    header, resources (resolution, sRGB, who wrote it)
    layers: a record each, bottom to top, then the channels of each in the same order
    the merged picture

A layer has its own rectangle and a transparency channel, no mask. What its channels come to is known only when they are
packed, so the records are written with zeros and filled in afterwards; one layer at a time is in memory.
"""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.compositing import over
from model.errors import NotExportable
from model.export.outline import Item
from model.export.packbits import packed_rows
from model.export.srgb import srgb_profile
from model.export.stack import Exported
from model.layers import Layer, Pixels
from model.premultiply import is_opaque

MAX_NAME = 255
_MOST_BYTES = 2**31 - 1
_RGB, _RAW, _RLE = 3, 0, 1
_CHANNELS = (-1, 0, 1, 2)  # of a layer, as the file numbers them: transparency, red, green, blue
_SAMPLE_OF = {-1: 3, 0: 0, 1: 1, 2: 2}
_ALL_RANGES = struct.pack(">2I", 0xFFFF, 0xFFFF) * (1 + len(_CHANNELS))
"""Blending ranges that leave nothing out: of grey, then of each channel, black to white of both sides."""
_HIDDEN, _SAYS_MORE, _NO_PIXELS = 2, 8, 16  # flags of a record
_OPEN_GROUP, _GROUP_END = 1, 3  # section dividers
_KEYS = {
    "normal": b"norm", "multiply": b"mul ", "screen": b"scrn", "overlay": b"over", "darken": b"dark",
    "lighten": b"lite", "color-dodge": b"div ", "color-burn": b"idiv", "hard-light": b"hLit", "soft-light": b"sLit",
    "difference": b"diff", "exclusion": b"smud", "hue": b"hue ", "saturation": b"sat ", "color": b"colr",
    "luminosity": b"lum ",
}  # fmt: skip
_PASS_THROUGH = b"pass"


class _Record(NamedTuple):
    """What Photoshop counts as a layer: a layer, a group, or the end of one, which lies below its members."""

    item: Item
    role: Literal["layer", "group", "end"]


def write(stack: Exported, file: BinaryIO) -> None:
    """To the file from where it stands, which must be its beginning.

    Raises:
        NotExportable: it would be larger than 2 GiB.
    """
    outline = stack.outline
    clear = not is_opaque(stack.picture)
    file.write(struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3 + clear, outline.height, outline.width, 8, _RGB))
    file.write(struct.pack(">I", 0))  # no palette
    with _section(file):
        _resources(file)
    with _section(file):
        if outline.items:
            _put_layers(file, stack, clear)
    _put_merged(file, stack.picture, clear)
    _check_size(file)


def _put_layers(file: BinaryIO, stack: Exported, clear: bool) -> None:
    records = list(_records(stack.outline.items))
    with _section(file, 4):
        # Below zero: the merged picture's fourth channel is its transparency.
        file.write(struct.pack(">h", -len(records) if clear else len(records)))
        places = [_put_record(file, record, id_) for id_, record in enumerate(records, 1)]
        for record, place in zip(records, places, strict=True):
            _put_layer(file, stack.load(record.item) if record.role == "layer" else None, place)
    file.write(struct.pack(">I", 0))  # no mask for all


def _records(items: Sequence[Item]) -> Iterator[_Record]:
    for item in items:
        if item.members is None:
            yield _Record(item, "layer")
        else:
            yield _Record(item, "end")
            yield from _records(item.members)
            yield _Record(item, "group")


def _resources(file: BinaryIO) -> None:
    dots = struct.pack(">IHHIHH", 72 << 16, 1, 1, 72 << 16, 1, 1)
    writer = _unicode("Lamina")
    version = struct.pack(">IB", 1, 1) + writer + writer + struct.pack(">I", 1)  # 1: the merged picture is a true one
    for number, data in ((1005, dots), (1039, srgb_profile()), (1057, version)):
        file.write(struct.pack(">4sHHI", b"8BIM", number, 0, len(data)) + data + b"\0" * (len(data) % 2))


def _put_record(file: BinaryIO, record: _Record, id_: int) -> int:
    """A layer's record, its rectangle and lengths still zeros; where it begins."""
    item, role = record
    place = file.tell()
    file.write(struct.pack(">4iH", 0, 0, 0, 0, len(_CHANNELS)))
    for channel in _CHANNELS:
        file.write(struct.pack(">hI", channel, 0))
    is_end = role == "end"
    flags = _SAYS_MORE | (_NO_PIXELS if role != "layer" else 0) | (0 if item.visible or is_end else _HIDDEN)
    opacity = 255 if is_end else round(item.opacity * 255)
    file.write(struct.pack(">4s4sBBBx", b"8BIM", b"norm" if is_end else _KEYS[item.blend], opacity, 0, flags))
    name = "</Layer group>" if is_end else _cut(item.name)
    with _section(file):
        file.write(struct.pack(">I", 0))  # no mask
        file.write(struct.pack(">I", len(_ALL_RANGES)) + _ALL_RANGES)
        file.write(_pascal(name))
        _put_block(file, b"luni", _unicode(name))
        _put_block(file, b"lyid", struct.pack(">I", id_))
        if is_end:
            _put_block(file, b"lsct", struct.pack(">I", _GROUP_END))
        elif role == "group":
            key = _KEYS[item.blend] if item.is_isolated else _PASS_THROUGH
            _put_block(file, b"lsct", struct.pack(">I4s4s", _OPEN_GROUP, b"8BIM", key))
    return place


def _put_layer(file: BinaryIO, layer: Layer | None, place: int) -> None:
    """Its channels; and what they come to, into its record."""
    lengths = [_put_channel(file, layer, _SAMPLE_OF[channel]) for channel in _CHANNELS]
    end = file.tell()
    file.seek(place)
    box = (0, 0, 0, 0) if layer is None else (layer.y, layer.x, layer.y + layer.height, layer.x + layer.width)
    file.write(struct.pack(">4iH", *box, len(_CHANNELS)))
    for channel, length in zip(_CHANNELS, lengths, strict=True):
        file.write(struct.pack(">hI", channel, length))
    file.seek(end)
    _check_size(file)


def _put_channel(file: BinaryIO, layer: Layer | None, sample: int) -> int:
    if layer is None:
        return file.write(struct.pack(">H", _RAW))
    rows = packed_rows(layer.pixels[:, :, sample])
    return file.write(struct.pack(">H", _RLE)) + _put_lengths(file, rows) + sum(map(file.write, rows))


def _put_merged(file: BinaryIO, picture: Pixels, clear: bool) -> None:
    """As Photoshop has it: over white, where it is not opaque, with its transparency beside."""
    shown = picture
    if clear:
        shown = np.full_like(picture, 255)
        over(shown, picture, (slice(None), slice(None)))
    samples: list[NDArray[np.uint8]] = [shown[:, :, at] for at in range(3)]
    channels = [packed_rows(one) for one in (*samples, picture[:, :, 3])[: 3 + clear]]
    file.write(struct.pack(">H", _RLE))
    for rows in channels:
        _put_lengths(file, rows)
    for rows in channels:
        file.writelines(rows)


def _put_lengths(file: BinaryIO, rows: Sequence[bytes]) -> int:
    return file.write(struct.pack(f">{len(rows)}H", *map(len, rows)))


def _put_block(file: BinaryIO, key: bytes, data: bytes) -> None:
    padded = data + b"\0" * (-len(data) % 4)
    file.write(struct.pack(">4s4sI", b"8BIM", key, len(padded)) + padded)


@contextmanager
def _section(file: BinaryIO, multiple: int = 1) -> Iterator[None]:
    """What is written within, its length before it, filled up to a multiple of so many bytes."""
    place = file.tell()
    file.write(b"\0\0\0\0")
    yield
    length = file.tell() - place - 4
    file.write(b"\0" * (-length % multiple))
    end = file.tell()
    _check_size(file)
    file.seek(place)
    file.write(struct.pack(">I", end - place - 4))
    file.seek(end)


def _unicode(text: str) -> bytes:
    data = text.encode("utf-16-be", "replace")
    return struct.pack(">I", len(data) // 2) + data


def _pascal(name: str) -> bytes:
    """For programs that read no Unicode; with its length a multiple of four bytes."""
    data = name.encode("mac_roman", "replace")[:MAX_NAME]
    said = bytes([len(data)]) + data
    return said + b"\0" * (-len(said) % 4)


def _cut(name: str) -> str:
    """As long as it may be; no character is cut in two."""
    return name.encode("utf-16-be", "replace")[: 2 * MAX_NAME].decode("utf-16-be", "ignore")


def _check_size(file: BinaryIO) -> None:
    if file.tell() > _MOST_BYTES:
        raise NotExportable("The Photoshop document would be larger than 2 GiB, which is the most it may be.")
