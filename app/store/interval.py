"""Lengths of time on the database's clock."""

from typing import Any

from sqlalchemy import ColumnElement, func


def seconds(length: float) -> ColumnElement[Any]:
    """``func.now() - seconds(30)``; fractions count."""
    return func.make_interval(0, 0, 0, 0, 0, 0, length)
