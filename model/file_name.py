"""What the file of a layer is called, whoever writes it."""

import re


def file_name(index: int, name: str) -> str:
    """``00-background.png``: letters and digits of any script, the rest as dashes; short enough for every file system.

    Args:
        index: of the layer, 0 is the bottom; so that a folder lists the files in the stack's order.
        name: the layer's.
    """
    words = re.sub(r"\W+", "-", name).strip("-_")[:40].lower() or "layer"
    return f"{index:02d}-{words}.png"
