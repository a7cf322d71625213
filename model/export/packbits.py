"""PackBits, the run-length code of Photoshop documents and TIFF, a row at a time.

libtiff does it, as OpenCV brings it along: a TIFF of one row a strip has every row's code, and its length, apart.
"""

import struct
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

_OFFSETS, _LENGTHS = 273, 279  # TIFF 6.0: StripOffsets, StripByteCounts
_FIELD_TYPES = {3: "H", 4: "I"}
_AS_STRIPS = [
    cv2.IMWRITE_TIFF_COMPRESSION,
    cv2.IMWRITE_TIFF_COMPRESSION_PACKBITS,
    cv2.IMWRITE_TIFF_ROWSPERSTRIP,
    1,
]


def packed_rows(samples: NDArray[np.uint8]) -> list[bytes]:
    """The code of each row of ``(rows, columns)``; at most ``columns + columns // 128 + 1`` bytes each."""
    done, tiff = cv2.imencode(".tif", np.ascontiguousarray(samples), _AS_STRIPS)
    if not done:
        raise ValueError("OpenCV cannot write TIFF here")
    file = tiff.tobytes()
    fields = dict(_fields(file))
    strips = zip(fields[_OFFSETS], fields[_LENGTHS], strict=True)
    return [file[at : at + length] for at, length in strips]


def _fields(file: bytes) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Number and values of the fields of whole numbers, of the file's first picture."""
    order = "<" if file[:2] == b"II" else ">"
    (at,) = struct.unpack_from(f"{order}I", file, 4)
    (many,) = struct.unpack_from(f"{order}H", file, at)
    for field in range(at + 2, at + 2 + 12 * many, 12):
        number, type_, count = struct.unpack_from(f"{order}HHI", file, field)
        if type_ not in _FIELD_TYPES:
            continue
        form = f"{order}{count}{_FIELD_TYPES[type_]}"
        place = field + 8
        if struct.calcsize(form) > 4:
            (place,) = struct.unpack_from(f"{order}I", file, place)
        yield number, struct.unpack_from(form, file, place)
