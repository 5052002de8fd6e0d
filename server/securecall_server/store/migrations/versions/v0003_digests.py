"""The digest of each chunk, by which one is known that the disk gives back otherwise than it was put."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    """Of chunks that are here already nobody knows it."""
    op.add_column("chunks", sa.Column("digest", sa.LargeBinary, nullable=True))
