"""Signed addresses."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Signed:
    """An address that ends."""

    url: str
    expires_at: datetime
