"""Free main memory is what a container leaves, where it leaves less than the machine."""

from pathlib import Path

import psutil
import pytest

from model.decomposers.qwen_image_layered.device.host import free_bytes


def _cgroup(folder: Path, limit: str) -> Path:
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text("70000\n")
    (folder / "memory.stat").write_text("anon 30000\nfile 40000\nactive_file 5000\ninactive_file 15000\nshmem 20000\n")
    return folder


def test_a_containers_limit_counts_without_the_pages_of_files(tmp_path: Path) -> None:
    assert free_bytes(_cgroup(tmp_path, "100000")) == 50_000


def test_a_container_over_its_limit_has_nothing_left(tmp_path: Path) -> None:
    assert free_bytes(_cgroup(tmp_path, "10000")) == 0


@pytest.mark.parametrize("limit", ["max", str(2**60), ""])
def test_without_a_limit_below_it_the_machines_memory_counts(tmp_path: Path, limit: str) -> None:
    assert 0 < free_bytes(_cgroup(tmp_path, limit)) <= psutil.virtual_memory().total


def test_a_machine_without_such_limits_has_its_own_memory(tmp_path: Path) -> None:
    assert 0 < free_bytes(tmp_path / "nothing") <= psutil.virtual_memory().total
