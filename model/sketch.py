"""What is kept of a picture to know it again when it was only compressed or scaled; ``perceptual_hash`` makes it."""

from dataclasses import dataclass

BITS = 64
SAME_BITS = 6
"""Hashes of the same picture differ in no more; of the pairs that ``python -m bench.similar`` tries, in three."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """``hash`` has 64 bits, as a signed number, to find what may be the same; ``grid`` decides whether it is."""

    hash: int
    grid: bytes


def bands(hash_: int) -> tuple[int, int, int, int]:
    """The hash in four numbers of 16 bits: of two hashes that differ in three bits at most, one band is the same."""
    plain = hash_ & ((1 << BITS) - 1)
    return plain >> 48, plain >> 32 & 0xFFFF, plain >> 16 & 0xFFFF, plain & 0xFFFF
