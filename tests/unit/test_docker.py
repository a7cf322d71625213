"""The Docker files agree with the code; no engine is needed to see that."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from app.cli import main
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
TORCH_EXTRAS = {"gpu", "dev"}


def _targets() -> dict[str, str]:
    """Each stage of the Dockerfile and its lines, those of the stage it is built on included."""
    stages: dict[str, str] = {}
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    for base, name, body in re.findall(r"^FROM (\S+) AS (\S+)\n(.*?)(?=^FROM |\Z)", text, re.MULTILINE | re.DOTALL):
        stages[name] = stages.get(base, "") + body
    return stages


def _command_lines() -> dict[str, list[str]]:
    found = {f"compose {name}": SERVICES[name]["command"] for name in OURS}
    for target, body in _targets().items():
        for words in re.findall(r"^CMD (\[.*\])$", body, re.MULTILINE):
            found[f"target {target}"] = yaml.safe_load(words)
    return found


@pytest.mark.parametrize("words", [pytest.param(words, id=name) for name, words in _command_lines().items()])
def test_command_line_is_understood_by_the_cli(words: list[str]) -> None:
    program, name, *arguments = words
    assert program == "lamina"
    command = main.get_command(click.Context(main), name)
    assert command is not None
    command.make_parser(click.Context(command)).parse_args(args=list(arguments))


def test_images_have_the_targets_api_and_worker() -> None:
    assert {"api", "worker"} <= set(_targets())


def test_compose_builds_only_targets_that_exist_with_arguments_they_take() -> None:
    for name in OURS:
        build = SERVICES[name]["build"]
        body = _targets()[build["target"]]
        assert set(build.get("args", {})) <= set(re.findall(r"^ARG (\w+)", body, re.MULTILINE)), name


def test_services_with_one_image_are_built_the_same_way() -> None:
    builds: dict[str, list[Any]] = {}
    for name in OURS:
        builds.setdefault(SERVICES[name]["image"], []).append(SERVICES[name]["build"])
    assert all(build == same[0] for same in builds.values() for build in same)


def test_variables_are_settings() -> None:
    known = {f"LAMINA_{name.upper()}" for name in Settings.model_fields}
    used = set(
        re.findall(r"LAMINA_[A-Z0-9_]+", (ROOT / "docker-compose.yml").read_text() + (ROOT / "Dockerfile").read_text())
    )
    assert used <= known


def test_defaults_of_shared_variables_are_those_of_the_settings() -> None:
    for name in OURS:
        for variable, value in SERVICES[name]["environment"].items():
            if default := re.fullmatch(r"\$\{LAMINA_\w+:-(.*)\}", value):
                field = Settings.model_fields[variable.removeprefix("LAMINA_").lower()]
                expected = ",".join(field.default) if isinstance(field.default, tuple) else str(field.default)
                assert default[1].lower() == expected.lower(), variable


def test_api_image_installs_no_torch_and_worker_images_what_their_models_need() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert not [
        name for name in project["dependencies"] if re.match(r"torch|diffusers|transformers|onnxruntime|rapidocr", name)
    ]
    installs = re.findall(r"pip install (.*)$", _targets()["api"], re.MULTILINE)
    assert [line for line in installs if "[" in line] == []
    for name in OURS:
        extras = set(SERVICES[name]["build"].get("args", {}).get("EXTRAS", "").split(",")) - {""}
        assert extras <= set(project["optional-dependencies"]), name
        if "qwen-image-layered" in SERVICES[name]["command"]:
            assert extras & TORCH_EXTRAS, name
        else:
            assert not extras & TORCH_EXTRAS, name


@pytest.mark.parametrize(
    ("extras", "has_compiler"), [("classic,gpu,quantised", True), ("gpu", True), ("classic", False)]
)
def test_images_for_a_gpu_have_the_c_compiler_that_triton_needs(
    extras: str, has_compiler: bool, tmp_path: Path
) -> None:
    (condition,) = re.findall(r"^RUN (case .* esac)$", _targets()["worker"], re.MULTILINE)
    for program in ("apt-get", "rm"):
        (tmp_path / program).write_text('#!/bin/sh\necho "$0 $*"\n')
        (tmp_path / program).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-c", condition],
        env={"PATH": str(tmp_path), "EXTRAS": extras},
        capture_output=True,
        text=True,
        check=True,
    )
    installed = re.search(r"apt-get install .*\bgcc libc6-dev$", done.stdout, re.MULTILINE)
    assert bool(installed) is has_compiler


def test_everything_copied_is_there_and_not_ignored() -> None:
    kept = {line.lstrip("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        source for line in re.findall(r"^COPY (.+) \S+$", _targets()["base"], re.MULTILINE) for source in line.split()
    }
    assert copied == kept
    assert [source for source in sorted(copied) if not (ROOT / source).exists()] == []


def test_ports_agree_between_image_compose_and_health_checks() -> None:
    api = SERVICES["api"]
    port = str(Settings.model_fields["port"].default)
    assert api["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert api["command"][api["command"].index("--port") + 1] == port
    body = _targets()["api"]
    assert re.findall(r"^EXPOSE (\d+)$", body, re.MULTILINE) == [port]
    assert f"LAMINA_PORT={port}" in body
    probes = re.findall(r"http://127\.0\.0\.1:(\d+)/\w+", body + " ".join(api["healthcheck"]["test"]))
    assert probes == [port, port]


def test_every_dependency_of_a_service_can_become_what_is_waited_for() -> None:
    for name, service in SERVICES.items():
        for other, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "test" in SERVICES[other]["healthcheck"], f"{name} waits for {other}"
            else:
                assert wanted["condition"] == "service_completed_successfully"
                assert SERVICES[other]["restart"] == "on-failure", f"{other} never completes"


def test_the_database_is_asked_over_tcp_where_its_first_start_does_not_answer() -> None:
    assert "--host" in SERVICES["postgres"]["healthcheck"]["test"]


def test_our_processes_have_an_init_that_reaps_children_and_a_user_without_rights() -> None:
    for name in OURS:
        assert SERVICES[name]["init"] is True, name
        body = _targets()[SERVICES[name]["build"]["target"]]
        assert re.findall(r"^USER (\S+)$", body, re.MULTILINE) == ["lamina"], name
        assert body.index("USER lamina") > body.rindex("pip install"), name


def test_images_install_what_the_tests_were_run_with() -> None:
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
    for target in ("api", "worker"):
        installs = re.findall(r"pip install (.*)$", _targets()[target], re.MULTILINE)
        assert installs
        assert all("--constraint constraints.txt" in line for line in installs)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["gpu"]]
    wanted += project["optional-dependencies"]["classic"]
    names = {re.split(r"[\[<>=; ]", line)[0].lower().replace("_", "-") for line in wanted}
    assert names - {name.lower().replace("_", "-") for name in pinned} == set()
    python = (ROOT / "Dockerfile").read_text().partition("FROM python:")[2].partition("-")[0]
    assert project["requires-python"] == f">={python}"


def test_models_keep_their_weights_on_a_volume() -> None:
    gpu = SERVICES["worker-gpu"]
    (folder,) = [volume.partition(":")[2] for volume in gpu["volumes"]]
    assert Path(gpu["environment"]["HF_HOME"]).is_relative_to(folder)


def test_named_volumes_are_declared() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_only_the_gpu_worker_needs_a_profile() -> None:
    assert {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service} == {
        "worker-gpu": ["gpu"]
    }
