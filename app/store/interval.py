"""Lengths of time on the database's clock."""

from typing import Any

from sqlalchemy import ColumnElement, func

LEAST_GRACE_S = 2.0
"""No picture is collected that was touched so lately, whatever the settings say: somebody may just be asking for it."""


def seconds(length: float) -> ColumnElement[Any]:
    """``func.now() - seconds(30)``; fractions count."""
    return func.make_interval(0, 0, 0, 0, 0, 0, length)
