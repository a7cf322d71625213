"""The tables, as code. ``migrations/`` builds the same; a test holds the two against each other.

Every row belongs to a tenant, and every key begins with it, so that no query can cross the border by mistake.
"""

from app.store.tables.base import DEFAULT_TENANT, metadata, tenants
from app.store.tables.batches import ROW_STATES, batch_rows, batches
from app.store.tables.documents import (
    REVISION_KINDS,
    assets,
    document_assets,
    document_revisions,
    document_states,
    documents,
)
from app.store.tables.jobs import JOB_STATES, jobs, workers
from app.store.tables.pictures import blobs, image_layers, image_sketches, images, layer_blobs
from app.store.tables.service import counters, idempotency_keys
from app.store.tables.templates import VERSION_KINDS, template_assets, template_versions, templates
from app.store.tables.webhooks import (
    job_callbacks,
    signing_keys,
    webhook_attempts,
    webhook_deliveries,
    webhook_events,
    webhooks,
)

__all__ = [
    "DEFAULT_TENANT",
    "JOB_STATES",
    "REVISION_KINDS",
    "ROW_STATES",
    "VERSION_KINDS",
    "assets",
    "batch_rows",
    "batches",
    "blobs",
    "counters",
    "document_assets",
    "document_revisions",
    "document_states",
    "documents",
    "idempotency_keys",
    "image_layers",
    "image_sketches",
    "images",
    "job_callbacks",
    "jobs",
    "layer_blobs",
    "metadata",
    "signing_keys",
    "template_assets",
    "template_versions",
    "templates",
    "tenants",
    "webhook_attempts",
    "webhook_deliveries",
    "webhook_events",
    "webhooks",
    "workers",
]
