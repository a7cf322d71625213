"""Command line options become settings, and settings become the environment of a child."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import click
from pydantic import ValidationError

from app.settings import Settings
from model.decomposers import NAMES

_Command = TypeVar("_Command", bound=Callable[..., Any])

listen_option = click.option("--listen", help="The address of the API.  [default: 127.0.0.1]")
port_option = click.option(
    "--port", type=click.IntRange(0, 65535), help="The port of the API; 0 takes a free one.  [default: 8080]"
)
data_option = click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Where the data is kept.  [default: .lamina]"
)
models_option = click.option(
    "--models", metavar="NAMES", help="The models offered, comma-separated.  [default: classic]"
)
leash_option = click.option("--leash", type=int, hidden=True, help="The process to end with.")


def gpu_options(command: _Command) -> _Command:
    """``--fp16``, ``--precision``, ``--memory`` and ``--speed``, named as their settings are."""
    for name, sentence in _OF_QWEN.items():
        choices = get_args(Settings.model_fields[f"qwen_{name}"].annotation)
        command = click.option(f"--{name}", f"qwen_{name}", type=click.Choice(choices), help=sentence)(command)
    return click.option("--fp16/--no-fp16", default=None, help="The same as --precision fp16.")(command)


_OF_QWEN = {
    "speed": "fast drifts from exact.  [default: exact]",
    "memory": "How qwen-image-layered shares the GPU's memory.  [default: auto, the fastest way that fits]",
    "precision": "Of the weights of qwen-image-layered.  [default: auto, bfloat16 where the GPU has it]",
}


def settings_with(**given: object) -> Settings:
    """The settings of the environment, with what was given on the command line in their place.

    Raises:
        click.UsageError: a setting is not valid; the message names it.
    """
    chosen = {name: value for name, value in given.items() if value not in (None, ())}
    try:
        settings = Settings(**chosen)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = "; ".join(": ".join([*map(str, e["loc"]), e["msg"]]) for e in error.errors())
        raise click.UsageError(f"A setting is not valid: {problems}") from None
    _must_be_known(settings)
    return settings


def _must_be_known(settings: Settings) -> None:
    """Where a model is not, every process would end as soon as it starts, and start again for ever."""
    if not settings.models:
        raise click.UsageError("A setting is not valid: models: name one at least")
    known = {*NAMES, *(entry.partition("=")[0] for entry in settings.decomposers)}
    if unknown := [name for name in settings.models if name not in known]:
        raise click.UsageError(
            f"A setting is not valid: models: there is no model called {unknown[0]!r}; "
            f"known are {', '.join(sorted(known))}"
        )


def environment_of(settings: Settings) -> Mapping[str, str]:
    """``LAMINA_…`` variables that give a child the same settings; folders are made absolute.

    What is neither in the environment nor on the command line is left out, so that the child's own default holds.
    """
    environment = {}
    for name in settings.model_fields_set | {"data_dir"}:
        value = getattr(settings, name)
        if value is not None:
            environment[f"LAMINA_{name.upper()}"] = _written(name, value)
    return environment


_MAYBE_PATHS = ("qwen_weights", "qwen_adapter", "qwen_control")


def _written(name: str, value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, Path) or (name in _MAYBE_PATHS and Path(str(value)).exists()):
        return str(Path(str(value)).resolve())
    return str(value)


def need_servers(settings: Settings) -> None:
    """``lamina api`` and ``lamina worker`` are for real servers; the embedded ones belong to ``lamina up``.

    Raises:
        click.UsageError: a URL is missing.
    """
    missing = [name for name in ("database_url", "redis_url") if getattr(settings, name) is None]
    if missing:
        names = " and ".join(f"LAMINA_{name.upper()}" for name in missing)
        raise click.UsageError(f"Set {names}, or use `lamina up`, which brings its own Postgres and Redis.")


def become(command: list[str], settings: Settings) -> None:
    """Replace this process by the command, with the settings in its environment and the data folder as its own."""
    data_dir = settings.data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **environment_of(settings)}
    os.chdir(data_dir)  # Celery imports from where it is; a folder called `worker` there must not be ours
    os.execve(command[0], command, environment)
