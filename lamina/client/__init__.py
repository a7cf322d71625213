"""Lamina from Python, over HTTP: ``Client``, and ``AsyncClient`` for asyncio, which have the same methods.

with Client("http://127.0.0.1:8080") as client:
    poster = client.decompose("poster.png", max_layers=6)
    poster.layer(1).save("layer.png")
    poster.save("moved.png", [{"op": "move", "layer": 1, "by": {"x": 40}}])
"""

from lamina.client._async.assets import AsyncAsset
from lamina.client._async.batches import AsyncRow
from lamina.client._async.client import AsyncClient
from lamina.client._async.decompositions import AsyncDecomposition
from lamina.client._async.documents import AsyncDocument, AsyncDocumentLayer
from lamina.client._async.jobs import AsyncJob
from lamina.client._async.layers import AsyncLayer
from lamina.client._async.templates import AsyncTemplate
from lamina.client._async.webhooks import AsyncDelivery, AsyncWebhook
from lamina.client._sync.assets import Asset
from lamina.client._sync.batches import Row
from lamina.client._sync.client import Client
from lamina.client._sync.decompositions import Decomposition
from lamina.client._sync.documents import Document, DocumentLayer
from lamina.client._sync.jobs import Job
from lamina.client._sync.layers import Layer
from lamina.client._sync.templates import Template
from lamina.client._sync.webhooks import Delivery, Webhook
from lamina.client.how import ExportOptions, How, Output
from lamina.client.pictures import Picture
from lamina.client.problems import (
    Busy,
    FieldError,
    InvalidRequest,
    JobEnded,
    LaminaError,
    NoAnswer,
    NotFound,
    Problem,
    RevisionConflict,
    TimedOut,
)
from lamina.client.retrying import Retries
from lamina.client.shapes import (
    Attempt,
    Counts,
    Exported,
    Font,
    Fonts,
    Group,
    Progress,
    Revision,
    RowError,
    Secret,
    Signed,
    Similar,
    TemplateVersion,
    TextLine,
    TextWord,
)

__all__ = [
    "Asset",
    "AsyncAsset",
    "AsyncClient",
    "AsyncDecomposition",
    "AsyncDelivery",
    "AsyncDocument",
    "AsyncDocumentLayer",
    "AsyncJob",
    "AsyncLayer",
    "AsyncRow",
    "AsyncTemplate",
    "AsyncWebhook",
    "Attempt",
    "Busy",
    "Client",
    "Counts",
    "Decomposition",
    "Delivery",
    "Document",
    "DocumentLayer",
    "ExportOptions",
    "Exported",
    "FieldError",
    "Font",
    "Fonts",
    "Group",
    "How",
    "InvalidRequest",
    "Job",
    "JobEnded",
    "LaminaError",
    "Layer",
    "NoAnswer",
    "NotFound",
    "Output",
    "Picture",
    "Problem",
    "Progress",
    "Retries",
    "Revision",
    "RevisionConflict",
    "Row",
    "RowError",
    "Secret",
    "Signed",
    "Similar",
    "Template",
    "TemplateVersion",
    "TextLine",
    "TextWord",
    "TimedOut",
    "Webhook",
]
