"""A cast shadow as a model: the alpha of what casts it, moved, blurred, weakened; fitted at a quarter of the size."""

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from model.decomposers.classic.planes import Floats, Mask, box_of, grown

_SCALE = 4
_REACH = 96
"""Pixels around the caster in which its shadow is looked for."""
_OFFSETS = (-8, -6, -4, -2, 0, 2, 4, 6, 8)
_SIGMAS = (0.8, 1.5, 2.6, 4.2, 6.5)
_STEPS = np.diag([0.25, 0.25, 0.05, 0.02])
_LOW, _HIGH = (-9.0, -9.0, -0.7, 0.0), (9.0, 9.0, 2.2, 0.95)
_MOST_SAMPLES = 4000
_ROUNDS = 8
_EDGES = (0.001, 0.01)
"""Contrast below which a texture's own steps count in full: their median within these."""
_BLOCK = 12
_CLEARLY = 1.1

Numbers: TypeAlias = NDArray[np.float64]
Places: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """A fitted shadow: the alpha of ``caster`` moved by ``dx, dy`` pixels, blurred by ``sigma``, times ``strength``.

    Attributes:
        evidence: of a shadow on a texture: by how many deviations of its parts (blocks of 48 pixels) from each other
            the picture without the shadow is smoother than the picture as it is.
    """

    caster: Mask
    dx: float
    dy: float
    sigma: float
    strength: float
    evidence: float = 0.0

    @property
    def is_bounded(self) -> bool:
        """Whether the fit lies within what was searched; at its ends it fits something else than a shadow."""
        far = _SCALE * (_HIGH[0] - 0.5)
        return max(abs(self.dx), abs(self.dy)) < far and self.sigma < 0.95 * _SCALE * float(np.exp(_HIGH[2]))

    def drawn(self) -> Floats:
        """The shadow's alpha, ``(H, W)`` 0-1, everywhere: also under what casts it."""
        return np.asarray(
            self.strength * _blurred(self.caster.astype(np.float32), self.dx, self.dy, self.sigma), np.float32
        )


def fitted(casters: list[Mask], alpha: Floats, known: Mask) -> Cast | None:
    """The best cast of one of ``casters``, likeliest first, in least squares, where alpha was measured.

    Args:
        casters: ``(H, W)`` each.
        alpha: ``(H, W)`` as measured, 0 where there is no shadow.
        known: where it was measured well.
    """
    return _best([_Sight.of_values(caster, alpha, known) for caster in casters], casters)


def traced(casters: list[Mask], light: Floats, known: Mask) -> Cast | None:
    """The shadow on a texture nobody knows: the one without which the steps between neighbours are smallest.

    The logarithm of what is seen is the ground's plus ``log(1 − α)``; the steps of a natural texture have heavy tails
    and know nothing of the caster, so the sum of their magnitudes is least at the true shadow.

    Args:
        casters: ``(H, W)`` each.
        light: ``(H, W)`` logarithm of the brightness, or of its ratio to what the ground is believed to be.
        known: where ground is seen.
    """
    return _best([_Sight.of_steps(caster, light, known) for caster in casters], casters)


def _blurred(caster: Floats, dx: float, dy: float, sigma: float) -> Floats:
    moved = cv2.warpAffine(caster, np.array([[1, 0, dx], [0, 1, dy]], np.float32), (caster.shape[1], caster.shape[0]))
    return np.asarray(cv2.GaussianBlur(moved, (0, 0), sigma), np.float32)


