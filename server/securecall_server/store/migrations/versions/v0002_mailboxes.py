"""Mailboxes, in which two devices of a member meet."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "mailboxes",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("member", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("device", sa.LargeBinary, nullable=False),
        sa.Column("opened", sa.BigInteger, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=True),
        sa.Column("answer", sa.LargeBinary, nullable=True),
    )
