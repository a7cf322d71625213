"""The edge of a subject, pixel by pixel: how much of each is covered, in what colour, and what lies behind."""

import cv2
import numpy as np

from model.completion import slow_part, textured
from model.decomposers.classic.planes import Floats, Mask, components, grown, largest, shrunk
from model.decomposers.classic.rims import coverage

_BAND = 0.012
"""Half the width of the band in which alpha is solved, as a share of the longer side: hair reaches so far."""
_LEAST_BAND_PX = 4
_LOCAL_PX = 4.0
_TELLS = 60.0
"""Steps between the colours before and behind from which on they alone say how much is covered."""
_STRAND = 5
"""Bands that a strand may reach out."""
_BIN, _OWN = 16, 8.0
"""Steps of a colour's cell, and how many times more usual a colour is in the subject that is taken for its own."""
_SOLID_PX = 7
"""Pixels: a narrower strip of the subject's colours is the blur of an edge."""
_FAINT = 0.06
"""Alpha that grain alone can make."""
_SOLID = 0.3
"""Alpha from which on a pixel's own colour can be told from what shines through."""


def cut_out(photograph: Floats, mask: Mask) -> tuple[Floats, Floats, Floats]:
    """Colours ``(H, W, 3)`` without what shone through, alpha ``(H, W)`` 0-1, and the ground ``(H, W, 3)`` completed.

    In a band around the mask's outline the colours of both sides are carried on and each pixel is measured between
    them; where they are too much alike the blurred mask decides. What hangs on to the mask beyond the band in colours
    that are the subject's alone, a lock of hair, is of the subject too.

    Args:
        photograph: ``(H, W, 3)``, 0-255.
        mask: ``(H, W)``, the subject, good to half the band's width.
    """
    reach = max(_LEAST_BAND_PX, round(_BAND * max(mask.shape)))
    own = _own(photograph, mask, reach)
    mask = np.asarray(mask | _hanging_on((own & grown(mask, _STRAND * reach)) | mask, mask))
    inside, outside = shrunk(mask, reach), ~grown(mask, reach)
    if not inside.any() or not outside.any():
        return photograph, mask.astype(np.float32), photograph
    before, behind = slow_part(photograph, inside, _LOCAL_PX), slow_part(photograph, outside, _LOCAL_PX)
    measured, _ = coverage(photograph, before, behind)
    tells = np.clip(largest(np.abs(before - behind)) / _TELLS, 0, 1)
    guessed = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)
    alpha: Floats = np.asarray(measured * tells + guessed * (1 - tells), np.float32)
    alpha = np.clip((alpha - _FAINT) / (1 - 2 * _FAINT), 0, 1)
    # light strands look like dark ones half covered: a colour that the subject has is no mixture
    covered = (inside | (own & shrunk(mask, 1))).astype(np.uint8)
    solid = cv2.morphologyEx(cv2.medianBlur(covered, 5), cv2.MORPH_OPEN, np.ones((_SOLID_PX, _SOLID_PX), np.uint8))
    alpha = np.maximum(alpha, cv2.GaussianBlur(solid.astype(np.float32), (0, 0), 0.7))
    alpha = np.where(inside, 1, np.where(outside, 0, alpha)).astype(np.float32)
    alpha = np.asarray(np.where(_hanging_on(alpha > 0, inside), alpha, 0), np.float32)
    freed = (photograph - (1 - alpha[:, :, None]) * behind) / np.maximum(alpha, _SOLID)[:, :, None]
    trust = np.clip(alpha / _SOLID - 1, 0, 1)[:, :, None]
    color = np.where(alpha[:, :, None] >= 1, photograph, np.clip(freed, 0, 255) * trust + before * (1 - trust))
    # nothing is taken from the band: strands too thin to be measured would be sown over the ground
    completed = textured(photograph, outside)
    ground = np.where(grown(alpha > 0, 2)[:, :, None], completed, photograph)
    return np.asarray(color, np.float32), alpha, np.asarray(ground, np.float32)


def _own(photograph: Floats, mask: Mask, reach: int) -> Mask:
    """Where colours are the subject's: it has them, the ground has them nowhere, and around here it is unlike them."""
    far = ~grown(mask, _STRAND * reach)
    if not far.any():
        return np.zeros_like(mask)
    bins = (photograph / _BIN).astype(np.int64) @ np.array([1, 32, 1024])
    of_subject = np.bincount(bins[shrunk(mask, reach)], minlength=32**3)
    of_ground = np.bincount(bins[far], minlength=32**3)
    own = of_subject / max(1, int(of_subject.sum())) > _OWN * of_ground / max(1, int(of_ground.sum()))
    unlike = np.abs(photograph - slow_part(photograph, far, _LOCAL_PX)).max(axis=2) >= _TELLS
    return np.asarray(own[bins] & unlike)


def _hanging_on(covered: Mask, inside: Mask) -> Mask:
    """Of what is covered the pieces that hang on to the sure inside; others are grain of the ground."""
    count, labels, _ = components(covered)
    return np.asarray(covered & (np.bincount(labels[inside & covered], minlength=count) > 0)[labels])
