"""How often a document was renamed, as a name is no revision and its ETag must change all the same.

A migration stays as it was when it was written, so it repeats what ``app/store/tables`` says rather than import it.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_renames"
down_revision = "2026_11_28"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column(
        "renames", sa.Integer(), nullable=False, server_default=sa.text("0"), comment="of its name; part of the ETag"
    )
    op.add_column("documents", column)


def downgrade() -> None:
    op.drop_column("documents", "renames")
