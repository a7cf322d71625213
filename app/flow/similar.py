"""Is something known that looks the same: the poster as a JPEG, or half its size?"""

import base64
import logging
from dataclasses import asdict, dataclass

from app.flow.identified import Identified
from app.flow.pixels import PixelsFailed, PixelsLost
from app.flow.services import Services
from app.store import similar
from app.store.jobs import NewJob
from app.store.similar import Candidate
from model.content_hash import decomposition_id
from model.sketch import Sketch

COMPARED = 64
"""Pictures of a near hash that are compared, the nearest and newest of them."""
OFFERED = 5

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Similar:
    """A decomposition of a picture that looks the same.

    Attributes:
        distance: 0 is the same to the cell, 1 no longer the same picture.
        width, height: of that picture, in pixels.
        same_request: it was made by the model and parameters that are asked for, so ``cache=similar`` may use it.
    """

    decomposition_id: str
    image_id: str
    distance: float
    width: int
    height: int
    model_name: str
    same_request: bool

    def told(self) -> dict[str, object]:
        """As it stands in the job."""
        return {name: value for name, value in asdict(self).items() if name != "image_id"}


def similar_to(services: Services, new: NewJob, identified: Identified, sketch: Sketch) -> list[Similar]:
    """What this tenant has of pictures that look the same, the nearest first; of one picture, what was made by the
    model and parameters that are asked for, then the newest."""
    size = identified.width, identified.height
    with services.engine.connect() as connection:
        candidates = similar.near(connection, new.tenant_id, new.image_id, sketch, size, COMPARED)
    far = _distances(services, sketch, candidates)
    if not far:
        return []
    with services.engine.connect() as connection:
        made = similar.made_of(connection, new.tenant_id, list(far))
    found = []
    for one in made:
        candidate, distance = far[one.image_id]
        same = one.decomposition_id == _asked_of(candidate, new)
        size = candidate.width, candidate.height
        found.append(Similar(one.decomposition_id, one.image_id, distance, *size, one.model_name, same))
    return sorted(found, key=lambda one: (one.distance, not one.same_request))[:OFFERED]


def _asked_of(candidate: Candidate, new: NewJob) -> str:
    """The name of what is asked for, of this picture."""
    return decomposition_id(candidate.image_id, new.model_name, new.model_revision, new.parameters)


def _distances(services: Services, sketch: Sketch, candidates: list[Candidate]) -> dict[str, tuple[Candidate, float]]:
    """Those that are near enough, by ``image_id``."""
    if not candidates:
        return {}
    grids = [base64.b64encode(one.grid).decode() for one in candidates]
    own = base64.b64encode(sketch.grid).decode()
    try:
        found: list[float | None] = services.pixels.call("distances", grid=own, others=grids)
    except (PixelsLost, PixelsFailed) as error:  # nobody who wants layers should go without for it
        _logger.warning("grids could not be compared: %s", error)
        return {}
    pairs = zip(candidates, found, strict=True)
    return {one.image_id: (one, distance) for one, distance in pairs if distance is not None}
