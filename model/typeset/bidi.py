"""In which order the parts of a line stand: Unicode's bidirectional algorithm (UAX #9) for one line, as far as it is
implicit, without pairs of brackets (N0).

FriBidi does this for what is in one font. A line of several fonts is drawn part by part, so that the order of the parts
has to be known here: in ``Sale מבצע 50%`` the number stands left of the Hebrew word that it follows.
"""

import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import Literal, TypeAlias

Direction: TypeAlias = Literal["ltr", "rtl"]
_NUMBERS = {"EN", "AN"}
_SETTLED = {"L", "R", *_NUMBERS}


def levels(text: str, direction: Direction) -> list[int]:
    """The level of each letter: odd where it runs from right to left."""
    base = 1 if direction == "rtl" else 0
    kinds = _neutral_settled(_weak_settled([unicodedata.bidirectional(one) or "L" for one in text], base), base)
    up = {"L": 1, "R": 0, "EN": 1, "AN": 1} if base else {"L": 0, "R": 1, "EN": 2, "AN": 2}
    found = [base + up[kind] for kind in kinds]
    for at in range(len(text.rstrip()), len(text)):  # L1
        found[at] = base
    return found


def visual_order(levels: Sequence[int]) -> list[int]:
    """Which of the parts of a line, each of one level, stands first from the left, and so on (L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        parts = [(high, list(some)) for high, some in groupby(order, [one >= level for one in levels].__getitem__)]
        order = [at for high, some in parts for at in (reversed(some) if high else some)]
    return order


def _weak_settled(kinds: list[str], base: int) -> list[str]:
    """W1 to W7: marks, numbers and what stands by them."""
    before = strong = "R" if base else "L"
    for at, kind in enumerate(kinds):
        before = before if kind == "NSM" else kind
        strong = before if before in {"L", "R", "AL"} else strong
        kinds[at] = "AN" if before == "EN" and strong == "AL" else before
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for at in range(1, len(kinds) - 1):
        left, kind, right = kinds[at - 1 : at + 2]
        if left == right and ((kind in {"ES", "CS"} and left == "EN") or (kind == "CS" and left == "AN")):
            kinds[at] = left
    _with_their_signs(kinds)
    strong = "R" if base else "L"
    for at, kind in enumerate(kinds):
        strong = kind if kind in {"L", "R"} else strong
        if kind == "EN" and strong == "L":
            kinds[at] = "L"
    return kinds


def _with_their_signs(kinds: list[str]) -> None:
    """W5: percent and currency signs go with the number beside them."""
    at = 0
    for kind, some in groupby(list(kinds)):
        end = at + len(list(some))
        if kind == "ET" and "EN" in (kinds[max(0, at - 1)], kinds[min(end, len(kinds) - 1)]):
            kinds[at:end] = ["EN"] * (end - at)
        at = end


def _neutral_settled(kinds: list[str], base: int) -> list[str]:
    """N1 and N2: what has no direction takes that of both its neighbours, or else the line's."""
    edge, found = "R" if base else "L", list[str]()
    stretches = [(settled, list(some)) for settled, some in groupby(kinds, lambda kind: kind in _SETTLED)]
    for at, (settled, some) in enumerate(stretches):
        if settled:
            found += some
            continue
        left = found[-1] if found else edge
        right = stretches[at + 1][1][0] if at + 1 < len(stretches) else edge
        left, right = ("R" if kind in _NUMBERS else kind for kind in (left, right))
        found += [left if left == right else edge] * len(some)
    return found
