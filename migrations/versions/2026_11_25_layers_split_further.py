"""A layer of a decomposition may be split further: jobs and decompositions know their parent.

A migration stays as it was when it was written, so it repeats what ``app/store/tables`` says rather than import it.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25"
down_revision = "2026_11_24"
branch_labels = None
depends_on = None

_OF_PIXELS = "hash of pixels, model and parameters"
_OF_EITHER = "hash of pixels or of a parent's layer, model and parameters"


def upgrade() -> None:
    op.alter_column("image_layers", "id", comment=_OF_EITHER, existing_comment=_OF_PIXELS)
    _add("image_layers", "parent_id", sa.Text(), "the decomposition of which a layer was split further")
    _add(
        "image_layers",
        "parent_layer",
        sa.SmallInteger(),
        "that layer's index there, and of the first of its parts here",
    )
    _add("image_layers", "child_count", sa.SmallInteger(), "how many layers here are its parts")
    op.create_check_constraint(
        op.f("ck_image_layers_parent"), "image_layers", "num_nulls(parent_id, parent_layer, child_count) IN (0, 3)"
    )
    op.create_check_constraint(
        op.f("ck_image_layers_children"),
        "image_layers",
        "parent_layer >= 0 AND child_count >= 1 AND parent_layer + child_count <= layer_count",
    )
    _add("jobs", "parent_id", sa.Text(), "the decomposition of which a layer is to be split further")
    _add("jobs", "parent_layer", sa.SmallInteger(), "that layer's index there")
    op.create_check_constraint(op.f("ck_jobs_parent"), "jobs", "num_nulls(parent_id, parent_layer) IN (0, 2)")


def downgrade() -> None:
    # An older worker would take the whole picture apart and keep that under the id of a split layer.
    op.execute(
        "UPDATE jobs SET state = 'canceled', finished_at = now(), token = token + 1, version = version + 1 "
        "WHERE parent_id IS NOT NULL AND state IN ('queued', 'running')"
    )
    op.drop_constraint(op.f("ck_jobs_parent"), "jobs")
    op.drop_column("jobs", "parent_layer")
    op.drop_column("jobs", "parent_id")
    op.drop_constraint(op.f("ck_image_layers_children"), "image_layers")
    op.drop_constraint(op.f("ck_image_layers_parent"), "image_layers")
    op.drop_column("image_layers", "child_count")
    op.drop_column("image_layers", "parent_layer")
    op.drop_column("image_layers", "parent_id")
    op.alter_column("image_layers", "id", comment=_OF_PIXELS, existing_comment=_OF_EITHER)


def _add(table: str, name: str, kind: sa.types.TypeEngine, comment: str) -> None:
    op.add_column(table, sa.Column(name, kind, nullable=True, comment=comment))
