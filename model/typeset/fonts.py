"""The system's fonts as fontconfig knows them, asked by its own two commands, so that every font that other programs
of the machine find is found here by the same name."""

import shutil
import subprocess
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

GENERIC = ("sans-serif", "serif", "monospace", "cursive", "fantasy", "system-ui")
DEFAULT = "sans-serif"
_FORMAT = (
    "%{file}\t%{index}\t%{family}\t%{style}\t%{fullname}\t%{weight}\t%{slant}\t%{scalable}\t%{fontformat}\t%{charset}\n"
)
_PATIENCE_S = 30
_NOBODY = "no font is called this"
_REGULAR, _BOLD = 80, 200  # as fontconfig counts weights
_JOINERS = frozenset("\u200c\u200d\u2060")


class NoSuchFont(ValueError):
    """No font of that name is installed; the message names near ones."""


class NoGlyphs(ValueError):
    """No installed font has these letters."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font: a file and its number within it.

    Attributes:
        names: families, and families with the style, lower case.
        weight: as fontconfig counts it: 80 is regular, 200 bold.
    """

    path: str
    index: int
    family: str
    style: str
    names: frozenset[str]
    weight: int
    slanted: bool
    _starts: tuple[int, ...] = field(repr=False)
    _ends: tuple[int, ...] = field(repr=False)

    def covers(self, letter: str) -> bool:
        at = bisect_right(self._starts, ord(letter)) - 1
        return at >= 0 and ord(letter) <= self._ends[at]

    def covers_all(self, text: str) -> bool:
        return all(self.covers(letter) for letter in text if is_drawn(letter))


def is_drawn(letter: str) -> bool:
    """Whether a letter needs a glyph of its own: spaces, joiners and selectors of variants need none."""
    return not (letter.isspace() or letter in _JOINERS or "\ufe00" <= letter <= "\ufe0f" or letter < " ")


def checked(name: str, text: str) -> None:
    """Whether the text can be set in the font, with others of the system for what it lacks.

    Raises:
        NoSuchFont, NoGlyphs.
    """
    faces_for(name, text)


def faces_for(name: str, text: str) -> tuple[Face, ...]:
    """The font of that name, then as many others as it takes to have a glyph for each letter.

    Args:
        name: a family, with or without a style ("Noto Sans", "Noto Sans Bold Italic"), one of ``GENERIC``, or what
            fontconfig has an alias for.

    Raises:
        NoSuchFont, NoGlyphs.
    """
    faces = [named(name)]
    missing = _missing(text, faces)
    if missing:
        for face in _alike(faces[0]):
            if any(face.covers(letter) for letter in missing):
                faces.append(face)
                missing = _missing(missing, faces)
                if not missing:
                    break
    if missing:
        listed = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in missing[:8])
        raise NoGlyphs(f"No font installed here has {listed}. Install one that does.")
    return tuple(faces)


class Known(NamedTuple):
    """A font by name; ``name`` is what ``named`` finds it by."""

    name: str
    family: str
    style: str


def known() -> tuple[Known, ...]:
    """All installed fonts, in the order of their names, each name once."""
    found = (Known(f"{face.family} {face.style}".strip(), face.family, face.style) for face in _installed())
    return tuple({one.name: one for one in found}.values())


@lru_cache(maxsize=64)
def alternatives(text: str) -> tuple[str, ...]:
    """The names of all installed fonts that have every letter of the text, first those of ``GENERIC`` in its order: a
    font of ornaments may be what a machine has for "fantasy"."""
    usual = list(dict.fromkeys(_matched(kind) for kind in GENERIC))
    faces = [face for face in _installed() if face.covers_all(text)]
    places = {face: at for at, face in enumerate(usual)}
    faces.sort(key=lambda face: (places.get((face.path, face.index), len(usual)), face.slanted))
    return tuple(dict.fromkeys(f"{face.family} {face.style}" for face in faces))


