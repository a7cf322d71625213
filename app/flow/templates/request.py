"""The body of a request to render a template: its fields, and the pictures in its values, which may be large.

Standard library only, and nothing is decoded: what is small is read in the API process, what is not in a pixel process.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.flow import json_body
from app.flow.json_pointer import escaped

LONGEST = 10_000
"""Letters of any text but a picture's."""
MAX_BYTES = 2**20
"""Of the request as JSON, without pictures."""
_FIELDS = ("values", "version", "output")


@dataclass(frozen=True, slots=True)
class Asked:
    """Unchecked but for its shape.

    Attributes:
        files: where the base64 text of a picture is, by what stands for it in the values.
    """

    values: dict[str, Any] = field(default_factory=dict)
    version: Any = None
    output: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def taken_apart(body: bytes, folder: Path) -> dict[str, Any]:
    """``values``, ``version``, ``output`` and ``files`` of an ``Asked``; or what is wrong, ``pointer`` and ``detail``.

    Long texts of pictures go to files in ``folder``, which is made for them; ``{"image_base64": …}`` with the name of
    one stands in their place.
    """
    try:
        fields = json_body.loaded(body)
    except ValueError as error:
        return {"pointer": "", "detail": f"{error}."}
    if not isinstance(fields, dict):
        return {"pointer": "", "detail": "It must be a JSON object."}
    unknown = [key for key in fields if key not in _FIELDS]
    if unknown:
        return {
            "pointer": f"/{_shown(unknown[0])}",
            "detail": f"There is no such field; known are {', '.join(_FIELDS)}.",
        }
    for key in ("values", "output"):
        fields[key] = {} if fields.get(key) is None else fields[key]
        if not isinstance(fields[key], dict):
            return {"pointer": f"/{key}", "detail": "An object is needed here."}
    try:
        json.dumps(fields["output"], allow_nan=False)
    except ValueError:
        return {"pointer": "/output", "detail": "It has a number that is not finite."}
    files: dict[str, str] = {}
    for key, value in fields["values"].items():
        text = _picture(value)
        if text is not None:
            name = str(len(files))
            folder.mkdir(exist_ok=True)
            (folder / name).write_text(text, "ascii", "replace")
            files[name] = str(folder / name)
            fields["values"][key] = {"image_base64": name}
    if len(json.dumps(fields)) > MAX_BYTES:
        return {"pointer": "", "detail": f"It is more than {MAX_BYTES} bytes, pictures left out."}
    return {**fields, "files": files}


def _picture(value: Any) -> str | None:
    """A text that is long enough to be taken out, and can be a picture only."""
    if isinstance(value, dict) and list(value) == ["image_base64"]:
        value, is_one = value["image_base64"], True
    else:
        is_one = isinstance(value, str) and value.startswith("data:")
    return value if is_one and isinstance(value, str) and len(value) > LONGEST else None


def _shown(key: str) -> str:
    return escaped(key[:60].encode("utf-8", "replace").decode())
