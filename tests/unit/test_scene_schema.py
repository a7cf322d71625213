"""docs/scene.schema.json is what ``export.json`` is checked against before it goes out."""

import json
from pathlib import Path

from app.web.scene_schemas import SceneOut

SCHEMA = Path(__file__).resolve().parents[2] / "docs/scene.schema.json"


def test_the_published_schema_is_that_of_the_file() -> None:
    """Written anew by ``python -m tests.unit.test_scene_schema``."""
    assert json.loads(SCHEMA.read_text()) == published()


def published() -> dict[str, object]:
    found = SceneOut.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


if __name__ == "__main__":
    SCHEMA.write_text(json.dumps(published(), indent=2, ensure_ascii=False) + "\n")
