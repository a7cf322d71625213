"""A layer of a decomposition is to be split further."""

import dataclasses
from dataclasses import dataclass

from app.flow.decide import Describe, Submitted, Terms, decide, must_be_offered, must_be_told_what
from app.flow.errors import InvalidRequest, NotFound
from app.flow.find import find_decomposition, find_layer
from app.flow.services import Services
from app.settings import Settings
from app.store.jobs import NewJob
from app.store.layers import Decomposition
from model.content_hash import nested_id

KIND = "layer_decomposition"


@dataclass(frozen=True, slots=True)
class WantedSplit:
    """``model_name`` of ``None`` is the model that made the decomposition where it is offered here, else the first of
    those offered."""

    decomposition_id: str
    layer_index: int
    model_name: str | None
    terms: Terms


def split(services: Services, wanted: WantedSplit, describe: Describe) -> Submitted:
    """Write it down: one transaction decides, then the bell rings.

    Raises:
        NotFound: there is no such decomposition or layer.
        InvalidRequest: a layer of it is not blended normally, as in a frozen document; or it has groups, hidden layers
            and so on, as an imported file may.
        ModelUnavailable: not offered here.
        InvalidRequest: the model needs a prompt.
        NotCached: ``cache="only"`` and unknown.
        QuotaExceeded, QueueFull: too much is waiting.
        IdempotencyMismatch, IdempotencyConflict: of the key.
    """
    with services.engine.begin() as connection:
        parent = find_decomposition(connection, wanted.terms.tenant_id, wanted.decomposition_id)
        find_layer(parent, wanted.layer_index)
        _must_be_laid_plainly(parent)
        model_name = _model_name(services.settings, wanted, parent)
        must_be_offered(services.settings, model_name)
        must_be_told_what(model_name, wanted.terms.parameters)
        new = _new_job(services.settings, wanted, parent, model_name)
        submitted = decide(connection, services.settings, wanted.terms, new, describe)
    if submitted is None:
        raise NotFound(f"The picture of the decomposition {wanted.decomposition_id} has been deleted.")
    if submitted.outcome == "created":
        services.bell.ring(model_name)
    return submitted


def _must_be_laid_plainly(parent: Decomposition) -> None:
    """Parts are made to lie over what is below as the layer did, by source-over alone."""
    for layer in parent.layers:
        if layer["blend"] != "normal":
            raise InvalidRequest(
                f"The layer {layer['index']} {layer['name']!r} is blended by {layer['blend']}; only a decomposition "
                "whose layers are all blended normally can be split further."
            )
        if not layer.get("visible", True) or layer["opacity"] != 1 or "whole" in layer or parent.groups:
            raise InvalidRequest(
                "The decomposition has groups, or layers that are hidden, seen through or reach beyond the canvas; "
                "make a document of it, freeze that, and split a layer of what it becomes."
            )


def _model_name(settings: Settings, wanted: WantedSplit, parent: Decomposition) -> str:
    if wanted.model_name is not None:
        return wanted.model_name
    return parent.model_name if parent.model_name in settings.models else settings.models[0]


def _new_job(settings: Settings, wanted: WantedSplit, parent: Decomposition, model_name: str) -> NewJob:
    terms = wanted.terms
    parameters = dataclasses.asdict(terms.parameters)
    revision = settings.revision_of(model_name)
    return NewJob(
        tenant_id=terms.tenant_id,
        model_name=model_name,
        model_revision=revision,
        parameters=parameters,
        image_id=parent.image_id,
        decomposition_id=nested_id(parent.id, wanted.layer_index, model_name, revision, parameters),
        recompute=terms.cache == "bypass",
        request_id=terms.request_id,
        kind=KIND,
        parent_id=parent.id,
        parent_layer=wanted.layer_index,
    )
