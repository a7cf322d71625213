"""What the service answers, as dataclasses. ``raw`` is the JSON object as it came, newer fields included.

Boxes are ``(x, y, width, height)`` on the canvas, in pixels.
"""

from lamina.client.shapes.answer import Answer, Box, Raw
from lamina.client.shapes.assets import AssetFields
from lamina.client.shapes.decompositions import DecompositionFields, Model, Parent, Size
from lamina.client.shapes.documents import DocumentFields, DocumentLayerFields, Revision
from lamina.client.shapes.exported import Exported
from lamina.client.shapes.fonts import Font, Fonts
from lamina.client.shapes.jobs import FINISHED, Counts, JobFields, Progress, Similar
from lamina.client.shapes.layers import Group, LayerFields, TextLine, TextWord
from lamina.client.shapes.rows import RowError, RowFields
from lamina.client.shapes.signed import Signed
from lamina.client.shapes.templates import TemplateFields, TemplateVersion
from lamina.client.shapes.webhooks import Attempt, DeliveryFields, Secret, WebhookFields

__all__ = [
    "FINISHED",
    "Answer",
    "AssetFields",
    "Attempt",
    "Box",
    "Counts",
    "DecompositionFields",
    "DeliveryFields",
    "DocumentFields",
    "DocumentLayerFields",
    "Exported",
    "Font",
    "Fonts",
    "Group",
    "JobFields",
    "LayerFields",
    "Model",
    "Parent",
    "Progress",
    "Raw",
    "Revision",
    "RowError",
    "RowFields",
    "Secret",
    "Signed",
    "Similar",
    "Size",
    "TemplateFields",
    "TemplateVersion",
    "TextLine",
    "TextWord",
    "WebhookFields",
]
