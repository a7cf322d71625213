"""A release that changes the form of scenes loses no document: they are folded anew from the operations."""

import base64
from typing import Any

import hostile_images
import pytest
from PIL import Image
from sqlalchemy import text

from app.flow.documents import refold
from model.edits.scene_json import VERSION
from tests.api_in_thread import Api
from tests.documents_made import Editor

GREEN = base64.b64encode(hostile_images.saved(Image.new("RGBA", (9, 7), (0, 200, 80, 90)), "PNG")).decode()
EDITS: list[list[dict[str, Any]]] = [
    [{"op": "canvas", "width": 80, "height": 50}, {"op": "move", "layer": "Red card", "by": {"x": 4.5}}],
    [{"op": "add", "image_base64": GREEN, "name": "Leaf"}, {"op": "replace", "layer": 2, "image_base64": GREEN}],
    [{"op": "group", "layer": [1, "Leaf"], "name": "Both"}, {"op": "rotate", "layer": "Both", "by": 17}],
    [{"op": "adjust", "layer": 1, "blur": 2}, {"op": "recolor", "layer": 2, "color": "gold", "mode": "tint"}],
]


@pytest.fixture
def editor(api: Api) -> Editor:
    """Of a document with edits in two branches of its history, undone in part."""
    made = Editor.of(api, api.made())
    for operations in EDITS:
        assert made.edit(*operations).status_code == 200
    for step in ("undo", "undo"):
        made.step(step)
    short = {"layers": {"Red card": {"opacity": 0.5, "rotate": 5}, "2": {"visible": False}}}
    assert made.http.post(f"{made.url}/operations", json=short).status_code == 200
    assert made.step("undo").status_code == 200
    return made


def all_of(editor: Editor) -> list[Any]:
    """Every revision, and every picture's name."""
    newest = editor.http.get(editor.url).json()["revision"]
    revisions = [editor.http.get(f"{editor.url}/revisions/{n}").json() for n in range(newest, 0, -1)]
    pictures = [editor.picture(revision=n) for n in range(newest, 0, -1)]
    layer = editor.http.get(f"{editor.url}/layers/1.png", params={"revision": 4})
    return [revisions, [(one.status_code, one.headers["ETag"], one.content) for one in pictures], layer.content]


def keep_as(api: Api, version: int) -> None:
    """What another version of the service may have written."""
    strange = "json_build_object('version', CAST(:version AS int), 'sheets', 3, 'looks_since', scene->'looks_since')"
    with api.engine.begin() as connection:
        connection.execute(text(f"UPDATE document_states SET scene = {strange}"), {"version": version})
    api.kept.forget(None)


def versions(api: Api) -> list[int]:
    with api.engine.connect() as connection:
        return list(connection.scalars(text("SELECT CAST(scene->>'version' AS int) FROM document_states ORDER BY n")))


def test_all_that_an_earlier_version_kept_is_there_as_it_was(api: Api, editor: Editor) -> None:
    before = all_of(editor)
    keep_as(api, 0)
    assert all_of(editor) == before
    assert versions(api) == [VERSION] * 6


def test_only_what_leads_to_a_state_is_folded_and_once(
    api: Api, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_as(api, 0)
    assert editor.http.get(f"{editor.url}/revisions/3").status_code == 200
    assert versions(api) == [VERSION, VERSION, VERSION, 0, 0, 0]
    folded: list[int] = []
    fold = refold._folded
    monkeypatch.setattr(refold, "_folded", lambda *given: folded.extend(state.n for state in given[-1]) or fold(*given))
    for n in (3, 5, 5, 2, 8, 8):
        assert editor.http.get(f"{editor.url}/revisions/{n}").status_code == 200
    assert folded == [4, 5, 8]


@pytest.mark.parametrize("first", ["undo", "redo", "edit", "freeze", "list", "picture", "restore"])
def test_whatever_comes_first_goes_on_from_it(api: Api, editor: Editor, first: str) -> None:
    def done(editor: Editor) -> Any:
        if first == "edit":
            return editor.edit({"op": "opacity", "layer": "Leaf", "to": 0.25})
        if first == "list":
            return editor.http.get("/v1/documents")
        if first == "picture":
            return editor.picture(width=31)
        return editor.step("revisions/2/restore" if first == "restore" else first)

    keep_as(api, 0)
    answer = done(editor)
    assert answer.status_code in (200, 201), answer.text
    if first == "list":
        assert answer.json()["documents"] == [editor.http.get(editor.url).json()]
        return
    keep_as(api, 0)
    if first in ("undo", "redo", "edit", "restore"):
        changed = answer.json()
        dirty = changed.pop("dirty")
        assert dirty is not None
        assert editor.http.get(editor.url).json() == changed
    else:
        assert done(editor).headers.get("ETag") == answer.headers.get("ETag")


def test_what_a_later_version_kept_is_read_and_left_to_it(api: Api, editor: Editor) -> None:
    before = all_of(editor)
    keep_as(api, VERSION + 1)
    assert all_of(editor) == before
    assert versions(api) == [VERSION + 1] * 6


def test_a_long_history_is_folded_in_parts(api: Api) -> None:
    editor = Editor.of(api, api.made())
    for _ in range(2 * refold.AT_ONCE + 3):
        moved = editor.edit({"op": "move", "layer": 1, "by": {"x": 0.1, "y": 0.07}}).json()
    del moved["dirty"]
    keep_as(api, 0)
    assert editor.http.get(editor.url).json() == moved
    assert set(versions(api)) == {VERSION}


def test_what_cannot_be_folded_anew_is_our_defect_and_stays(api: Api, editor: Editor) -> None:
    keep_as(api, 0)
    with api.engine.begin() as connection:
        connection.execute(text("""UPDATE document_states SET operations = '[{"op": "melt"}]' WHERE n = 4"""))
    problem = editor.http.get(f"{editor.url}/revisions/4")
    assert (problem.status_code, problem.headers["Content-Type"]) == (500, "application/problem+json")
    assert editor.http.get(f"{editor.url}/revisions/3").status_code == 200
    assert versions(api)[3:] == [0, 0, 0]


def test_a_broken_document_does_not_take_a_list_away(api: Api, editor: Editor) -> None:
    others = [editor.another().id for _ in range(2)]
    broken = editor.another()
    broken.edit({"op": "hide", "layer": 1})
    with api.engine.begin() as connection:
        change = """UPDATE document_states SET operations = '[{"op": "melt"}]' WHERE n = 2 AND document_id = :id"""
        connection.execute(text(change), {"id": broken.id})
    keep_as(api, 0)
    first = api.http.get("/v1/documents", params={"limit": 2}).json()
    assert [one["id"] for one in first["documents"]] == others[1:]
    rest = api.http.get(first["next"]).json()
    assert [one["id"] for one in rest["documents"]] == [others[0], editor.id]