def _best(sights: list["_Sight | None"], casters: list[Mask]) -> Cast | None:
    """The caster that explains most; a later one only where it explains clearly more."""
    best: tuple[float, Numbers, _Sight, Mask] | None = None
    for sight, caster in zip(sights, casters, strict=True):
        if sight is not None:
            gain, start = sight.gridded()
            if best is None or gain > _CLEARLY * best[0]:
                best = gain, start, sight, caster
    if best is None:
        return None
    _, start, sight, caster = best
    place = sight.descended(start)
    dx, dy, sigma, strength = (float(value) for value in place)
    evidence = sight.evidence(place) if sight.is_steps else 0.0
    return Cast(caster, dx * _SCALE, dy * _SCALE, float(np.exp(sigma)) * _SCALE, strength, evidence)


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """What is measured around one caster, at a quarter of the size.

    Either alphas at the places ``there``, or steps of the logarithm of light from the places ``back`` to ``there``.
    A hypothesis is offset, logarithm of the blur, and strength, in pixels of the reduced size.
    """

    caster: Floats
    there: Places
    back: Places | None
    wanted: Numbers
    edge: float = 1.0

    @property
    def is_steps(self) -> bool:
        return self.back is not None

    @classmethod
    def of_values(cls, caster: Mask, alpha: Floats, known: Mask) -> "_Sight | None":
        small, seen, sure = _reduced(caster, alpha, known)
        there = np.flatnonzero(sure & grown(small > 0, _REACH // _SCALE))
        return cls(small, there, None, seen.ravel()[there].astype(np.float64)) if len(there) >= 20 else None

    @classmethod
    def of_steps(cls, caster: Mask, light: Floats, known: Mask) -> "_Sight | None":
        small, seen, sure = _reduced(caster, light, known)
        index = np.arange(sure.size).reshape(sure.shape)
        across, down = sure[:, 1:] & sure[:, :-1], sure[1:] & sure[:-1]
        there = np.concatenate([index[:, 1:][across], index[1:][down]])
        back = np.concatenate([index[:, :-1][across], index[:-1][down]])
        flat = seen.ravel().astype(np.float64)
        if len(there) < 200:
            return None
        steps = flat[there] - flat[back]
        return cls(small, there, back, steps, float(np.clip(np.median(np.abs(steps)), *_EDGES)))

    def taken(self, plane: Floats) -> Numbers:
        flat = plane.ravel()
        return np.asarray(flat[self.there] if self.back is None else flat[self.there] - flat[self.back], np.float64)

    def rest(self, place: Numbers) -> Numbers:
        """What the hypothesis leaves unexplained."""
        soft = place[3] * _blurred(self.caster, float(place[0]), float(place[1]), float(np.exp(place[2])))
        shade = np.log1p(-np.minimum(soft, 0.98)) if self.is_steps else soft
        return self.taken(np.asarray(shade, np.float32)) - self.wanted

    def gridded(self) -> tuple[float, Numbers]:
        """The hypothesis of a coarse grid that explains most, and how much that is."""
        every = max(1, len(self.wanted) // _MOST_SAMPLES)
        wanted = self.wanted[::every]
        weight = 1 / np.maximum(np.abs(wanted), self.edge) if self.is_steps else np.ones(len(wanted))
        margin = _OFFSETS[-1]
        there = self._padded(self.there, every, margin)
        back = None if self.back is None else self._padded(self.back, every, margin)
        best, place = 0.0, np.zeros(4)
        for sigma in _SIGMAS:
            blurred = np.asarray(cv2.GaussianBlur(self.caster, (0, 0), sigma), np.float32)
            soft = np.pad(blurred, margin)
            flat = np.asarray(soft, np.float64).ravel()
            for dy in _OFFSETS:
                for dx in _OFFSETS:
                    shift = dy * soft.shape[1] + dx
                    shape = flat[there - shift] if back is None else flat[back - shift] - flat[there - shift]
                    along = float((weight * shape) @ wanted)
                    gain = along * along / max(float((weight * shape) @ shape), 1e-6) if along > 0 else 0.0
                    if gain > best:
                        strength = min(gain / along, 0.95)
                        strength = 1 - float(np.exp(-strength)) if self.is_steps else strength
                        best, place = gain, np.array([dx, dy, np.log(sigma), strength])
        return best * every, place

    def _padded(self, places: Places, every: int, margin: int) -> Places:
        """Every so manieth of the places, as they are in the plane with a margin around it."""
        y, x = np.divmod(places[::every], self.caster.shape[1])
        return np.asarray((y + margin) * (self.caster.shape[1] + 2 * margin) + x + margin, np.intp)

    def descended(self, place: Numbers) -> Numbers:
        """Gauss and Newton with damping from ``place``; of steps the magnitudes, not the squares, are made least."""
        damping, left = 1e-3, self.rest(place)
        for _ in range(_ROUNDS):
            slope = np.stack([(self.rest(place + step) - left) / step.sum() for step in _STEPS], axis=1)
            weighted = slope / np.maximum(np.abs(left), self.edge)[:, None] if self.is_steps else slope
            square = weighted.T @ slope
            move = np.linalg.solve(square + np.diag(damping * np.diag(square) + 1e-9), -weighted.T @ left)
            tried = np.clip(place + np.clip(move, -2, 2), _LOW, _HIGH)
            after = self.rest(tried)
            ratio = self._cost(after) / max(self._cost(left), 1e-9)
            if ratio < 1:
                place, left, damping = tried, after, damping / 3
                if ratio > 1 - 1e-4:
                    break
            else:
                damping *= 10
        return place

    def _cost(self, left: Numbers) -> float:
        return float(np.abs(left).sum() if self.is_steps else left @ left)

    def evidence(self, place: Numbers) -> float:
        gain = np.abs(self.wanted) - np.abs(self.rest(place))
        y, x = np.divmod(self.there, self.caster.shape[1])
        by_block = np.bincount(y // _BLOCK * (self.caster.shape[1] // _BLOCK + 1) + x // _BLOCK, gain)
        return float(gain.sum() / max(float(np.linalg.norm(by_block)), 1e-6))


def _reduced(caster: Mask, plane: Floats, known: Mask) -> tuple[Floats, Floats, Mask]:
    """The surroundings of the caster at a quarter of the size; known is what is known wholly."""
    box = box_of(caster, _REACH)
    rows = slice(box[0].start, box[0].start + max(1, (box[0].stop - box[0].start) // _SCALE) * _SCALE)
    columns = slice(box[1].start, box[1].start + max(1, (box[1].stop - box[1].start) // _SCALE) * _SCALE)

    def reduced(full: Floats) -> Floats:
        part = full[rows, columns]
        size = max(1, part.shape[1] // _SCALE), max(1, part.shape[0] // _SCALE)
        return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.float32)

    sure = reduced(known.astype(np.float32)) > 0.999
    return reduced(caster.astype(np.float32)), reduced(plane), sure
