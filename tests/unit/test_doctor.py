"""``lamina doctor`` finds what is missing and says how to get it."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.checks import examine
from app.cli.checks.machine import check_data_dir, check_port
from app.cli.checks.packages import check_packages
from app.cli.checks.servers import check_postgres, check_redis
from app.cli.doctor import doctor
from app.settings import Settings

NOWHERE = "127.0.0.1:1"
OFFERED = ("qwen-image-layered",)


def test_embedded_servers_count_as_servers() -> None:
    assert [check_postgres(Settings()).state, check_redis(Settings()).state] == ["ok", "ok"]


@pytest.mark.usefixtures("network")
def test_server_that_does_not_answer_is_missing() -> None:
    settings = Settings(database_url=f"postgresql://nobody@{NOWHERE}/none", redis_url=f"redis://{NOWHERE}/0")
    postgres, redis = check_postgres(settings), check_redis(settings)
    assert (postgres.state, redis.state) == ("missing", "missing")
    assert "LAMINA_DATABASE_URL" in postgres.remedy
    assert "LAMINA_REDIS_URL" in redis.remedy


@pytest.mark.usefixtures("network")
def test_taken_port_is_missing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        check = check_port(Settings(port=taken.getsockname()[1]))
    assert (check.state, "LAMINA_PORT" in check.remedy) == ("missing", True)


def test_data_folder_that_cannot_be_made_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert check_data_dir(Settings(data_dir=tmp_path / "file" / "data")).state == "missing"
    assert check_data_dir(Settings(data_dir=tmp_path / "not" / "yet" / "there")).state == "ok"


@pytest.mark.parametrize(
    ("chosen", "package"), [({"qwen_precision": "fp8"}, "torchao"), ({"qwen_precision": "4bit"}, "bitsandbytes")]
)
def test_packages_of_the_chosen_precision_are_looked_for(chosen: dict[str, str], package: str) -> None:
    assert package not in check_packages(Settings()).detail
    assert f"{package} " in check_packages(Settings.model_validate(chosen)).detail


def test_weights_of_either_model_on_a_gpu_need_the_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    states = [
        check_packages(Settings(models=models)).state
        for models in (("classic",), ("qwen-image-layered",), ("qwen-image-layered-control",))
    ]
    assert states == ["optional", "missing", "missing"]


def test_packages_that_are_not_there_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    without = check_packages(Settings(models=OFFERED, qwen_precision="4bit"))
    assert (without.state, "lamina[gpu,quantised]" in without.remedy) == ("missing", True)
    assert {"torch", "diffusers", "bitsandbytes"} <= set(without.detail.replace(",", "").split())
    assert check_packages(Settings()).state == "optional"


@pytest.mark.usefixtures("network")
def test_every_check_has_a_name_of_its_own_and_a_remedy_where_it_failed(tmp_path: Path) -> None:
    checks = examine(Settings(data_dir=tmp_path, port=0, models=OFFERED))
    assert len({check.name for check in checks}) == len(checks)
    assert all(check.remedy for check in checks if check.state != "ok")


def test_setting_that_is_not_valid_is_named() -> None:
    bad = CliRunner().invoke(doctor, [], env={"LAMINA_MAX_SIDE": "-1"})
    assert bad.exit_code == 2
    assert "max_side" in bad.output
