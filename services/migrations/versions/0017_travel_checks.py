"""Let a flag be about nobody, and remember when staff were told that a venue's travel block is old.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("flag") as flag:
        flag.alter_column("identity_id", existing_type=sa.Integer(), nullable=True)
    op.add_column("venue", sa.Column("travel_flagged_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("venue", "travel_flagged_on")
    op.execute("UPDATE audit_entry SET flag_id = NULL WHERE flag_id IN (SELECT id FROM flag WHERE identity_id IS NULL)")
    op.execute("DELETE FROM flag WHERE identity_id IS NULL")
    with op.batch_alter_table("flag") as flag:
        flag.alter_column("identity_id", existing_type=sa.Integer(), nullable=False)
