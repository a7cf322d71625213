"""The documents say what the code says."""

import re
from pathlib import Path

import click
import pytest

from app.cli import COMMANDS, main
from app.settings import Settings
from app.store.tables import JOB_STATES
from lamina.client.where import VARIABLES

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/uses/*.md")])


def _written(value: object) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`{','.join(value)}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _rows() -> list[str]:
    return [
        f"| `LAMINA_{name.upper()}` | {_written(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]


def test_settings_page_lists_every_setting_with_its_default_and_meaning() -> None:
    listed = [line for line in (ROOT / "docs/settings.md").read_text().splitlines() if line.startswith("| `LAMINA_")]
    assert listed == _rows()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_settings_named_in_documents_exist(document: Path) -> None:
    named = set(re.findall(r"LAMINA_([A-Z][A-Z0-9_]*)", document.read_text()))
    of_clients = {variable.removeprefix("LAMINA_") for variable in VARIABLES}
    assert named <= {name.upper() for name in Settings.model_fields} | of_clients


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text())
    missing = [target for target in targets if not (document.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_named_in_documents_exist(document: Path) -> None:
    named = set(re.findall(r"\b((?:app|model|worker|tests|bench|migrations|docs)/[\w/.]*)", document.read_text()))
    missing = [name for name in sorted(named) if not (ROOT / name.rstrip(".")).exists()]
    assert missing == []


def _options(command: str) -> set[str]:
    found = main.get_command(click.Context(main), command)
    assert found is not None
    return {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_lamina_commands_and_options_in_documents_exist(document: Path) -> None:
    wrong = []
    for command, rest in re.findall(r"\blamina ([a-z]+)((?: +[^\s`|&>]+)*)", _code(document)):
        if command not in COMMANDS:
            wrong.append(command)
            continue
        wrong += [option for option in re.findall(r"(?<!\S)--[\w-]+", rest) if option not in _options(command)]
    assert wrong == []


def _code(document: Path) -> str:
    """What stands in code fences and in backticks."""
    text = document.read_text()
    fences = re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return "\n".join([*fences, *spans])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_make_targets_in_documents_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z0-9-]+)", _code(document))) <= targets


def test_every_make_target_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    explained = re.findall(r"^([a-z0-9-]+):.*## \S", makefile, re.MULTILINE)
    assert sorted(phony[1].split()) == sorted(explained)


def test_drawing_of_job_states_has_exactly_the_states_of_the_table() -> None:
    page = (ROOT / "docs/job_states.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    assert rows == list(JOB_STATES)
    drawing = page.split("```")[1]
    assert [state for state in JOB_STATES if state not in drawing] == []
