"""Add legal holds, and find the flags that are open by an index.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("placed_by", sa.String(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
    )
    is_open = sa.text("handled_at IS NULL")
    op.create_index("flag_open", "flag", ["severity"], sqlite_where=is_open, postgresql_where=is_open)


def downgrade() -> None:
    op.drop_index("flag_open", "flag")
    op.drop_table("legal_hold")
