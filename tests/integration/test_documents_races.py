"""Many who edit one document at once: one wins a round, nothing is lost, and who only reads never waits."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import hostile_images
import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from app.flow.documents import edit as edit_flow
from app.flow.documents.edit import Folded
from app.flow.request_body import RequestBody, bytes_of
from app.store import documents
from app.store.documents import Document, Revision
from app.store.tables import DEFAULT_TENANT
from tests.api_in_thread import Api
from tests.documents_made import Editor
from tests.worker_process import PATIENCE_S

Serve: TypeAlias = Callable[..., AbstractContextManager[Api]]
WRITERS = 50
RIGHT: dict[str, Any] = {"op": "move", "layer": 1, "by": {"x": 1}}


@pytest.fixture
def two(serve: Serve) -> Iterator[tuple[Api, Api]]:
    """Two API processes on one database, as far as a document can tell."""
    with ExitStack() as both:
        yield both.enter_context(serve()), both.enter_context(serve())


def crowd_of(apis: tuple[Api, ...], editor: Editor, write: Callable[[Editor, int], None]) -> None:
    """Fifty at once, in turn at one API and the other, each with a connection of its own."""
    together = threading.Barrier(WRITERS)

    def one(number: int) -> None:
        with httpx.Client(base_url=apis[number % len(apis)].url, timeout=PATIENCE_S) as http:
            own = Editor(http, editor.id, editor.decomposition_id)
            together.wait()
            write(own, number)

    with ThreadPoolExecutor(WRITERS) as crowd:
        list(crowd.map(one, range(WRITERS)))


def left_of(editor: Editor) -> int:
    return int(editor.http.get(editor.url).json()["layers"][1]["bbox"][0])


@pytest.mark.parametrize("count", [1, 2], ids=["one process", "two processes"])
def test_fifty_edits_without_a_condition_all_land(two: tuple[Api, Api], count: int) -> None:
    editor = Editor.of(two[0], two[0].made())
    answers: list[httpx.Response] = []
    crowd_of(two[:count], editor, lambda own, _: answers.append(own.edit(RIGHT)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["revision"] for answer in answers) == list(range(2, WRITERS + 2))
    assert left_of(editor) == 6 + WRITERS
    # Each was folded onto the one before it.
    for answer in answers:
        assert answer.json()["layers"][1]["bbox"][0] == 6 + answer.json()["revision"] - 1


def test_of_fifty_with_a_condition_one_wins_a_round(two: tuple[Api, Api]) -> None:
    editor = Editor.of(two[0], two[0].made())
    won: list[int] = []
    refused: list[int] = []

    def write(own: Editor, _: int) -> None:
        etag = '"r1"'
        while True:
            answer = own.edit(RIGHT, if_match=etag)
            if answer.status_code == 200:
                assert answer.headers["ETag"] == f'"r{int(etag[2:-1]) + 1}"'
                won.append(answer.json()["revision"])
                return
            assert (answer.status_code, answer.json()["code"]) == (412, "revision-conflict"), answer.text
            refused.append(1)
            etag = answer.headers["ETag"]

    crowd_of(two, editor, write)
    assert sorted(won) == list(range(2, WRITERS + 2))
    assert refused
    assert left_of(editor) == 6 + WRITERS


def test_many_steps_at_once_each_undo_one_edit(two: tuple[Api, Api]) -> None:
    editor = Editor.of(two[0], two[0].made())
    for _ in range(WRITERS // 2):
        editor.edit(RIGHT)
    codes: list[int] = []
    crowd_of(two, editor, lambda own, _: codes.append(own.step("undo").status_code))
    assert sorted(codes) == [200] * (WRITERS // 2) + [409] * (WRITERS // 2)
    assert left_of(editor) == 6


def test_many_with_one_key_edit_once(two: tuple[Api, Api]) -> None:
    editor = Editor.of(two[0], two[0].made())
    answers: list[httpx.Response] = []
    crowd_of(two, editor, lambda own, _: answers.append(own.edit(RIGHT, key="k")))
    assert [(answer.status_code, answer.json()["revision"]) for answer in answers] == [(200, 2)] * WRITERS
    assert left_of(editor) == 7


def test_many_who_freeze_one_scene_at_once_make_one_decomposition(two: tuple[Api, Api]) -> None:
    editor = Editor.of(two[0], two[0].made())
    editor.edit(RIGHT)
    answers: list[httpx.Response] = []
    crowd_of(two, editor, lambda own, number: answers.append(own.step("freeze")) if number < 8 else None)
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1


def test_readers_do_not_wait_for_a_writer(api: Api) -> None:
    editor = Editor.of(api, api.made())
    with api.engine.begin() as writer:
        documents.lock(writer, DEFAULT_TENANT, editor.id)
        with ThreadPoolExecutor(40) as crowd:
            waiting = [crowd.submit(editor.edit, RIGHT) for _ in range(40)]
            for path in ("", "/revisions", "/revisions/1", "/render.png"):
                assert editor.http.get(editor.url + path).status_code == 200
            assert api.http.get("/healthz").status_code == 200
            assert not any(one.done() for one in waiting)
            writer.rollback()
            assert {one.result().status_code for one in waiting} == {200}
    assert left_of(editor) == 46


def test_a_document_that_is_deleted_while_it_is_edited_is_not_found(api: Api) -> None:
    editor = Editor.of(api, api.made())
    with api.engine.begin() as other, ThreadPoolExecutor(1) as crowd:
        documents.lock(other, DEFAULT_TENANT, editor.id)
        waiting = crowd.submit(editor.edit, RIGHT)
        _until_somebody_waits(api)
        documents.delete(other, DEFAULT_TENANT, editor.id)
        other.commit()
        assert (waiting.result().status_code, waiting.result().json()["code"]) == (404, "not-found")


def test_a_decomposition_that_is_deleted_while_a_document_is_made_of_it_is_not_found(api: Api) -> None:
    made = api.made()
    with api.engine.begin() as other, ThreadPoolExecutor(1) as crowd:
        other.execute(text("DELETE FROM image_layers"))
        waiting = crowd.submit(api.http.post, "/v1/documents", json={"decomposition_id": made})
        _until_somebody_waits(api)
        other.commit()
        assert (waiting.result().status_code, waiting.result().json()["code"]) == (404, "not-found")
    assert api.http.get("/v1/documents").json()["documents"] == []


def _until_somebody_waits(api: Api) -> None:
    """Until a transaction waits for a row that another one holds."""
    with api.engine.connect() as looking:
        while not looking.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            looking.rollback()


def test_an_edit_that_was_overtaken_is_folded_onto_what_overtook_it(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process might do between the reading and the writing; its picture is not decoded twice."""
    editor = Editor.of(api, api.made())
    green = base64.b64encode(hostile_images.saved(Image.new("RGB", (20, 16), "green"), "PNG")).decode()
    fold, bodies = edit_flow._folded, []

    def overtaken(services: Any, tenant_id: str, document: Document, body: RequestBody, *more: Any) -> Folded:
        folded = fold(services, tenant_id, document, body, *more)
        bodies.append(bytes_of(body.said).decode())
        if len(bodies) == 1:
            revision = Revision(2, "edit", 2, 1, None, 1, "hide", "hide")
            other = RequestBody.of(json.dumps({"operations": [{"op": "hide", "layer": 2}]}).encode(), Path("unused"))
            hidden = fold(services, tenant_id, document, other, *more)
            with api.engine.begin() as connection:
                documents.append(connection, document, revision, (hidden.operations, hidden.scene))
        return folded

    monkeypatch.setattr(edit_flow, "_folded", overtaken)
    changed = editor.edit(RIGHT, {"op": "replace", "layer": 1, "image_base64": green}).json()
    assert (changed["revision"], changed["layers"][1]["bbox"][0], changed["layers"][2]["visible"]) == (3, 7, False)
    assert api.http.get(f"/v1/assets/{changed['layers'][1]['asset']}").status_code == 200
    assert [green in body for body in bodies] == [True, False]


def test_an_edit_that_was_overtaken_is_refused_where_it_was_meant_for_a_revision(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = Editor.of(api, api.made())
    fold = edit_flow._folded

    def overtaken(services: Any, tenant_id: str, document: Document, *more: Any) -> Folded:
        folded = fold(services, tenant_id, document, *more)
        with api.engine.begin() as connection:
            documents.append(connection, document, Revision(2, "restore", 1, 1))
        return folded

    monkeypatch.setattr(edit_flow, "_folded", overtaken)
    answer = editor.edit(RIGHT, if_match='"r1"')
    assert (answer.status_code, answer.json()["revision"], answer.headers["ETag"]) == (412, 2, '"r2"')
    assert left_of(editor) == 6
