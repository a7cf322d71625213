"""Pictures that were sent before are sent again from memory, and from nowhere once they are deleted."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.api_in_thread import Api
from tests.worker_process import PATIENCE_S

MOVE = {"operations": [{"op": "move", "layer": "Red card", "by": {"x": 5, "y": 0}}]}


def _urls(api: Api, made: str) -> tuple[str, str]:
    return f"/v1/decompositions/{made}/layers/0.png", f"/v1/decompositions/{made}/render"


def test_a_picture_comes_again_as_it_was_without_the_database_or_the_disk(api: Api) -> None:
    layer, render = _urls(api, api.made())
    first = api.http.get(layer), api.http.post(render, json=MOVE)
    with api.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE image_layers RENAME TO away")
    try:
        again = api.http.get(layer), api.http.post(render, json=MOVE)
    finally:
        with api.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO image_layers")
    for before, after in zip(first, again, strict=True):
        assert after.status_code == 200
        assert after.content == before.content
        own = {"x-request-id", "date", "cache-status"}
        same = [{name: value for name, value in one.headers.items() if name not in own} for one in (before, after)]
        assert same[0] == same[1]
        assert after.headers["x-request-id"] != before.headers["x-request-id"]
    assert (first[1].headers["cache-status"], again[1].headers["cache-status"]) == ("lamina; fwd=miss", "lamina; hit")


def test_who_has_it_is_told_so(api: Api) -> None:
    layer, render = _urls(api, api.made())
    for ask in (lambda **more: api.http.get(layer, **more), lambda **more: api.http.post(render, json=MOVE, **more)):
        etag = ask().headers["etag"]
        for given, status in ((etag, 304), (f"W/{etag}", 304), ('"other"', 200), (f'"other", {etag}', 304)):
            answer = ask(headers={"If-None-Match": given})
            assert answer.status_code == status
            assert answer.headers["etag"] == etag
            assert (not answer.content) == (status == 304)


def test_other_questions_have_other_answers(api: Api) -> None:
    made = api.made()
    layer, render = _urls(api, made)
    whole = api.http.get(layer).content
    assert api.http.get(layer, headers={"Range": "bytes=0-7"}).content == whole[:8]
    assert api.http.get(layer, params={"w": 8}).content != whole
    head = api.http.head(layer)
    assert (head.status_code, head.content, int(head.headers["content-length"])) == (200, b"", len(whole))
    assert api.http.post(render, json=MOVE).content != api.http.post(render, json={"operations": []}).content
    assert api.http.post(render, content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert api.http.post(render, content=b"{}", headers={"Content-Type": "application/json"}).status_code == 200


def test_problems_are_never_kept(api: Api) -> None:
    made = api.made()
    wrong = {"operations": [{"op": "move", "layer": "Red cart", "by": {"x": 5}}]}
    for _ in range(2):
        assert api.http.post(f"/v1/decompositions/{made}/render", json=wrong).status_code == 422
        assert api.http.get(f"/v1/decompositions/{made}/layers/77.png").status_code == 404


def test_what_is_deleted_is_gone_at_once(api: Api) -> None:
    made = api.made()
    layer, render = _urls(api, made)
    for _ in range(2):
        assert api.http.get(layer).status_code == 200
        assert api.http.post(render, json=MOVE).status_code == 200
    assert api.http.delete(f"/v1/decompositions/{made}").status_code == 204
    assert api.http.get(layer).status_code == 404
    assert api.http.post(render, json=MOVE).status_code == 404


@pytest.mark.parametrize("memory", [2**20, 0])
def test_a_second_api_forgets_what_the_first_deletes(
    serve: Callable[..., AbstractContextManager[Api]], memory: int
) -> None:
    with serve() as one, serve(answers_bytes=memory) as two:  # without answers, manifests are still remembered
        made = one.made()
        layer, render = _urls(one, made)
        assert two.http.get(layer).status_code == two.http.post(render, json=MOVE).status_code == 200
        assert one.http.delete(f"/v1/decompositions/{made}").status_code == 204
        end = time.monotonic() + PATIENCE_S
        while two.http.get(layer).status_code != 404:
            assert time.monotonic() < end
        assert two.http.post(render, json=MOVE).status_code == 404


def test_metrics_count_them_under_their_route(api: Api) -> None:
    layer, _ = _urls(api, api.made())
    route = 'route="/v1/decompositions/{decomposition_id}/layers/{index}.png"'

    def count() -> float:
        lines = api.http.get("/metrics").text.splitlines()
        counted = [line for line in lines if "duration_seconds_count" in line and route in line and '"200"' in line]
        return sum(float(line.rpartition(" ")[2]) for line in counted)

    before = count()
    for _ in range(3):
        api.http.get(layer)
    assert count() == before + 3


@pytest.mark.parametrize("memory", [0, 1000])
def test_little_memory_keeps_little(serve: Callable[..., AbstractContextManager[Api]], memory: int) -> None:
    with serve(answers_bytes=memory) as api:
        layer, _ = _urls(api, api.made())
        assert api.http.get(layer).content == api.http.get(layer).content
