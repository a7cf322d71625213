"""GIF: a build-up animation in 255 colours a frame, of which each is chosen from what appears in it."""

import struct
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

from model.export.build_up import Frame, frames
from model.export.frame_size import frame_size
from model.export.options import ANIMATED, Animated
from model.export.stack import Exported

_COLOURS = 255
_CLEAR = 255
"""The index of what a frame leaves as it is."""
_SEEN = 128
"""The alpha from which on something is there at all."""
_SAMPLE = 1 << 16
_STAYS = 1


def write(stack: Exported, file: BinaryIO, options: Animated = ANIMATED) -> None:
    """To the file from where it stands."""
    file.write(struct.pack("<6sHHBBB", b"GIF89a", *frame_size(stack.outline, options), 0, 0, 0))
    if options.loop != 1:  # it says how often more
        again = 0 if options.loop == 0 else options.loop - 1
        file.write(struct.pack("<BBB11sBBHB", 0x21, 0xFF, 11, b"NETSCAPE2.0", 3, 1, again, 0))
    for frame in frames(stack, options):
        said = {"duration": frame.ms, "transparency": _CLEAR, "disposal": _STAYS, "include_color_table": True}
        file.writelines(GifImagePlugin.getdata(_indexed(frame), (frame.x, frame.y), **said))
    file.write(b";")


def _indexed(frame: Frame) -> Image.Image:
    """Its colours dithered to those of a palette of its own."""
    drawn = frame.drawn & (frame.pixels[:, :, 3] >= _SEEN)
    colours = np.ascontiguousarray(frame.pixels[:, :, :3])
    palette = _palette(colours[drawn])
    dithered = Image.fromarray(colours).quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
    indices = np.where(drawn, np.asarray(dithered), np.uint8(_CLEAR))
    shown = Image.fromarray(indices, "L")
    shown.putpalette(_whole(palette))
    return shown


def _palette(colours: NDArray[np.uint8]) -> Image.Image:
    """A picture with the palette that suits ``(n, 3)``; of very many, of some of them."""
    some = colours[:: 1 + len(colours) // _SAMPLE]
    if not len(some):
        some = np.zeros((1, 3), np.uint8)
    return Image.fromarray(some[None]).quantize(_COLOURS, Image.Quantize.MEDIANCUT)


def _whole(palette: Image.Image) -> bytes:
    """All 256 entries."""
    return bytes(palette.getpalette() or b"")[: 3 * _COLOURS].ljust(768, b"\0")
