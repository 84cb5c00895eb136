"""Who of staff took and handled a flag; addresses that are held; the audit trail.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("flag", sa.Column("handled_by", sa.String(), nullable=True))
    op.add_column("flag", sa.Column("taken_at", _TIME, nullable=True))
    op.add_column("flag", sa.Column("taken_by", sa.String(), nullable=True))
    op.create_table(
        "text_hold",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("is_unsafe", sa.Boolean(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("identity_id", sa.Integer(), nullable=True),
        sa.Column("flag_id", sa.Integer(), nullable=True),
        sa.Column("details", _JSON, nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flag.id"]),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_entry_flag_id", "audit_entry", ["flag_id"])
    op.create_index("ix_audit_entry_identity_id", "audit_entry", ["identity_id"])


def downgrade() -> None:
    op.drop_table("audit_entry")
    op.drop_table("text_hold")
    for column in ("taken_by", "taken_at", "handled_by"):
        op.drop_column("flag", column)
