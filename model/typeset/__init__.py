"""Words set anew where a text layer was: fonts by name, any script, the look taken from the layer.

    fonts     the system's fonts, by name, and which of them has a letter (fontconfig)
    shape     words -> glyphs of one line, in runs of one font and direction (HarfBuzz and FriBidi, through Pillow)
    bidi      in which order the parts of a line of several fonts stand
    layout    lines broken at a width, made smaller until they fit a box
    guess     font, size, colour, baseline and alignment of the words that a layer has now
    block     all of it -> pixels and where they lie, or the lines and where they stand

Everything is in pixels of the layer's frame; angles are degrees clockwise.
"""

from model.typeset.block import Block, Style, standing, typeset
from model.typeset.fonts import GENERIC, NoGlyphs, NoSuchFont, checked, known
from model.typeset.guess import guessed

__all__ = ["GENERIC", "Block", "NoGlyphs", "NoSuchFont", "Style", "checked", "guessed", "known", "standing", "typeset"]
