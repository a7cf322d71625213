"""The client knows what the service knows; and what it does not know, it lives with."""

import ast
import dataclasses
import inspect
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from app.web import (
    asset_schemas,
    decomposition_schemas,
    document_schemas,
    fonts,
    job_schemas,
    layer_schemas,
    sign,
    template_schemas,
    webhook_schemas,
)
from app.web.asked import DecompositionIn
from app.web.document_layer_schemas import DocumentLayerOut
from app.web.export_options import READERS as EXPORT_OPTIONS
from app.web.output import OutputIn
from lamina import make_sync
from lamina.client import ExportOptions, How, Output, operations, shapes
from lamina.client.events import Event, EventLines
from lamina.client.reading import read
from model.edits import operation_schemas
from tests.test_architecture import ROOT

OURS = {"raw"}


@pytest.mark.parametrize(
    ("shape", "theirs"),
    [
        (shapes.JobFields, job_schemas.JobOut),
        (shapes.Progress, job_schemas.ProgressOut),
        (shapes.LayerFields, layer_schemas.LayerOut),
        (shapes.TextLine, layer_schemas.TextLineOut),
        (shapes.TextWord, layer_schemas.TextWordOut),
        (shapes.DecompositionFields, decomposition_schemas.DecompositionOut),
        (shapes.Group, layer_schemas.GroupOut),
        (shapes.Parent, decomposition_schemas.ParentOut),
        (shapes.DocumentFields, document_schemas.ChangedDocumentOut),
        (shapes.DocumentLayerFields, DocumentLayerOut),
        (shapes.Revision, document_schemas.RevisionOut),
        (shapes.AssetFields, asset_schemas.AssetOut),
        (shapes.Similar, job_schemas.SimilarOut),
        (shapes.Signed, sign.SignedOut),
        (shapes.Counts, job_schemas.CountsOut),
        (shapes.TemplateFields, template_schemas.TemplateOut),
        (shapes.TemplateVersion, template_schemas.VersionOut),
        (shapes.WebhookFields, webhook_schemas.NewWebhookOut),
        (shapes.Secret, webhook_schemas.SecretOut),
        (shapes.DeliveryFields, webhook_schemas.DeliveryOut),
        (shapes.Attempt, webhook_schemas.AttemptOut),
        (shapes.Font, fonts.FontOut),
        (shapes.Fonts, fonts.FontList),
    ],
    ids=lambda shape: shape.__name__,
)
def test_every_field_is_one_that_the_service_sends(shape: Any, theirs: type[BaseModel]) -> None:
    names = {field.name for field in dataclasses.fields(shape)} - OURS
    assert {"image" if name == "size" else name for name in names} <= set(theirs.model_fields)


def test_everything_that_can_be_asked_for_can_be_asked_for_by_name() -> None:
    assert How.__optional_keys__ == set(DecompositionIn.model_fields) - {"image_url", "image_base64"}
    options = {field.name for kind in EXPORT_OPTIONS if kind is not None for field in dataclasses.fields(kind)}
    assert ExportOptions.__optional_keys__ == options
    assert Output.__optional_keys__ == set(OutputIn.model_fields) - {"format"}


@pytest.mark.parametrize(("op", "schema"), operation_schemas().items())
def test_every_operation_has_a_function_with_its_parameters(op: str, schema: dict[str, Any]) -> None:
    function = getattr(operations, op)
    parameters = inspect.signature(function).parameters
    assert {name.rstrip("_") for name in parameters} == set(schema["properties"]) - {"op"}
    values = {name: f"<{name}>" for name in parameters}
    assert function(**values) == {"op": op, **{name.rstrip("_"): value for name, value in values.items()}}
    needed = {name: values[name] for name in schema["required"] if name != "op"}
    assert function(**needed) == {"op": op, **needed}


def test_an_older_and_a_newer_service_are_understood() -> None:
    urls = {"self": "/v1/jobs/j"}
    newer = {"id": "j", "status": "paused", "created_at": "2026-11-28T12:00:00.5+00:00", "urls": urls, "mood": "good",
             "progress": {"fraction": 1, "colour": "red"}, "attempts": None}  # fmt: skip
    job = read(shapes.JobFields, newer)
    assert job.created_at == datetime(2026, 11, 28, 12, 0, 0, 500_000, UTC)
    assert (job.progress.fraction, type(job.progress.fraction), job.attempts, job.kind) == (1.0, float, 0, "")
    assert (job.is_finished, job.error, job.result, job.raw["mood"]) == (False, None, None, "good")


def test_events_are_parsed_as_browsers_do() -> None:
    feed = EventLines()
    lines = [
        "retry: 250",
        ": a comment",
        "data: one",
        "data:two",
        "id: 7",
        "unknown: x",
        "",
        "",
        "data",
        "",
        "id: a\0b",
        "",
    ]
    events = [event for line in lines if (event := feed.take(line))]
    assert events == [Event("one\ntwo", "7"), Event("", "7")]
    assert (feed.last_id, feed.pause_s) == ("7", 0.25)
    feed.take("data: half")
    feed.broke_off()
    assert feed.take("") is None


def test_the_synchronous_client_is_the_asynchronous_one_without_waiting() -> None:
    made = make_sync.modules()
    assert made == {path.name: path.read_text() for path in make_sync.MADE.glob("*.py")}
    left = [name for name, text in made.items() if "async" in text.partition("\n")[2].replace("``async``", "")]
    assert left == []


def test_the_client_imports_httpx_and_the_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"httpx", "lamina"}
    for path in (ROOT / "lamina").rglob("*.py"):
        assert _imported(path) <= allowed | {"PIL"}, path
        for_types = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.If)]
        in_types = {name for node in for_types for name in _names(node)}
        assert "PIL" not in _imported(path) or "PIL" in in_types, path


def _imported(path: Path) -> set[str]:
    return _names(ast.parse(path.read_text()))


def _names(tree: ast.AST) -> set[str]:
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {alias.name.partition(".")[0] for node in imports for alias in node.names} | {
        (node.module or "").partition(".")[0] for node in froms
    }
