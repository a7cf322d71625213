"""What every use case needs, built once by ``app/main.py``."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from app.enqueue import Bell
from app.flow.identified import Identified
from app.flow.line import Line
from app.flow.pixels import PixelPool
from app.flow.remembered import Remembered
from app.flow.render_plan import Plan
from app.settings import Settings
from app.store.blob_cache import BlobCache
from app.store.layers import Decomposition
from app.store.listener import JobListener


@dataclass(frozen=True, slots=True)
class Services:
    """``scratch`` is the folder for bodies on their way in; its files live as long as their request. ``writers`` is the
    line before each document. ``decompositions`` are by their path, as what is deleted is announced."""

    settings: Settings
    engine: Engine
    listener: JobListener
    bell: Bell
    pixels: PixelPool
    cache: BlobCache
    known: Remembered[Identified]
    plans: Remembered[Plan]
    decompositions: Remembered[Decomposition]
    scratch: Path
    writers: Line