@lru_cache(maxsize=256)
def named(name: str) -> Face:
    """The font of that name.

    Raises:
        NoSuchFont.
    """
    wanted = " ".join(name.replace(":", " ").replace("-", " ").split()).casefold()
    for face in _installed():
        if wanted in face.names:
            return face
    family, weight, slanted = _taken_apart(wanted)
    of_family = [face for face in _installed() if family in face.names]
    if not of_family:
        known = name.casefold() in GENERIC or family.replace(" ", "-") in GENERIC
        if not known and _matched(family) == _matched(_NOBODY):
            raise NoSuchFont(_not_found(name))
        generic = family.replace(" ", "-") if family.replace(" ", "-") in GENERIC else family
        file, index = _matched(generic)
        first = next((face for face in _installed() if (face.path, face.index) == (file, index)), None)
        if first is None:
            raise NoSuchFont(_not_found(name))
        of_family = [face for face in _installed() if face.family == first.family]
    return min(of_family, key=lambda face: (abs(face.weight - weight), face.slanted != slanted, len(face.style)))


def _taken_apart(wanted: str) -> tuple[str, int, bool]:
    """Family, weight and slant of a name such as "helvetica bold italic"."""
    words = wanted.split()
    weight, slanted = _REGULAR, False
    while len(words) > 1 and words[-1] in {"bold", "italic", "oblique", "regular", "book"}:
        last = words.pop()
        weight = _BOLD if last == "bold" else weight
        slanted = slanted or last in {"italic", "oblique"}
    return " ".join(words), weight, slanted


def _missing(text: str, faces: Sequence[Face]) -> str:
    kept = (letter for letter in text if is_drawn(letter) and not any(face.covers(letter) for face in faces))
    return "".join(dict.fromkeys(kept))


def _not_found(name: str) -> str:
    if not _installed():
        return "Text cannot be set: fontconfig (fc-list) finds no fonts on this machine."
    families = {face.family.casefold(): face.family for face in _installed()}
    near = get_close_matches(name.casefold()[:80], families, n=3, cutoff=0.5)
    said = " or ".join(families[key] for key in near) if near else ", ".join(sorted(set(families.values()))[:12])
    return f"There is no font {name[:80]!r}; {'did you mean' if near else 'installed are, among others,'} {said}."


@lru_cache(maxsize=1)
def _installed() -> tuple[Face, ...]:
    """All fonts with outlines, in the order of their names. None in Type 1, the format that all others have given up:
    what fontconfig says of the letters in one is that of its encoding, and a font of stars has an A there."""
    faces = []
    for line in _asked("fc-list", "--format", _FORMAT).splitlines():
        parts = line.split("\t")
        if len(parts) == 10 and parts[7] == "True" and parts[8] != "Type 1":
            faces.append(_face(parts))
    return tuple(sorted(faces, key=lambda face: (face.family, face.weight, face.slanted, face.style, face.path)))


def _face(parts: Sequence[str]) -> Face:
    file, index, families, styles, fullnames, weight, slant, _, _, charset = parts
    all_families, style = families.split(","), styles.split(",")[0]
    names = {f"{family} {kind}" for family in all_families for kind in styles.split(",")} | set(fullnames.split(","))
    if style in {"Regular", "Book", "Roman", "Normal"}:
        names |= set(all_families)
    spans = [span.partition("-") for span in charset.split()]
    return Face(
        file, int(index) & 0xFFFF, all_families[0], style,
        frozenset(name.replace("-", " ").casefold() for name in names if name.strip()),
        int(float(weight.strip("[]").split(" ")[0] or _REGULAR)), slant not in {"", "0"},
        tuple(int(first, 16) for first, _, _ in spans), tuple(int(last or first, 16) for first, _, last in spans),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _alike(face: Face) -> tuple[Face, ...]:
    """All other fonts, the nearest first: what fontconfig would fall back to."""
    pattern = f"{face.family}:weight={face.weight}:slant={100 if face.slanted else 0}"
    order = _asked("fc-match", "--sort", "--format", "%{file}\t%{index}\n", pattern).splitlines()
    rank = {tuple(line.split("\t")): at for at, line in enumerate(order)}
    others = [other for other in _installed() if other is not face]
    return tuple(sorted(others, key=lambda other: rank.get((other.path, str(other.index)), len(rank))))


@lru_cache(maxsize=256)
def _matched(name: str) -> tuple[str, int]:
    """File and number of what fontconfig takes for a name, known or not."""
    file, _, index = _asked("fc-match", "--format", "%{file}\t%{index}", name.replace("\\", "")).partition("\t")
    return file, int(index or 0) & 0xFFFF


def _asked(command: str, *arguments: str) -> str:
    found = shutil.which(command)
    if found is None:
        return ""
    done = subprocess.run([found, *arguments], capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    return done.stdout
