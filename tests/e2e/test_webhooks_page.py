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
def test_the_receiver_of_the_page_is_told_of_a_job_and_of_a_test(http: httpx.Client) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    hook = http.post("/v1/webhooks", json={"url": f"http://127.0.0.1:{port}/hooks/lamina"}).json()
    try:
        with _receiver(hook["secret"], port) as process:
            form = {"files": {"image": cards_png()}, "data": {"model": "noop", "cache": "bypass"}}
            job = http.post("/v1/decompositions", headers={"Prefer": "wait=60"}, **form).json()
            assert process.stdout is not None  # what came before it listened comes again after five seconds
            assert process.stdout.readline().split() == ["job.succeeded", job["urls"]["result"]]
            http.post(hook["urls"]["test"])
            assert process.stdout.readline().split() == ["webhook.test", "None"]
        told = http.get(hook["urls"]["deliveries"]).json()["deliveries"]
    finally:  # other tests end jobs too
        http.delete(hook["urls"]["self"])
    assert [one["event"]["type"] for one in told] == ["webhook.test", "job.succeeded"]
    assert told[1]["status"] == "succeeded"


def test_what_the_page_says_is_sent_is_part_of_it() -> None:
    (example,) = (json.loads(block) for block in _blocks("json"))
    assert set(example) == {"type", "timestamp", "data"}
    assert {"id", "kind", "status"} <= set(example["data"])
