"""A halo as a model: the coverage of what casts it, moved, blurred, weakened, in one colour over known grounds.

``I = B + αS(C − B)``, where S is the caster's coverage, moved and blurred. For a place and a blur this is linear in
``αC`` and ``α``: they are solved in least squares over the pixels around the caster, so that only three numbers are
searched for. Where all grounds are of one colour, α and C cannot be told apart: black is taken if it explains what is
seen, then white, and else the strongest colour there is.
"""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats, Mask

_MOST_SAMPLES = 3000
_SIGMAS = (0.12, 0.2, 0.33, 0.55, 0.9)
_OFFSETS = (-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the reach: blurs and offsets of the coarse grid."""
_SHARPEST = 0.6
"""Pixels of blur: a copy that is sharper is no halo."""
_ROUNDS = 9
_OUTLIER = 2.0
"""Steps of residual, noise aside, from which on a pixel counts less."""
_SURE_STRENGTH, _FAINT = 0.02, 0.02
"""Deviation of a solved strength up to which it is taken; above it the grounds are too much alike to tell it. And a
strength that is too small for its colour to be told."""
_ALIKE = 0.1
"""Of a change of colour, what may be left where black or white is taken to be its cause."""
_LEAST_STRENGTH, _MOST_STRENGTH, _SLACK = 0.08, 1.05, 10.0
"""What may be a strength, and how far a colour may lie outside of what can be shown, in steps."""
_SIGNAL, _LEAST_SIGNAL, _PEAK = 2.0, 60, 6.0
"""Steps that a halo changes a pixel by for it to prove anything, how many such pixels there have to be, and what it
changes the most changed ones by; noise aside."""
_COARSELY = 0.4
"""Of the proof that is asked for, what the best of the coarse grid has."""
_BLURS, _STEPS = 3.0, 0.1
"""A halo is moved by no more than so many times its blur, and so much of the reach: what lies farther is another
thing's. Soft shadows that were drawn had up to 2.9 blurs."""

_LEAST_WIDE = 0.15
"""Of the reach: what is blurred and moved by less in all is the soft rim of the caster itself, as compression and
enlarging leave it. Halos that were drawn had 0.4 and more."""

Numbers: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Halo:
    """``alpha`` ``(H, W)`` 0-1, everywhere, also under what casts it; ``color`` ``(3,)`` 0-255; ``proof``, the share of
    the change around the caster that it explains."""

    alpha: Floats
    color: Numbers
    proof: float

    def over(self, below: Floats) -> Floats:
        """What is seen of something that the halo lies on."""
        alpha = self.alpha[:, :, None]
        return np.asarray(below + alpha * (self.color.astype(np.float32) - below), np.float32)

    def off(self, seen: Floats) -> Floats:
        """What lies below, from what is seen."""
        alpha = np.minimum(self.alpha, 0.95)[:, :, None]
        return np.asarray(np.clip((seen - alpha * self.color.astype(np.float32)) / (1 - alpha), 0, 255), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What is known around one caster.

    Attributes:
        caster: ``(H, W)`` coverage, 0-1.
        below: ``(H, W, 3)`` the grounds without a halo.
        seen: ``(H, W, 3)``.
        known: where ground is seen and nothing else.
        noise: of the picture, in steps.
        reach: pixels to which offset and blur are searched.
        proof: the share of the change around the caster that has to be explained.
    """

    caster: Floats
    below: Floats
    seen: Floats
    known: Mask
    noise: float
    reach: float
    proof: float


def solved(scene: Scene) -> Halo | None:
    """The halo around a caster, if what is seen proves one."""
    sight = _Sight.of(scene)
    start = sight.gridded() if sight.is_changed() else None
    if start is None or sight.proven(start, np.ones(len(sight.places)))[0] < _COARSELY * scene.proof:
        return None
    place, weight = sight.descended(start)
    proof, strength, color = sight.proven(place, weight)
    is_color = bool((color >= -_SLACK).all() and (color <= 255 + _SLACK).all())
    is_halo = is_color and _LEAST_STRENGTH <= strength <= _MOST_STRENGTH and sight.is_near(place)
    if proof < scene.proof or not is_halo:
        return None
    alpha = np.clip(strength * _moved(scene.caster, place), 0, 1)
    alpha = np.where(alpha < 1.5 / 255, 0, alpha).astype(np.float32)
    return Halo(alpha, np.clip(color, 0, 255), proof)


def _moved(caster: Floats, place: Numbers) -> Floats:
    """Moved by the first two numbers and blurred by the exponential of the third, pixels."""
    height, width = caster.shape
    moved = cv2.warpAffine(caster, np.array([[1, 0, place[0]], [0, 1, place[1]]], np.float32), (width, height))
    return np.asarray(cv2.GaussianBlur(moved, (0, 0), float(np.exp(place[2]))), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """Samples: their ``places`` in the scene, colours ``below`` and the ``change`` from them, ``(n, 3)``."""

    scene: Scene
    places: Places
    below: Numbers
    change: Numbers

    @classmethod
    def of(cls, scene: Scene) -> "_Sight":
        places = np.flatnonzero(scene.known)
        places = places[:: max(1, len(places) // _MOST_SAMPLES)]
        below = scene.below.reshape(-1, 3)[places].astype(np.float64)
        return cls(scene, places, below, scene.seen.reshape(-1, 3)[places] - below)

    @property
    def limit(self) -> float:
        return _OUTLIER + 2 * self.scene.noise

    def is_changed(self) -> bool:
        """Whether there is anything to explain near the caster."""
        if len(self.places) < _LEAST_SIGNAL:
            return False
        near = self.shape(np.array([0, 0, np.log(max(1.5, 0.25 * self.scene.reach))]))
        close = near >= 0.5 * float(near.max())
        return float(np.percentile(_most(self.change[close]), 75)) >= _SIGNAL + 2 * self.scene.noise

    def is_near(self, place: Numbers) -> bool:
        """Whether a halo begins at its caster, and reaches beyond its rim."""
        far, blur, reach = float(np.hypot(place[0], place[1])), float(np.exp(place[2])), self.scene.reach
        return far <= min(reach, _BLURS * blur + _STEPS * reach) and far + blur >= _LEAST_WIDE * reach

    def gridded(self) -> Numbers | None:
        """The place and blur on a coarse grid that explain most."""
        scene, margin = self.scene, int(np.ceil(self.scene.reach))
        weight = 1 / np.maximum(_most(self.change), self.limit) ** 0.5
        terms = np.column_stack([np.ones(len(weight)), self.below, _dot(self.below)]) * weight[:, None]
        sides = np.column_stack([self.change, _dot(self.below, self.change)]) * weight[:, None]
        y, x = np.divmod(self.places, scene.caster.shape[1])
        steps = sorted({round(part * scene.reach) for part in _OFFSETS})
        best, found = 0.0, None
        for part in _SIGMAS:
            sigma = max(0.8, part * scene.reach)
            soft = np.pad(cv2.GaussianBlur(scene.caster, (0, 0), sigma), margin)
            flat, wide = np.asarray(soft, np.float64).ravel(), soft.shape[1]
            at = (y + margin) * wide + x + margin
            for dy in steps:
                for dx in steps:
                    shape = flat[at - dy * wide - dx]
                    gain = _gain(shape * shape @ terms, shape @ sides)
                    if gain > best:
                        best, found = gain, np.array([dx, dy, np.log(sigma)])
        return found

    def shape(self, place: Numbers) -> Numbers:
        """Of the moved and blurred caster the samples, ``(n,)``."""
        return np.asarray(_moved(self.scene.caster, place).ravel()[self.places], np.float64)

    def descended(self, place: Numbers) -> tuple[Numbers, Numbers]:
        """By steps along each of the three that become shorter; what strays from the best so far counts less."""
        step = np.array([0.15 * self.scene.reach, 0.15 * self.scene.reach, 0.3])
        weight = np.ones(len(self.places))
        left = self._left(place, weight)
        for _ in range(_ROUNDS):
            strays = _most(self._rest(place, weight))
            weight = 1 / np.maximum(strays, self.limit)
            left = self._left(place, weight)
            before = place
            for axis in range(3):
                for sign in (1, -1):
                    tried = place.copy()
                    tried[axis] += sign * step[axis]
                    tried[2] = max(tried[2], np.log(_SHARPEST))
                    after = self._left(tried, weight)
                    if after < left:
                        place, left = tried, after
                        break
            if place is before:
                step = step / 2
        return place, weight

    def _rest(self, place: Numbers, weight: Numbers) -> Numbers:
        shape = self.shape(place)
        light, strength = self._light(shape, weight)
        return self.change - shape[:, None] * (light - strength * self.below)

    def _left(self, place: Numbers, weight: Numbers) -> float:
        return float(weight @ _dot(self._rest(place, weight)))

    def _light(self, shape: Numbers, weight: Numbers) -> tuple[Numbers, float]:
        """``αC`` and ``α`` in least squares; where the grounds do not tell, α is near 0 and all is in ``αC``."""
        square, once = weight * shape * shape, weight * shape
        return _light(
            np.array([square.sum(), *(square @ self.below), square @ _dot(self.below)]),
            np.array([*(once @ self.change), once @ _dot(self.below, self.change)]),
        )

    def colored(self, shape: Numbers, weight: Numbers) -> tuple[float, Numbers]:
        """Strength and colour; by the grounds if they tell, else by what is usual."""
        square = weight * shape * shape
        mean = (square @ self.below) / square.sum()
        spread = float((square[:, None] * (self.below - mean) ** 2).sum())
        light, strength = self._light(shape, weight)
        rest = self.change - shape[:, None] * (light - strength * self.below)
        deviation = np.sqrt(max(1.0, float((weight[:, None] * rest**2).sum() / weight.sum())) / max(spread, 1e-9))
        if deviation <= _SURE_STRENGTH and strength > _FAINT:
            return strength, light / strength
        return _usual(light - strength * mean, mean)

    def proven(self, place: Numbers, weight: Numbers) -> tuple[float, float, Numbers]:
        """The share of the change that the halo explains where it should change what is seen; its strength and colour.

        The share is 0 for too small a change.
        """
        shape = self.shape(place)
        strength, color = self.colored(shape, weight)
        told = strength * shape[:, None] * (color - self.below)
        size = _most(told)
        clear = size >= _SIGNAL + self.scene.noise
        if int(clear.sum()) < _LEAST_SIGNAL or float(np.percentile(size[clear], 95)) < _PEAK + 2 * self.scene.noise:
            return 0.0, strength, color
        left, before = _most((self.change - told)[clear]), _most(self.change[clear])
        return 1 - float(np.minimum(left, before).sum()) / max(float(before.sum()), 1e-9), strength, color


def _dot(first: Numbers, second: Numbers | None = None) -> Numbers:
    """Over the channels; of one with itself where there is no second. NumPy's sum along so short an axis is slow."""
    return np.asarray(np.einsum("ij,ij->i", first, first if second is None else second), np.float64)


def _most(changes: Numbers) -> Numbers:
    """The largest channel's, ``(n, 3)`` to ``(n,)``."""
    size = np.abs(changes)
    return np.asarray(np.maximum(np.maximum(size[:, 0], size[:, 1]), size[:, 2]), np.float64)


def _light(terms: Numbers, sides: Numbers) -> tuple[Numbers, float]:
    """Normal equations of ``change = S(L − αB)``: sums of S², S²B, S²B·B; and of S·change, S·B·change."""
    norm, weighted = max(float(terms[0]), 1e-9), terms[1:4]
    mean = weighted / norm
    spread = max(float(terms[4] - weighted @ mean), 0.0) + norm * 1e-2
    strength = float((mean @ sides[:3] - sides[3]) / spread)
    return sides[:3] / norm + strength * mean, strength


def _gain(terms: Numbers, sides: Numbers) -> float:
    light, strength = _light(terms, sides)
    return float(light @ sides[:3] - strength * sides[3])


def _usual(change: Numbers, below: Numbers) -> tuple[float, Numbers]:
    """Strength and colour of a change of one ground: black, white, or the strongest there is, if it is not weak."""
    for color in (np.zeros(3), np.full(3, 255.0)):
        step = color - below
        strength = float(change @ step / max(float(step @ step), 1e-9))
        if strength > 0 and np.abs(change - strength * step).max() <= _ALIKE * np.abs(change).max():
            return strength, color
    room = np.where(change > 0, 255 - below, below)
    strength = float(np.max(np.abs(change) / np.maximum(room, 1)))
    return strength, below + change / max(strength, 1e-9)
