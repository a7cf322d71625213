"""A document's name is for people: it can be changed, and is no part of what is edited."""

import json
from typing import Any

import pytest

from tests.api_in_thread import Api
from tests.documents_made import Editor

MOVE: dict[str, Any] = {"op": "move", "layer": 1, "by": {"x": 1}}


@pytest.fixture
def editor(api: Api) -> Editor:
    return Editor.of(api, api.made())


def rename(editor: Editor, name: Any, if_match: str | None = None) -> Any:
    headers = {} if if_match is None else {"If-Match": if_match}
    return editor.http.patch(editor.url, json={"name": name}, headers=headers)


def test_a_document_is_renamed_and_nothing_else_of_it_changes(editor: Editor) -> None:
    editor.edit(MOVE)
    before = editor.http.get(editor.url)
    answer = rename(editor, "Winter 🎿")
    assert (answer.status_code, answer.json()) == (200, {**before.json(), "name": "Winter 🎿"})
    got = editor.http.get(editor.url, headers={"If-None-Match": before.headers["ETag"]})
    assert (got.status_code, got.json(), got.headers["ETag"]) == (200, answer.json(), answer.headers["ETag"])
    assert editor.http.get(editor.url, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert editor.http.get("/v1/documents").json()["documents"] == [got.json()]
    assert editor.history() == ["move Red card", "create"]
    undone = editor.step("undo")
    assert (undone.json()["name"], undone.json()["revision"]) == ("Winter 🎿", 3)
    assert editor.http.get(f"{editor.url}/revisions/1").json()["name"] == "Winter 🎿"
    assert rename(editor, None).json()["name"] is None


def test_the_etag_changes_with_the_name_and_only_then(editor: Editor) -> None:
    names = ["a", "a", "b", None, None]
    assert [rename(editor, name).headers["ETag"] for name in names] == [
        '"r1.1"', '"r1.1"', '"r1.2"', '"r1.3"', '"r1.3"',
    ]  # fmt: skip
    assert editor.edit(MOVE).headers["ETag"] == '"r2.3"'


def test_if_match_heeds_the_revision_and_not_the_name(editor: Editor) -> None:
    assert rename(editor, "a", if_match='"r1"').status_code == 200
    assert rename(editor, "b", if_match='"r1.1"').status_code == 200
    assert editor.edit(MOVE, if_match='"r1"').status_code == 200
    assert editor.edit(MOVE, if_match='"r2.2"').status_code == 200
    stale = rename(editor, "c", if_match='"r2"')
    assert (stale.status_code, stale.json()["code"], stale.json()["revision"]) == (412, "revision-conflict", 3)
    assert editor.http.get(editor.url).json()["name"] == "b"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/name"]),
        ({"name": 7}, ["/name"]),
        ({"name": ""}, ["/name"]),
        ({"name": " \t"}, ["/name"]),
        ({"name": "x" * 201}, ["/name"]),
        ({"name": "a\x00b"}, ["/name"]),
        ({"name": "\ud800"}, ["/name"]),
        ({"name": "a", "revision": 7}, ["/revision"]),
        ([], [""]),
    ],
    ids=str,
)
def test_what_is_no_name_is_refused(editor: Editor, body: Any, pointers: list[str]) -> None:
    headers = {"Content-Type": "application/json"}
    answer = editor.http.patch(editor.url, content=json.dumps(body), headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid-request")
    assert [error["pointer"] for error in problem["errors"]] == pointers
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = editor.http.get(editor.url)
    assert (document.json()["name"], document.headers["ETag"]) == (None, '"r1"')


def test_a_new_document_takes_no_blank_name(api: Api) -> None:
    answer = api.http.post("/v1/documents", json={"decomposition_id": api.made(), "name": "  "})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/name")


def test_only_what_is_there_is_renamed_and_by_json(api: Api, editor: Editor) -> None:
    missing = api.http.patch("/v1/documents/doc_0", json={"name": "a"})
    assert (missing.status_code, missing.json()["code"]) == (404, "not-found")
    form = api.http.patch(editor.url, data={"name": "a"})
    assert (form.status_code, form.json()["code"]) == (415, "unsupported-image")


def test_documents_of_one_decomposition_are_listed(api: Api, editor: Editor) -> None:
    editor.edit(MOVE)
    other = Editor.of(api, editor.step("freeze").json()["id"])
    more = [Editor.of(api, editor.decomposition_id).id for _ in range(2)]
    listed, url = [], f"/v1/documents?limit=2&decomposition_id={editor.decomposition_id}"
    while url:
        page = api.http.get(url).json()
        listed += [one["id"] for one in page["documents"]]
        url = page["next"]
    assert listed == [more[1], more[0], editor.id]
    found = api.http.get("/v1/documents", params={"decomposition_id": other.decomposition_id}).json()["documents"]
    assert [one["id"] for one in found] == [other.id]
    assert api.http.get("/v1/documents?decomposition_id=dec_0").json() == {"documents": [], "next": None}
    assert api.http.get("/v1/documents?decomposition_id=%00").status_code == 422
