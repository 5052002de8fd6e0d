"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make all tables."""
    _make_people()
    _make_chains()
    _make_blobs()
    op.create_table(
        "meta",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )


def _make_people() -> None:
    op.create_table(
        "identities",
        sa.Column("member", sa.LargeBinary, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("item", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "devices",
        sa.Column("device", sa.LargeBinary, primary_key=True),
        sa.Column("member", sa.LargeBinary, nullable=False),
        sa.Column("login", sa.LargeBinary, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
    )
    op.create_table(
        "joins",
        sa.Column("space", sa.LargeBinary, primary_key=True),
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("member", sa.LargeBinary, nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("letter", sa.LargeBinary, nullable=False),
    )


def _make_chains() -> None:
    op.create_table(
        "places",
        sa.Column("space", sa.LargeBinary, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("item", sa.LargeBinary, nullable=True),
    )
    op.create_index("places_by_digest", "places", ["space", "digest"])
    op.create_table(
        "place_identities",
        sa.Column("space", sa.LargeBinary, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("item", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["space", "seq"], ["places.space", "places.seq"]),
    )
    op.create_table(
        "grants",
        sa.Column("space", sa.LargeBinary, primary_key=True),
        sa.Column("device", sa.LargeBinary, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("box", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["space", "seq"], ["places.space", "places.seq"]),
    )


def _make_blobs() -> None:
    op.create_table(
        "blobs",
        sa.Column("space", sa.LargeBinary, primary_key=True),
        sa.Column("blob", sa.LargeBinary, primary_key=True),
        sa.Column("owner", sa.LargeBinary, nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "chunks",
        sa.Column("space", sa.LargeBinary, primary_key=True),
        sa.Column("blob", sa.LargeBinary, primary_key=True),
        sa.Column("index", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(["space", "blob"], ["blobs.space", "blobs.blob"]),
    )
