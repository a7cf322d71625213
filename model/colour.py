"""CSS colours: names, ``#rgb`` … ``#rrggbbaa``, ``rgb()``, ``hsl()``, with commas or spaces (CSS Color Level 4)."""

import colorsys
import math
import re
from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int, int]
"""``(r, g, b, a)``, each 0-255, straight alpha."""

_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)")
_HEX = re.compile(r"#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_TURN = {"deg": 360.0, "grad": 400.0, "rad": 2 * math.pi, "turn": 1.0}
_PART = re.compile(rf"({_NUMBER})(%|{'|'.join(_TURN)})?")


def parse_colour(text: str) -> Colour:
    """A colour from its CSS text.

    Raises:
        ValueError: not a CSS colour.
    """
    from PIL import ImageColor  # here, as whoever only describes edits shall have no decoder of pictures in memory

    css = text.strip().lower()[:64]
    if css == "transparent":
        return 0, 0, 0, 0
    if css in ImageColor.colormap:  # its values are texts, and once asked for by anybody, tuples
        red, green, blue, *_ = ImageColor.getrgb(css)
        return red, green, blue, 255
    if _HEX.fullmatch(css):
        digits = css[1:] if len(css) > 5 else "".join(digit * 2 for digit in css[1:])
        red, green, blue, alpha = bytes.fromhex(digits.ljust(8, "f"))
        return red, green, blue, alpha
    if match := _FUNCTION.fullmatch(css):
        colour = _of_parts(match[1], re.split(r"\s*[,/]\s*|\s+", match[2].strip()))
        if colour:
            return colour
    raise ValueError(f"{text[:64]!r} is not a CSS colour; write a name, #rrggbb, rgb(…) or hsl(…)")


def _of_parts(function: str, parts: list[str]) -> Colour | None:
    matches = [_PART.fullmatch(part) for part in parts]
    if len(matches) not in {3, 4} or not all(matches):
        return None
    values = [(float(match[1]), match[2]) for match in matches if match]
    if any(unit in _TURN for _, unit in (values if function == "rgb" else values[1:])):
        return None
    alpha = _unit(values[3], 1) if len(values) == 4 else 1.0
    if function == "rgb":
        red, green, blue = (_unit(value, 255) for value in values[:3])
    else:
        (hue, hue_unit), (saturation, lightness) = values[0], (_unit(value, 100) for value in values[1:3])
        if hue_unit == "%":
            return None
        red, green, blue = colorsys.hls_to_rgb(hue / _TURN[hue_unit or "deg"] % 1, lightness, saturation)
    return _byte(red), _byte(green), _byte(blue), _byte(alpha)


def _unit(value: tuple[float, str | None], whole: float) -> float:
    number, unit = value
    return min(max(number / (100 if unit == "%" else whole), 0.0), 1.0)


def _byte(value: float) -> int:
    return int(round(value * 255, 6) + 0.5)  # 127.49999… is a half that floating point has missed
