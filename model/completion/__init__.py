"""Completions: how what is seen of a surface goes on where it is hidden.

smooth      even surfaces, by averages at every scale
pattern     patterns, by whole repeats
patches     any other texture, by patches of what is seen
texture     which of them a surface needs, and how it meets what is seen
"""

from model.completion.pattern import repeats
from model.completion.smooth import Floats, Mask, carried_on, slow_part
from model.completion.texture import textured

__all__ = ["Floats", "Mask", "carried_on", "repeats", "slow_part", "textured"]
