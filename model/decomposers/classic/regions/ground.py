"""The background: which regions it is made of."""

import numpy as np

from model.decomposers.classic.element import Element
from model.decomposers.classic.planes import box_of, grown
from model.decomposers.classic.regions.group import LIMIT, same_paint
from model.decomposers.classic.regions.segment import Region

_DRAWN_LIMIT = 10.0
_MANY = 8
_SCRAP = 0.01


def ground_and_rest(regions: list[Region], is_drawing: bool) -> tuple[Element, list[Region]]:
    """The background, with every region of its paint, and the others, largest first.

    The background is the region that holds most of the canvas' border, area counting half as much. In a drawing large
    areas along the border (sky and meadow) are all background; of a photograph whatever else reaches the border.
    """
    given = regions
    if not is_drawing:
        regions = _patterns(regions)
    border = [_border_share(region) for region in regions]
    weights = [share + 0.5 * region.area / region.mask.size for share, region in zip(border, regions, strict=True)]
    ground = regions[int(np.argmax(weights))]
    is_pattern = not any(ground is region for region in given)
    parts = [(ground.mask.copy(), ground.paint)]
    rest: list[Region] = []
    for region, share in zip(regions, border, strict=True):
        if region is ground:
            continue
        if same_paint(ground, region, _DRAWN_LIMIT if is_drawing else LIMIT):
            parts[0] = parts[0][0] | region.mask, ground.paint
        elif is_drawing and share >= 0.1 and region.area >= 0.08 * region.mask.size:
            parts.append((region.mask, region.paint))
        elif not is_drawing and _is_more(ground, region, share, is_pattern):
            parts[0] = parts[0][0] | region.mask, ground.paint
        else:
            rest.append(region)
    mask = np.asarray(np.any([part[0] for part in parts], axis=0))
    return Element(mask, ground.paint, "background", "background", parts=tuple(parts)), rest


def _is_more(ground: Region, region: Region, share: float, is_pattern: bool) -> bool:
    """Whether a texture is a part of the ground: reaching the border, of a texture or of a pattern.

    Where stripes are narrow some are no areas of one colour: such scraps are of a pattern if they are small.
    """
    if region.paint.degree is not None:
        return False
    is_scrap = is_pattern and region.area <= _SCRAP * region.mask.size
    return (share > 0 and (ground.paint.degree is None or is_scrap)) or (is_scrap and _surrounds(ground, region))


def _surrounds(ground: Region, region: Region) -> bool:
    box = box_of(region.mask, 2)
    ring = grown(region.mask[box], 1) & ~region.mask[box]
    return int((ring & ground.mask[box]).sum()) >= 0.6 * int(ring.sum())


def _patterns(regions: list[Region]) -> list[Region]:
    """Stripes, dots and the like: many pieces of one flat colour, much of the picture together, are one region."""
    flat = [region for region in regions if region.paint.is_flat and region.whole is None]
    left = list(regions)
    while flat:
        first = flat[0]
        alike = [region for region in flat if same_paint(first, region)]
        flat = [region for region in flat if not any(region is other for other in alike)]
        area = sum(region.area for region in alike)
        if len(alike) >= _MANY and area >= 0.05 * first.mask.size:
            mask = np.asarray(np.any([region.mask for region in alike], axis=0))
            left = [region for region in left if not any(region is other for other in alike)]
            left.append(Region(mask, first.paint, area))
    return sorted(left, key=lambda region: -region.area)


def _border_share(region: Region) -> float:
    mask = region.mask
    edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    return float(edge.mean())
