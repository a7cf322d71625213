"""Options of the command line become settings, and settings the environment of the processes that do the work."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.cli.doctor import doctor
from app.cli.migrate import migrate
from app.cli.options import environment_of, gpu_options, settings_with
from app.cli.up import up
from app.cli.worker import worker
from app.settings import Settings


@click.command()
@gpu_options
def chosen(**options: object) -> None:
    for name, value in sorted(environment_of(settings_with(**options)).items()):
        click.echo(f"{name}={value}")


def test_what_is_chosen_for_the_gpu_reaches_the_worker() -> None:
    said = CliRunner().invoke(chosen, ["--precision", "fp8", "--memory", "streamed", "--speed", "fast"]).output
    assert {"LAMINA_QWEN_PRECISION=fp8", "LAMINA_QWEN_MEMORY=streamed", "LAMINA_QWEN_SPEED=fast"} <= {*said.split()}
    assert "LAMINA_FP16=True" in CliRunner().invoke(chosen, ["--fp16"]).output.split()


def test_what_is_not_chosen_is_left_to_the_environment() -> None:
    said = CliRunner().invoke(chosen, [], env={"LAMINA_QWEN_MEMORY": "turns"}).output
    assert [line for line in said.splitlines() if "DATA_DIR" not in line] == ["LAMINA_QWEN_MEMORY=turns"]
    assert (
        "LAMINA_QWEN_MEMORY=whole"
        in CliRunner().invoke(chosen, ["--memory", "whole"], env={"LAMINA_QWEN_MEMORY": "turns"}).output
    )


@pytest.mark.parametrize("command", [up, worker], ids=lambda command: command.name)
def test_contradictions_and_unknown_words_are_refused(command: click.Command, tmp_path: Path) -> None:
    at = {"LAMINA_DATA_DIR": str(tmp_path)}
    both = CliRunner().invoke(command, ["--fp16", "--precision", "fp8"], env=at)
    assert (both.exit_code, "exclude each other" in both.output) == (2, True)
    unknown = CliRunner().invoke(command, ["--memory", "plenty"], env=at)
    assert (unknown.exit_code, "'streamed'" in unknown.output) == (2, True)


def test_folders_are_handed_on_as_whole_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights").mkdir()
    monkeypatch.chdir(tmp_path)
    environment = environment_of(Settings(qwen_weights="weights"))
    assert environment["LAMINA_QWEN_WEIGHTS"] == str(tmp_path / "weights")
    assert environment["LAMINA_DATA_DIR"] == str(tmp_path / ".lamina")


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ("classic,nope", "there is no model called 'nope'; known are "),
        (" , ", "name one at least"),
    ],
)
@pytest.mark.parametrize("command", [doctor, migrate, up], ids=lambda command: command.name)
def test_a_model_that_nobody_knows_is_refused_before_anything_starts(
    command: click.Command, models: str, words: str, tmp_path: Path
) -> None:
    at = {"LAMINA_DATA_DIR": str(tmp_path), "LAMINA_MODELS": models, "LAMINA_DECOMPOSERS": "mine=my.own:Model@1"}
    said = CliRunner().invoke(command, [], env=at)
    assert (said.exit_code, words in said.output) == (2, True), said.output
    assert list(tmp_path.iterdir()) == []


def test_a_model_of_ones_own_is_known() -> None:
    assert settings_with(models=("mine",), decomposers=("mine=my.own:Model@1",)).models == ("mine",)
