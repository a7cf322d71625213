"""A worker a GPU: each is started with the number of its own, and that is all."""

import sys
from pathlib import Path

import psutil

from tests.worker_process import Customer, Puppets, StartWorker, Watch


def test_two_workers_started_for_two_gpus_share_the_jobs(
    start_worker: StartWorker, customer: Customer, watch: Watch, puppets: Puppets, tmp_path: Path
) -> None:
    for number in ("0", "1"):
        command = [sys.executable, "-P", "-m", "app.cli", "worker", "--model", "device", "--gpu", number]
        start_worker(command, LAMINA_DATA_DIR=str(tmp_path / "data"), CUDA_VISIBLE_DEVICES="7")
    posted = [customer.post("device"), customer.post("device")]
    on_devices = [puppets.next(), puppets.next()]
    seen = [psutil.Process(puppet.pid).environ() for puppet in on_devices]
    assert sorted(environment["CUDA_VISIBLE_DEVICES"] for environment in seen) == ["0", "1"]
    assert {environment["CUDA_DEVICE_ORDER"] for environment in seen} == {"PCI_BUS_ID"}
    for puppet in on_devices:
        puppet.tell("finish")
    for _ in posted:
        puppets.next().tell("finish")
    assert [watch.job(job, "succeeded").attempt for job in posted] == [1, 1]
