"""Imports over HTTP: what was exported comes back, as a decomposition that documents and exports start from."""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import httpx
import numpy as np
import pytest
from export_readers import READERS, Opened, Read
from export_stacks import beyond, blended, grouped, hollow, nothing, put

from app.store import blobs
from model.compositing import over
from model.export.stack import Exported
from model.export.table import FORMATS
from tests.api_in_thread import Api, cards_png, pixels_of
from tests.documents_made import Editor

ROUTE = "/v1/decompositions/import"
TYPES = {"psd": "image/vnd.adobe.photoshop", "ora": "image/openraster", "zip": "application/zip"}


@pytest.fixture(params=sorted(TYPES))
def format_(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def written(stack: Exported, format_: str) -> bytes:
    out = io.BytesIO()
    import_module(FORMATS[format_].module).write(stack, out)
    return out.getvalue()


def sent(api: Api, file: bytes, type_: str = "application/octet-stream", **headers: str) -> httpx.Response:
    return api.http.post(ROUTE, content=file, headers={"Content-Type": type_, **headers})


def imported(api: Api, file: bytes) -> dict[str, Any]:
    answer = sent(api, file)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def exported(api: Api, url: str, format_: str) -> bytes:
    answer = api.http.get(f"{url}/export.{format_}")
    assert answer.status_code == 200, answer.text
    return answer.content


def seen(items: Sequence[Read]) -> list[Any]:
    return [
        (one.name, one.opacity, one.blend, one.visible, one.pixels is not None and (one.x, one.y, one.pixels.tobytes()))
        if one.members is None
        else (one.name, one.opacity, one.blend, one.visible, seen(one.members))
        for one in items
    ]


def same(one: Opened, other: Opened) -> bool:
    return seen(one.items) == seen(other.items) and np.array_equal(one.picture, other.picture)


@pytest.mark.parametrize("make", [grouped, beyond, blended, hollow, nothing])
def test_all_promises_of_a_decomposition_hold_for_what_a_file_became(
    api: Api, make: Callable[[], Exported], format_: str
) -> None:
    stack = make()
    file = written(stack, format_)
    made = imported(api, file)
    told, url, read = made["notes"]["imported"], made["urls"]["self"], READERS[format_]
    assert (told["format"], made["model"]["name"]) == (format_, "import")
    assert told["difference"] == 0
    assert same(read(exported(api, url, format_)), read(file))
    assert np.array_equal(pixels_of(api.http.get(made["urls"]["source"]).content), stack.picture)
    assert np.array_equal(pixels_of(api.http.get(made["urls"]["composite"]).content), stack.picture)
    rendered = api.http.post(made["urls"]["render"], json={})
    assert np.array_equal(pixels_of(rendered.content), stack.picture)
    document = Editor.of(api, made["id"])
    assert np.array_equal(pixels_of(document.picture().content), stack.picture)
    assert same(read(exported(api, document.url, format_)), read(file))


def test_an_edited_document_comes_back_as_it_was(api: Api, format_: str) -> None:
    editor = Editor.of(api, api.made())
    for operation in (
        {"op": "move", "layer": 1, "by": {"x": -15}},
        {"op": "rotate", "layer": 2, "by": 33.3},
        {"op": "opacity", "layer": 2, "to": 51 / 255},
        {"op": "blend", "layer": 2, "mode": "multiply"},
        {"op": "duplicate", "layer": 1, "name": "Копия 🚀"},
        {"op": "group", "layer": [1, 2], "name": "Карты"},
        {"op": "opacity", "layer": "Карты", "to": 102 / 255},
        {"op": "hide", "layer": "Копия 🚀"},
        {"op": "delete", "layer": 0},
    ):
        assert editor.edit(operation).status_code == 200
    file = exported(api, editor.url, format_)
    made = imported(api, file)
    assert (made["notes"]["imported"]["warnings"], made["notes"]["imported"]["difference"]) == ([], 0)
    read = READERS[format_]
    assert same(read(exported(api, made["urls"]["self"], format_)), read(file))
    assert np.array_equal(
        pixels_of(api.http.get(made["urls"]["composite"]).content), pixels_of(editor.picture().content)
    )


def test_a_manifest_says_what_lies_where(api: Api) -> None:
    made = imported(api, written(beyond(), "psd"))
    away = next(layer for layer in made["layers"] if layer["name"] == "Away")
    assert (away["bbox"], away["area_ratio"]) == ([-60, 70, 6, 6], 0)
    assert not pixels_of(api.http.get(away["url"]).content).any()
    whole = api.http.get(away["url"], params={"trim": 1})
    assert (whole.headers["X-Layer-Offset"], pixels_of(whole.content).shape) == ("-60,70", (6, 6, 4))
    groups = imported(api, written(grouped(), "zip"))
    assert [(group["name"], group["parent"]) for group in groups["groups"]] == [
        ("Inner", 9), ("Mixed", 11), ("Faded", 11), ("Outer", None), ("Away", None), ("Empty", None)
    ]  # fmt: skip


def test_what_lay_beyond_the_canvas_comes_in_when_it_is_moved(api: Api) -> None:
    stack = beyond()
    editor = Editor.of(api, imported(api, written(stack, "ora"))["id"])
    assert editor.edit({"op": "move", "layer": "Away", "to": {"x": 3, "y": 4}}).status_code == 200
    expected = stack.picture.copy()
    away = stack.load(stack.outline.items[-1])
    assert away is not None
    whole = np.zeros_like(expected)
    put(whole, away.pixels, 3, 4)
    over(expected, whole, np.s_[:, :])
    assert np.array_equal(pixels_of(editor.picture().content), expected)


def test_groups_of_a_file_are_groups_to_edits_and_to_a_frozen_document(api: Api) -> None:
    made = imported(api, written(grouped(), "psd"))
    editor = Editor.of(api, made["id"])
    assert editor.edit({"op": "show", "layer": "Away"}, {"op": "ungroup", "layer": "Empty"}).status_code == 200
    picture = pixels_of(editor.picture().content)
    render = api.http.post(made["urls"]["render"], json={"operations": [{"op": "show", "layer": "Away"}]})
    assert np.array_equal(pixels_of(render.content), picture)
    frozen = api.http.post(f"{editor.url}/freeze").json()
    assert np.array_equal(pixels_of(api.http.get(frozen["urls"]["composite"]).content), picture)
    split = api.http.post(f"{made['urls']['self']}/layers/0/decompositions", json={})
    assert (split.status_code, split.json()["code"]) == (422, "invalid-request")


def test_scenes_that_another_version_kept_are_folded_anew_with_the_groups_of_the_file(api: Api) -> None:
    editor = Editor.of(api, imported(api, written(grouped(), "zip"))["id"])
    assert editor.edit({"op": "opacity", "layer": "Outer", "to": 0.5}, {"op": "show", "layer": "Away"}).is_success
    pictures = [editor.picture(revision=n).content for n in (1, 2)]
    before = states(editor)
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE document_states SET scene = json_build_object('version', 0)")
    api.kept.forget(None)
    assert [editor.picture(revision=n).content for n in (1, 2)] == pictures
    assert states(editor) == before


def states(editor: Editor) -> list[Any]:
    layers = editor.http.get(editor.url).json()["layers"]
    return [
        [one[name] for name in ("index", "name", "parent", "opacity", "blend", "visible", "bbox")] for one in layers
    ]


def test_the_same_file_is_one_decomposition(api: Api, format_: str) -> None:
    file = written(grouped(), format_)
    first = sent(api, file, TYPES[format_])
    assert (first.status_code, first.headers["Location"]) == (201, first.json()["urls"]["self"])
    for field in ("file", "image"):
        form = api.http.post(ROUTE, files={field: (f"Mein Plakat.{format_}", file, TYPES[format_])})
        assert (form.status_code, form.json()) == (200, first.json())
    assert api.http.get(first.headers["Location"]).json() == first.json()
    assert api.http.get("/v1/decompositions").json()["decompositions"][0] == first.json()
    assert api.http.delete(first.headers["Location"]).status_code == 204
    assert sent(api, file).status_code == 201


def test_a_key_gives_the_first_answer_again(api: Api) -> None:
    file = written(grouped(), "zip")
    key = {"Idempotency-Key": "once"}
    first, again = sent(api, file, "application/zip", **key), sent(api, file, "application/zip", **key)
    assert (again.status_code, again.headers["Idempotency-Replayed"], again.json()) == (201, "true", first.json())
    other = sent(api, written(beyond(), "zip"), "application/zip", **key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")


def test_what_is_no_such_file_is_refused_with_words(api: Api) -> None:
    psd = written(beyond(), "psd")
    for answer, status, code, words in (
        (sent(api, cards_png()), 415, "unsupported-image", "another format"),
        (sent(api, b""), 415, "unsupported-image", "empty"),
        (sent(api, psd, "image/openraster"), 415, "unsupported-image", "sent as image/openraster"),
        (sent(api, psd, "image/png"), 415, "unsupported-image", "image/png"),
        (sent(api, psd[:900]), 415, "unsupported-image", "cut short"),
        (api.http.post(ROUTE, files={"picture": ("a.psd", psd)}), 422, "invalid-request", "/picture"),
        (api.http.post(ROUTE, data={"file": "a.psd"}), 415, "unsupported-image", "multipart"),
        (api.http.post(ROUTE, files={"file": (None, "a.psd")}), 422, "invalid-request", "/file"),
    ):
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code), problem
        assert words in json.dumps(problem)
    assert api.http.get("/v1/decompositions").json()["decompositions"] == []


def test_two_who_send_the_same_file_at_once_get_the_same_answer(api: Api) -> None:
    file = written(grouped(), "psd")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: sent(api, file), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_what_lies_beyond_the_canvas_is_kept_as_long_as_the_decomposition(api: Api) -> None:
    made = imported(api, written(beyond(), "ora"))

    def collected() -> int:
        with api.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE blobs SET touched_at = now() - interval '1 year'")
            connection.exec_driver_sql("UPDATE images SET touched_at = now() - interval '1 year'")
            return blobs.collect(connection, 3600.0, 100)

    assert collected() == 0
    assert np.array_equal(
        pixels_of(exported_layer(api, made, "Away")), READERS["ora"](written(beyond(), "ora")).items[-1].pixels
    )
    assert api.http.delete(made["urls"]["self"]).status_code == 204
    # Five layers on the canvas, one of them empty, four whole ones, and the picture.
    assert collected() == 10


def exported_layer(api: Api, made: dict[str, Any], name: str) -> bytes:
    layer = next(one for one in made["layers"] if one["name"] == name)
    return api.http.get(layer["url"], params={"trim": 1}).content


def test_a_bomb_and_a_path_that_leaves_are_refused_by_what_they_are(api: Api) -> None:
    for name, data, status, words in (
        ("manifest.json", bytes(64 * 2**20), 413, "a bomb"),
        ("../manifest.json", b"{}", 415, "leave its folder"),
    ):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        answer = sent(api, out.getvalue(), "application/zip")
        assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text
    assert not list(api.settings.data_dir.glob("uploads/*"))
