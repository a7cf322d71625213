"""The rotary tables of the sizes last used, on the device.

diffusers keeps those of every size of picture for as long as the process lives, up to 2 MiB a frame; all sizes together
are more than a gigabyte, which no plan has room for. And it keeps them by the class, so that a model that is loaded
anew leaves the tables of the one before.
"""

from functools import lru_cache, partial
from typing import Any

KEPT = 16
"""More than the frames of one run, of which each has a table: ten layers and the whole."""


def keep_few_tables(transformer: Any) -> None:
    """Give the transformer caches of its own, with a bound."""
    rotary = transformer.pos_embed
    for name in ("_get_device_freqs", "_compute_video_freqs", "_compute_condition_freqs"):
        made_anew = getattr(type(rotary), name).__wrapped__
        setattr(rotary, name, lru_cache(maxsize=KEPT)(partial(made_anew, rotary)))
