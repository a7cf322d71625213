"""Webhooks over HTTP, to a real receiver; the clock is turned by moving what is due, and nobody sleeps."""

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from standardwebhooks import WebhookVerificationError

from app.flow.public_address import Resolve, resolve_by_system
from app.flow.webhooks import schedule, sender
from app.flow.webhooks.schedule import DELAYS_S, PATIENCE_S
from app.flow.webhooks.sender import Sender
from app.settings import Settings
from app.store.session import sqlalchemy_url
from tests.api_in_thread import Api, cards_png, serving
from tests.webhook_receiver import Receiver, receiving
from tests.worker_process import PATIENCE_S as TEST_PATIENCE_S
from worker import deliver
from worker.deliver import Delivery, described

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def open_api(servers: Settings, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One that sends to this machine too."""
    outside = create_engine(sqlalchemy_url(str(servers.database_url)), isolation_level="AUTOCOMMIT")
    with outside.connect() as connection:
        connection.execute(text(f"CREATE DATABASE lamina_webhooks TEMPLATE {template}"))
    outside.dispose()
    url = make_url(str(servers.database_url)).set(database="lamina_webhooks").render_as_string(hide_password=False)
    data = tmp_path_factory.mktemp("webhooks") / "data"
    with serving(url, str(servers.redis_url), data, allow_private_urls=True, webhook_timeout_s=60) as api:
        yield api


@pytest.fixture
def hooks(open_api: Api) -> Api:
    open_api.empty()
    return open_api


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def made(api: Api, url: str, **fields: Any) -> dict[str, Any]:
    answer = api.http.post("/v1/webhooks", json={"url": url, **fields})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == answer.json()["urls"]["self"]
    created: dict[str, Any] = answer.json()
    return created


def send(api: Api, resolve: Resolve = resolve_by_system, **changed: Any) -> int:
    """Send what is due now; how many attempts that were."""
    settings = api.settings.model_copy(update=changed)
    return asyncio.run(Sender(settings, api.engine, described, resolve).send_due())


def turn(api: Api, seconds: float) -> None:
    """As if so much time had gone by."""
    moments = {
        "webhook_deliveries": ("due_at", "leased_until"),
        "webhooks": ("failing_since", "previous_until"),
        "signing_keys": ("previous_until",),
    }
    with api.engine.begin() as connection:
        for table, columns in moments.items():
            back = ", ".join(f"{column} = {column} - make_interval(secs => :s)" for column in columns)
            connection.execute(text(f"UPDATE {table} SET {back}"), {"s": seconds})


def deliveries(api: Api, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.http.get("/v1/webhooks/deliveries", params=query).json()["deliveries"]
    return found


def pause_s(api: Api) -> float:
    """Until the one delivery's next attempt, on the database's clock."""
    with api.engine.connect() as connection:
        return float(
            connection.scalar(text("SELECT extract(epoch FROM due_at - clock_timestamp()) FROM webhook_deliveries"))
        )


def test_a_job_that_ends_is_told_and_signed_and_logged(hooks: Api, receiver: Receiver) -> None:
    hook = made(hooks, receiver.url, description="The shop")
    receiver.answers.append((200, {}, b"thank you"))
    decomposition = hooks.made()
    assert send(hooks) == 1
    (sent,) = receiver.sent
    sent.signed_by(hook["secret"])
    with pytest.raises(WebhookVerificationError):
        sent.signed_by("whsec_" + "A" * 44)
    (job,) = hooks.http.get("/v1/jobs").json()["jobs"]
    assert sent.event == {
        "type": "job.succeeded",
        "timestamp": job["finished_at"][:23] + "Z",
        "data": job,
    }
    assert job["result"]["decomposition_id"] == decomposition
    assert sent.headers["content-type"] == "application/json"
    (logged,) = hooks.http.get(hook["urls"]["deliveries"]).json()["deliveries"]
    assert (logged["status"], logged["job_id"], logged["next_attempt_at"]) == ("succeeded", job["id"], None)
    (attempt,) = logged["attempts"]
    assert (attempt["n"], attempt["status_code"], attempt["error"]) == (1, 200, None)
    assert attempt["response_excerpt"] == "thank you"
    assert logged["event"] == {"id": sent.headers["webhook-id"], "type": "job.succeeded"}
    assert hooks.metric('lamina_webhook_attempts_total{outcome="succeeded"}') == 1
    assert hooks.metric("lamina_webhooks_waiting") == 0


def test_a_job_of_its_own_address_is_signed_with_the_secret_of_the_tenant(hooks: Api, receiver: Receiver) -> None:
    secret = hooks.http.get("/v1/webhooks/secret").json()["secret"]
    form = hooks.post(cards_png(), webhook_url=receiver.url)
    assert form.status_code == 202
    hooks.work()
    picture = base64.b64encode(cards_png()).decode()
    known = hooks.http.post(
        "/v1/decompositions", json={"image_base64": picture, "model": "cards", "webhook_url": receiver.url + "/known"}
    )
    assert (known.status_code, known.json()["cached"]) == (200, True)
    decomposition = known.json()["result"]["decomposition_id"]
    split = hooks.http.post(
        f"/v1/decompositions/{decomposition}/layers/1/decompositions",
        json={"model": "noop", "webhook_url": receiver.url + "/split"},
    )
    assert split.status_code == 202
    assert hooks.http.post(split.json()["urls"]["cancel"]).status_code == 200
    assert send(hooks) == 3
    told = {sent.path: sent.event for sent in receiver.sent}
    assert {path: event["type"] for path, event in told.items()} == {
        "/hook": "job.succeeded", "/hook/known": "job.succeeded", "/hook/split": "job.canceled",
    }  # fmt: skip
    for sent in receiver.sent:
        sent.signed_by(secret)
    assert told["/hook/split"]["data"]["kind"] == "layer_decomposition"
    (logged,) = deliveries(hooks, job_id=split.json()["id"])
    assert (logged["webhook_id"], logged["url"]) == (None, receiver.url + "/split")


def test_what_fails_is_tried_again_at_growing_pauses_under_the_same_id(hooks: Api, receiver: Receiver) -> None:
    hook = made(hooks, receiver.url)
    receiver.answers.extend([(500, {}, b"down"), (302, {"Location": receiver.url + "/elsewhere"}, b"")] * 6)
    hooks.made()
    for delay_s in DELAYS_S:
        assert send(hooks) == 1
        assert send(hooks) == 0
        assert delay_s * 0.8 - 5 <= pause_s(hooks) <= delay_s * 1.2
        turn(hooks, delay_s * 1.2)
    assert send(hooks) == 1
    turn(hooks, 30 * DAY_S)
    assert send(hooks) == 0
    assert len({sent.headers["webhook-id"] for sent in receiver.sent}) == 1
    assert len({sent.body for sent in receiver.sent}) == 1
    assert {sent.path for sent in receiver.sent} == {"/hook"}
    for sent in receiver.sent:
        sent.signed_by(hook["secret"])
    (logged,) = deliveries(hooks, status="failed")
    assert [attempt["n"] for attempt in logged["attempts"]] == list(range(1, 11))
    assert [attempt["status_code"] for attempt in logged["attempts"][:2]] == [500, 302]
    assert "redirects are not followed" in logged["attempts"][1]["error"]


def test_a_delivery_is_sent_once_more_when_somebody_asks(hooks: Api, receiver: Receiver) -> None:
    hook = made(hooks, receiver.url)
    hooks.made()
    send(hooks)
    (logged,) = hooks.http.get(hook["urls"]["deliveries"]).json()["deliveries"]
    again = hooks.http.post(f"{hook['urls']['deliveries']}/{logged['id']}/replay")
    assert (again.status_code, again.json()["status"]) == (202, "pending")
    receiver.answers.append((503, {}, b""))
    assert send(hooks) == 1
    assert pause_s(hooks) <= DELAYS_S[0] * 1.2  # it begins its retries anew
    assert hooks.http.post(logged["urls"]["replay"]).status_code == 202
    assert send(hooks) == 1
    assert len({(sent.headers["webhook-id"], sent.body) for sent in receiver.sent}) == 1
    done = hooks.http.get(logged["urls"]["self"]).json()
    assert [attempt["status_code"] for attempt in done["attempts"]] == [204, 503, 204]
    assert done["status"] == "succeeded"


def test_a_receiver_says_when_to_come_back(hooks: Api, receiver: Receiver) -> None:
    made(hooks, receiver.url)
    receiver.answers.append((429, {"Retry-After": "900"}, b""))
    hooks.made()
    send(hooks)
    assert 800 < pause_s(hooks) <= 900


def test_one_that_is_gone_is_disabled_and_can_come_back(hooks: Api, receiver: Receiver) -> None:
    hook = made(hooks, receiver.url)
    receiver.answers.append((410, {}, b""))
    hooks.made()
    assert send(hooks) == 1
    found = hooks.http.get(hook["urls"]["self"]).json()
    assert (found["enabled"], found["disabled_reason"]) == (False, "gone")
    (logged,) = deliveries(hooks)
    assert logged["status"] == "failed"
    for path in (logged["urls"]["replay"], hook["urls"]["test"]):
        refused = hooks.http.post(path)
        assert (refused.status_code, refused.json()["code"]) == (409, "webhook-disabled")
    hooks.made()
    turn(hooks, DAY_S)
    assert send(hooks) == 0
    back = hooks.http.patch(hook["urls"]["self"], json={"enabled": True}).json()
    assert (back["enabled"], back["disabled_reason"], back["failing_since"]) == (True, None, None)
    assert hooks.http.post(logged["urls"]["replay"]).status_code == 202
    assert send(hooks) == 1


def test_one_that_has_only_failed_for_days_is_disabled_unless_it_answers_once(hooks: Api, receiver: Receiver) -> None:
    hook = made(hooks, receiver.url)
    for answers, enabled in (([500, 204, 500, 500], True), ([500], False)):
        for status in answers:
            receiver.answers.append((status, {}, b""))
            assert hooks.http.post(hook["urls"]["test"]).status_code == 202
            assert send(hooks) >= 1
            receiver.answers.clear()
        assert hooks.http.get(hook["urls"]["self"]).json()["enabled"] is enabled
        turn(hooks, PATIENCE_S + 1)
        receiver.answers.extend([(500, {}, b"")] * 9)
    assert hooks.http.get(hook["urls"]["self"]).json()["disabled_reason"] == "failing"
    assert {one["status"] for one in deliveries(hooks)} == {"failed", "succeeded"}


def test_both_secrets_sign_for_a_day_after_a_rotation(hooks: Api, receiver: Receiver) -> None:
    hook = made(hooks, receiver.url)
    old_default = hooks.http.get("/v1/webhooks/secret").json()["secret"]
    new = hooks.http.post(hook["urls"]["rotate"]).json()
    new_default = hooks.http.post("/v1/webhooks/secret/rotate").json()["secret"]
    assert new["previous_until"] is not None
    hooks.post(cards_png(), webhook_url=receiver.url + "/own")
    hooks.work()
    assert send(hooks) == 2
    for sent in receiver.sent:
        for secret in (old_default, new_default) if sent.path == "/hook/own" else (hook["secret"], new["secret"]):
            sent.signed_by(secret)
    turn(hooks, DAY_S + 1)
    assert hooks.http.get(hook["urls"]["secret"]).json() == {"secret": new["secret"], "previous_until": None}
    hooks.http.post(hook["urls"]["test"])
    send(hooks)
    receiver.sent[-1].signed_by(new["secret"])
    with pytest.raises(WebhookVerificationError):
        receiver.sent[-1].signed_by(hook["secret"])


def test_a_receiver_that_hangs_holds_up_nobody_and_is_given_up(
    hooks: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "LAST_S", 0.1)
    with receiving() as other:
        stuck = made(hooks, receiver.url)
        receiver.free.clear()
        for _ in range(10):
            hooks.http.post(stuck["urls"]["test"])
        fine = made(hooks, other.url)
        hooks.http.post(fine["urls"]["test"])
        delivery = Delivery(hooks.settings, hooks.engine)
        delivery.start()
        try:
            assert other.came.acquire(timeout=TEST_PATIENCE_S)
            for _ in range(4):
                assert receiver.came.acquire(timeout=TEST_PATIENCE_S)
            assert not receiver.came.acquire(blocking=False)
        finally:
            delivery.stop()
    assert {one["status"] for one in deliveries(hooks) if one["webhook_id"] == stuck["id"]} == {"pending"}
    with hooks.engine.connect() as connection:  # the sender that stopped handed back what it held
        assert connection.scalar(text("SELECT count(*) FROM webhook_deliveries WHERE leased_until IS NOT NULL")) == 0
    send(hooks, webhook_timeout_s=0.3)
    found = [one["attempts"] for one in deliveries(hooks) if one["webhook_id"] == stuck["id"]]
    assert {(len(one), one[0]["status_code"], one[0]["error"]) for one in found} == {
        (1, None, "It did not answer within 0.3 s.")
    }


def test_a_worker_is_woken_by_the_end_of_a_job(hooks: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "LOOK_EVERY_S", 3600.0)
    monkeypatch.setattr(schedule, "DELAYS_S", (0.2,))
    delivery = Delivery(hooks.settings, hooks.engine)
    delivery.start()
    try:
        made(hooks, receiver.url)
        hooks.made()
        assert receiver.came.acquire(timeout=TEST_PATIENCE_S)
        with hooks.engine.connect() as connection:  # what is told while nobody listens is not missed
            ears = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE query LIKE 'LISTEN lamina_web%'"
            assert connection.scalars(text(ears)).all() == [True]
        receiver.answers.append((500, {}, b""))
        hooks.made()
        assert receiver.came.acquire(timeout=TEST_PATIENCE_S)  # and by the clock of its own retries
        assert receiver.came.acquire(timeout=TEST_PATIENCE_S)
    finally:
        delivery.stop()
    assert len({sent.headers["webhook-id"] for sent in receiver.sent}) == 2


def test_a_sender_that_died_after_sending_is_followed_by_another_with_the_same_id(
    hooks: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(hooks, receiver.url)
    hooks.made()
    with monkeypatch.context() as patch:
        patch.setattr(Sender, "_record", lambda *_: None)
        assert send(hooks) == 1
    turn(hooks, 60)
    assert send(hooks) == 1
    assert len(receiver.sent) == 2
    assert len({(sent.headers["webhook-id"], sent.body) for sent in receiver.sent}) == 1


def test_an_address_that_has_become_private_is_not_gone_to(hooks: Api, receiver: Receiver) -> None:
    made(hooks, receiver.url)
    hooks.made()

    async def rebound(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "169.254.169.254"]

    assert send(hooks, rebound, allow_private_urls=False) == 1
    assert receiver.sent == []
    ((attempt,),) = [one["attempts"] for one in deliveries(hooks)]
    assert attempt["status_code"] is None
    assert "not public" in attempt["error"]


def test_webhooks_are_made_listed_changed_and_deleted(hooks: Api, receiver: Receiver) -> None:
    first = made(hooks, receiver.url, events=["job.failed", "job.failed"])
    second = made(hooks, receiver.url)
    listed = hooks.http.get("/v1/webhooks", params={"limit": 1})
    assert [one["id"] for one in listed.json()["webhooks"]] == [second["id"]]
    assert "secret" not in listed.json()["webhooks"][0]
    assert hooks.http.get(listed.json()["next"]).json()["webhooks"][0]["id"] == first["id"]
    assert first["events"] == ["job.failed"]
    path = first["urls"]["self"]
    assert "secret" not in hooks.http.get(path).json()
    changed = hooks.http.patch(path, json={"events": None, "description": "all", "url": receiver.url + "/2"}).json()
    assert (changed["events"], changed["description"], changed["url"]) == (None, "all", receiver.url + "/2")
    assert hooks.http.patch(path, json={}).json() == changed
    hooks.made()
    assert hooks.http.patch(path, json={"enabled": False}).json()["disabled_reason"] is None
    assert send(hooks) == 1
    assert hooks.http.delete(path).status_code == 204
    for method, below in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/secret"), ("POST", "/rotate"),
                          ("POST", "/test"), ("GET", "/deliveries"), ("POST", "/deliveries/dlv_1/replay")):  # fmt: skip
        answer = hooks.http.request(method, path + below, json={} if method == "PATCH" else None)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), (method, below)


def test_a_webhook_asked_for_twice_under_one_key_is_one(hooks: Api, receiver: Receiver) -> None:
    body = {"url": receiver.url}
    first, again = (hooks.http.post("/v1/webhooks", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json() == again.json()
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert len(hooks.http.get("/v1/webhooks").json()["webhooks"]) == 1
