"""The receiver in docs/webhooks.md is told by ``lamina up`` what the page says."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.api_in_thread import cards_png
from tests.service_of_its_own import ServiceOfItsOwn
from tests.worker_process import PATIENCE_S

PAGE = (Path(__file__).resolve().parents[2] / "docs/webhooks.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@contextmanager
def _receiver(secret: str, port: int) -> Iterator["subprocess.Popen[str]"]:
    (program,) = _blocks("python")
    environment = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port)}
    command = [sys.executable, "-c", program]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.timeout(PATIENCE_S * 2)
def test_the_receiver_of_the_page_is_told_of_a_job_and_of_a_test(own_service: ServiceOfItsOwn) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with httpx.Client(base_url=own_service.url, trust_env=False, timeout=PATIENCE_S) as http:
        hook = http.post("/v1/webhooks", json={"url": f"http://127.0.0.1:{port}/hooks/lamina"}).json()
        with _receiver(hook["secret"], port) as process:
            job = own_service.post(cards_png(), model="noop")
            assert process.stdout is not None  # what came before it listened comes again after five seconds
            assert process.stdout.readline().split() == ["job.succeeded", str(_result(http, str(job["id"])))]
            http.post(hook["urls"]["test"])
            assert process.stdout.readline().split() == ["webhook.test", "None"]
        answers = [
            (one["event"]["type"], one["status"]) for one in http.get(hook["urls"]["deliveries"]).json()["deliveries"]
        ]
    assert answers[1] == ("job.succeeded", "succeeded")
    assert answers[0][0] == "webhook.test"


def _result(http: httpx.Client, job_id: str) -> str:
    found: str = http.get(f"/v1/jobs/{job_id}").json()["urls"]["result"]
    return found


def test_what_the_page_says_is_sent_is_part_of_it() -> None:
    (example,) = (json.loads(block) for block in _blocks("json"))
    assert set(example) == {"type", "timestamp", "data"}
    assert {"id", "kind", "status"} <= set(example["data"])
