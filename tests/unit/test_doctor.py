"""``lamina doctor`` finds what is missing and says how to get it."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import checks
from app.cli.doctor import doctor
from app.settings import Settings

NOWHERE = "127.0.0.1:1"


def test_embedded_servers_count_as_servers() -> None:
    assert [checks.check_postgres(Settings()).state, checks.check_redis(Settings()).state] == ["ok", "ok"]


@pytest.mark.usefixtures("network")
def test_server_that_does_not_answer_is_missing() -> None:
    settings = Settings(database_url=f"postgresql://nobody@{NOWHERE}/none", redis_url=f"redis://{NOWHERE}/0")
    postgres, redis = checks.check_postgres(settings), checks.check_redis(settings)
    assert (postgres.state, redis.state) == ("missing", "missing")
    assert "LAMINA_DATABASE_URL" in postgres.remedy
    assert "LAMINA_REDIS_URL" in redis.remedy


def test_weights_are_optional_until_their_model_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    offered = Settings(models=("qwen-image-layered",))
    assert checks.check_weights(Settings()).state == "optional"
    assert checks.check_weights(offered).state == "missing"
    snapshot = tmp_path / "models--Qwen--Qwen-Image-Layered" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "model_index.json").write_text("{}")
    assert checks.check_weights(offered).state == "ok"


def test_folder_of_weights_needs_an_index(tmp_path: Path) -> None:
    settings = Settings(qwen_weights=str(tmp_path))
    assert checks.check_weights(settings).state == "missing"
    (tmp_path / "model_index.json").write_text("{}")
    assert checks.check_weights(settings).state == "ok"


@pytest.mark.usefixtures("network")
def test_taken_port_is_missing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        check = checks.check_port(Settings(port=taken.getsockname()[1]))
    assert (check.state, "LAMINA_PORT" in check.remedy) == ("missing", True)


def test_data_folder_that_cannot_be_made_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert checks.check_data_dir(Settings(data_dir=tmp_path / "file" / "data")).state == "missing"
    assert checks.check_data_dir(Settings(data_dir=tmp_path / "not" / "yet" / "there")).state == "ok"


def test_setting_that_is_not_valid_is_named(tmp_path: Path) -> None:
    bad = CliRunner().invoke(doctor, [], env={"LAMINA_MAX_SIDE": "-1"})
    assert bad.exit_code == 2
    assert "max_side" in bad.output
