"""Undo, redo and restore go on in the history, and nothing of it is ever lost."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.api_in_thread import Api
from tests.documents_made import Editor

MOVE: dict[str, Any] = {"op": "move", "layer": "Red card", "by": {"x": 4}}
FADE: dict[str, Any] = {"op": "opacity", "layer": 2, "to": 0.5}
HIDE: dict[str, Any] = {"op": "hide", "layer": "*"}


@pytest.fixture
def editor(api: Api) -> Editor:
    return Editor.of(api, api.made())


def shown(document: dict[str, Any]) -> list[Any]:
    """What of a document is its state."""
    return [document["layers"], document["width"], document["height"]]


def at(editor: Editor, n: int) -> dict[str, Any]:
    found: dict[str, Any] = editor.http.get(f"{editor.url}/revisions/{n}").json()
    return found


def test_undo_and_redo_lead_through_the_states(editor: Editor) -> None:
    states = [shown(editor.http.get(editor.url).json())]
    states += [shown(editor.edit(one).json()) for one in (MOVE, FADE, HIDE)]
    for left in (2, 1, 0):
        undone = editor.step("undo").json()
        assert (shown(undone), undone["can_undo"], undone["can_redo"]) == (states[left], left > 0, True)
    for right in (1, 2, 3):
        redone = editor.step("redo").json()
        assert (shown(redone), redone["can_undo"], redone["can_redo"]) == (states[right], True, right < 3)
    assert redone["revision"] == 10


def test_with_nothing_to_undo_or_redo_nothing_is_written(editor: Editor) -> None:
    for step in ("undo", "redo"):
        refused = editor.step(step)
        assert (refused.status_code, refused.json()["code"]) == (409, f"nothing-to-{step}")
    editor.edit(MOVE)
    assert editor.step("redo").status_code == 409
    editor.step("undo")
    assert editor.step("undo").status_code == 409
    assert editor.http.get(editor.url).json()["revision"] == 3


def test_an_edit_after_an_undo_ends_the_redo_but_loses_nothing(editor: Editor) -> None:
    moved = editor.edit(MOVE).json()
    editor.step("undo")
    faded = editor.edit(FADE).json()
    assert (faded["can_undo"], faded["can_redo"]) == (True, False)
    assert editor.step("redo").status_code == 409
    assert shown(at(editor, 2)) == shown(moved)
    assert shown(editor.step("revisions/2/restore").json()) == shown(moved)
    assert shown(editor.step("undo").json()) == shown(faded)


def test_a_restore_is_undone_and_redone_like_an_edit(editor: Editor) -> None:
    moved, faded = (editor.edit(one).json() for one in (MOVE, FADE))
    restored = editor.step("revisions/1/restore").json()
    assert (shown(restored), restored["revision"]) == (shown(at(editor, 1)), 4)
    assert (restored["can_undo"], restored["can_redo"]) == (True, False)
    assert shown(editor.step("undo").json()) == shown(faded)
    assert shown(editor.step("undo").json()) == shown(moved)
    assert shown(editor.step("redo").json()) == shown(faded)
    assert shown(editor.step("redo").json()) == shown(restored)


def test_a_step_tells_what_must_be_drawn_anew(editor: Editor) -> None:
    moved = editor.edit(MOVE).json()
    assert editor.step("undo").json()["dirty"] == editor.step("redo").json()["dirty"] == moved["dirty"]
    assert editor.step("revisions/2/restore").json()["dirty"] is None


@pytest.mark.parametrize("n", [0, -1, "one", 2**31])
def test_a_revision_that_cannot_be_is_pointed_at(editor: Editor, n: object) -> None:
    for answer in (editor.http.get(f"{editor.url}/revisions/{n}"), editor.step(f"revisions/{n}/restore")):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/n")


def test_a_revision_that_is_not_yet_is_not_found(editor: Editor) -> None:
    for answer in (editor.http.get(f"{editor.url}/revisions/2"), editor.step("revisions/2/restore")):
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert answer.json()["detail"] == "The document has no revision 2; the newest is 1."
    assert editor.http.get(editor.url).json()["revision"] == 1


def test_a_revision_stays_as_it_was(editor: Editor) -> None:
    before = editor.http.get(editor.url).json()
    editor.edit(MOVE)
    first = editor.http.get(f"{editor.url}/revisions/1")
    assert (first.json(), first.headers["ETag"]) == (before, '"r1"')
    known = editor.http.get(f"{editor.url}/revisions/1", headers={"If-None-Match": '"r1"'})
    assert (known.status_code, known.content) == (304, b"")


def test_steps_honour_if_match(editor: Editor) -> None:
    editor.edit(MOVE)
    for step in ("undo", "redo", "revisions/1/restore"):
        stale = editor.step(step, if_match='"r1"')
        assert (stale.status_code, stale.json()["code"], stale.json()["revision"]) == (412, "revision-conflict", 2)
    assert editor.step("undo", if_match='"r2"').headers["ETag"] == '"r3"'


def test_a_repeated_key_steps_once(editor: Editor) -> None:
    editor.edit(MOVE)
    editor.edit(FADE)
    first = editor.step("undo", key="k")
    again = editor.step("undo", key="k")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert editor.step("revisions/1/restore", key="k").json()["revision"] == 5  # the key of another route
    assert editor.step("revisions/2/restore", key="k").json()["code"] == "idempotency-mismatch"


def test_the_history_is_told_in_words(editor: Editor) -> None:
    editor.edit(MOVE)
    editor.edit(FADE, {**FADE, "layer": 1}, HIDE)
    editor.step("undo")
    editor.step("undo")
    editor.step("redo")
    editor.step("revisions/1/restore")
    editor.step("undo")
    editor.edit({"op": "move", "layer": [0, 1, 2], "by": {"x": 1}})
    lines = [
        "move 3 layers",
        "undo restore revision 1",
        "restore revision 1",
        "redo move Red card",
        "undo move Red card",
        "undo opacity Blue card and Red card, hide all layers",
        "opacity Blue card and Red card, hide all layers",
        "move Red card",
        "create",
    ]
    assert editor.history() == lines
    first = editor.http.get(f"{editor.url}/revisions", params={"limit": 4}).json()
    rest = editor.http.get(first["next"]).json()
    assert [one["summary"] for one in [*first["revisions"], *rest["revisions"]]] == lines[:8]
    assert [(one["n"], one["kind"], one["shows"], one["operation_count"]) for one in rest["revisions"]] == [
        (5, "undo", 1, 0), (4, "undo", 2, 0), (3, "edit", 3, 3), (2, "edit", 2, 1),
    ]  # fmt: skip
    for one in rest["revisions"]:
        assert editor.http.get(one["url"]).json()["revision"] == one["n"]
        assert editor.http.get(one["render_url"]).status_code == 200


@pytest.mark.parametrize("cursor", ["nonsense", "MjAyNi0xMS0yOFQxMjowMDowMCswMDowMCBkb2NfMQ=="])
def test_a_cursor_of_another_list_is_pointed_at(editor: Editor, cursor: str) -> None:
    answer = editor.http.get(f"{editor.url}/revisions", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/cursor")


@pytest.mark.parametrize("seed", range(3))
def test_any_walk_goes_as_a_list_of_states_would(editor: Editor, seed: int) -> None:
    """Against the plainest editor there is: a list of states, and where in it we are; a restore is one more state."""
    dice = random.Random(seed)
    states, here = [shown(editor.http.get(editor.url).json())], 0
    seen = [states[0]]
    for _ in range(60):
        step = dice.choice(("edit", "edit", "undo", "undo", "redo", "restore"))
        if step == "edit":
            answer = editor.edit({"op": "move", "layer": 1, "by": {"x": dice.choice((1, 2)), "y": 1}})
        elif step == "restore":
            answer = editor.step(f"revisions/{dice.randrange(len(seen)) + 1}/restore")
        else:
            answer = editor.step(step)
            possible = here > 0 if step == "undo" else here + 1 < len(states)
            assert (answer.status_code == 200) == possible
            here += (-1 if step == "undo" else 1) if possible else 0
        if answer.status_code != 200:
            continue
        now = shown(answer.json())
        if step in ("edit", "restore"):
            states[here + 1 :] = [now]
            here += 1
        assert now == states[here]
        assert (answer.json()["can_undo"], answer.json()["can_redo"]) == (here > 0, here + 1 < len(states))
        seen.append(now)
    assert [shown(at(editor, n)) for n in range(1, len(seen) + 1)] == seen


def test_a_step_costs_the_same_however_long_the_history_is(editor: Editor) -> None:
    """By what is asked of the database, and how much of it comes back: nothing is folded from the start."""

    def cost() -> tuple[list[str], int]:
        with _watched() as (statements, rows):
            assert editor.edit(MOVE).status_code == editor.step("undo").status_code == 200
        return statements, sum(rows)

    first = cost()
    for _ in range(100):
        editor.edit(MOVE)
    assert cost() == first
    assert 0 < first[1] < 20


@contextmanager
def _watched() -> Iterator[tuple[list[str], list[int]]]:
    """Each statement that the service sends, and how many rows it is about."""
    statements: list[str] = []
    rows: list[int] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)
        rows.append(cursor.rowcount)

    event.listen(Engine, "after_cursor_execute", note)
    try:
        yield statements, rows
    finally:
        event.remove(Engine, "after_cursor_execute", note)
