"""Rows that end or hold up the process that draws them."""

import os
import time
from typing import Any

from app.flow.batch import row_tasks


def draw_row(steps: list[dict[str, Any]], **others: Any) -> dict[str, Any]:
    """As the real one, but for colours that are told to misbehave."""
    asked = steps[0]["operation"].get("color") if steps else None
    if asked == "die":
        os._exit(1)
    if asked == "hang":
        time.sleep(600)
    if asked == "defect":
        raise RuntimeError(asked)
    return row_tasks.draw_row(steps=steps, **others)
