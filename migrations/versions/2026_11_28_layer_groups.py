"""The groups that an imported file has, beside the layers of its decomposition.

A migration stays as it was when it was written, so it repeats what ``app/store/tables`` says rather than import it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_28_layer_groups"
down_revision = "2026_11_28_templates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column(
        "groups", JSONB(), nullable=False, server_default=sa.text("'[]'"), comment="that an imported file has"
    )
    op.add_column("image_layers", column)
    _comment("of the layer; above all layers, of more that they take")


def downgrade() -> None:
    op.drop_column("image_layers", "groups")
    _comment(None)


def _comment(words: str | None) -> None:
    op.alter_column("layer_blobs", "index", existing_type=sa.SmallInteger(), existing_nullable=False, comment=words)
