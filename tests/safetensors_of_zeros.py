"""Files of weights that are whole, for tests that never load them."""

import json


def header_of(size: int) -> bytes:
    """How a safetensors file begins that has one tensor of ``size`` bytes."""
    header = json.dumps({"a": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    return len(header).to_bytes(8, "little") + header


def weights_of(size: int) -> bytes:
    """Such a file, of zeros."""
    return header_of(size) + bytes(size)
