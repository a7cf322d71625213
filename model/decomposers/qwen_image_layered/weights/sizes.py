"""How large the parts are, on the disk and loaded, and how much memory computing takes besides: arithmetic only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Numbers: TypeAlias = Literal["bfloat16", "float16", "float32"]
"""What is computed in."""
Quantised: TypeAlias = Literal["fp8", "4bit"]

_PERCENT: Mapping[str, tuple[int, int, int]] = {
    "bfloat16": (100, 100, 100),
    # The word table, 1.1 GB of the text encoder, and the whole VAE become float32; see half.py.
    "float16": (107, 101, 200),
    "float32": (200, 200, 200),
    # 99.8 % of the transformer's weights are linear layers of its blocks, 79 % of the text encoder's are such layers of
    # its decoder. fp8 is one byte and a scale a row; nf4 is 4.13 bits, and leaves one layer of the transformer alone.
    "fp8": (61, 51, 100),
    "4bit": (42, 27, 100),
}
"""Of the bytes in bfloat16: text encoder, transformer, VAE."""

_BASE_BYTES = 800_000_000
"""What the libraries of CUDA take for themselves, and holes between tensors."""
_BYTES_A_TOKEN = 300 * 2**10
"""A stream is 3,072 wide, 6 KiB a token. Where a block needs most, in its MLP, two tensors four times as wide are there
together with the stream, its normalised copy and what is added to it; attention comes near, with queries, keys and
values turned in float32. That is about 25 streams; twice that for both halves of a guided step side by side and for
compiled code. Others' peak, 63 GB on 57.7 GB of weights, has a server's buffers in it."""
_BYTES_A_PIXEL = 7 * 2**10
"""The VAE's last stage has 192 channels at the picture's size, 384 bytes a pixel: about 18 such tensors are there with
the padded copies and the cache that its causal convolutions keep. Layers are decoded one by one."""
_TILE_PIXELS = 256 * 256
_TEXT_TOKENS = 512


@dataclass(frozen=True, slots=True)
class Parts:
    """Sizes of the parts' weights in bytes.

    Attributes:
        quantised: names of parts that are quantised on the disk already, and stay as they are.
    """

    text_encoder: int
    transformer: int
    vae: int
    quantised: frozenset[str] = frozenset()

    def total(self) -> int:
        return self.text_encoder + self.transformer + self.vae

    def loaded(self, numbers: Numbers, quantised: Quantised | None) -> Parts:
        """What parts that are kept in bfloat16 on the disk take in other numbers."""

        def size(part: str, on_disk: int, percent: int) -> int:
            return on_disk if part in self.quantised else on_disk * percent // 100

        words, network, decoder = _PERCENT[quantised or numbers]
        return Parts(
            size("text_encoder", self.text_encoder, words),
            size("transformer", self.transformer, network),
            size("vae", self.vae, decoder),
            self.quantised,
        )


REAL = Parts(16_580_000_000, 40_860_000_000, 250_000_000)
"""``Qwen/Qwen-Image-Layered`` on the hub, in bfloat16."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the memory for computing depends on."""

    resolution: int = 640
    layers: int = 4


USUAL = Asked()


def working_bytes(asked: Asked, numbers: Numbers = "bfloat16", tiled: bool = False) -> int:
    """What computing needs on the device besides the weights, at the most.

    The transformer sees ``layers + 2`` frames, the picture and the whole among them, of one token for 16 × 16 pixels.
    """
    pixels = asked.resolution**2
    wide = 1 if numbers == "bfloat16" else 2
    tokens = (asked.layers + 2) * pixels // 256 + _TEXT_TOKENS
    decoded = min(pixels, _TILE_PIXELS) if tiled else pixels
    return _BASE_BYTES + wide * max(tokens * _BYTES_A_TOKEN, decoded * _BYTES_A_PIXEL)


def in_gb(size: int) -> str:
    """For people: ``41 GB``, ``6.9 GB``."""
    return f"{size / 1e9:.0f} GB" if size >= 9.95e9 else f"{size / 1e9:.1f} GB"
