"""The tables behind `Store`, the same for SQLite and PostgreSQL.

What they look like on disk is made by the revisions in ``migrations/versions``; a test holds both together.
Rows are never updated but for devices, join requests, mailboxes and `meta`, and the bytes of records once their space
is destroyed; identity entries, and of a living space places and grants, stand.
"""

import sqlalchemy as sa

metadata = sa.MetaData()

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("member", sa.LargeBinary, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("item", sa.LargeBinary, nullable=False),
)
"""Identity entries of members, written once."""

devices = sa.Table(
    "devices",
    metadata,
    sa.Column("device", sa.LargeBinary, primary_key=True),
    sa.Column("member", sa.LargeBinary, nullable=False),
    sa.Column("login", sa.LargeBinary, nullable=False),
    sa.Column("live", sa.Boolean, nullable=False),
)
"""What login needs of each device."""

places = sa.Table(
    "places",
    metadata,
    sa.Column("space", sa.LargeBinary, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Integer, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("head", sa.LargeBinary, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("item", sa.LargeBinary, nullable=True),
    sa.Index("places_by_digest", "space", "digest"),
)
"""Places of chains; ``size`` counts the bytes of the item and of the identity entries that travel with it.

``item`` stands last, so that SQLite reads sizes without touching the pages of large items.
"""

place_identities = sa.Table(
    "place_identities",
    metadata,
    sa.Column("space", sa.LargeBinary, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("item", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["space", "seq"], ["places.space", "places.seq"]),
)
"""The identity entries that travel with an entry, in order."""

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("space", sa.LargeBinary, primary_key=True),
    sa.Column("device", sa.LargeBinary, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("box", sa.LargeBinary, nullable=False),
    sa.ForeignKeyConstraint(["space", "seq"], ["places.space", "places.seq"]),
)
"""Grants to devices; the key's order serves the question "what is there for this device"."""

joins = sa.Table(
    "joins",
    metadata,
    sa.Column("space", sa.LargeBinary, primary_key=True),
    sa.Column("key", sa.LargeBinary, primary_key=True),
    sa.Column("member", sa.LargeBinary, nullable=False),
    sa.Column("request", sa.LargeBinary, nullable=False),
    sa.Column("letter", sa.LargeBinary, nullable=False),
)
"""Join requests that wait for an answer."""

mailboxes = sa.Table(
    "mailboxes",
    metadata,
    sa.Column("key", sa.LargeBinary, primary_key=True),
    sa.Column("member", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("device", sa.LargeBinary, nullable=False),
    sa.Column("opened", sa.BigInteger, nullable=False),
    sa.Column("request", sa.LargeBinary, nullable=True),
    sa.Column("answer", sa.LargeBinary, nullable=True),
)
"""Where two devices of a member meet, one a member."""

blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("space", sa.LargeBinary, primary_key=True),
    sa.Column("blob", sa.LargeBinary, primary_key=True),
    sa.Column("owner", sa.LargeBinary, nullable=False),
    sa.Column("began", sa.BigInteger, nullable=False),
)
"""Who began a blob, and when (unix seconds)."""

chunks = sa.Table(
    "chunks",
    metadata,
    sa.Column("space", sa.LargeBinary, primary_key=True),
    sa.Column("blob", sa.LargeBinary, primary_key=True),
    sa.Column("index", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=True),
    sa.ForeignKeyConstraint(["space", "blob"], ["blobs.space", "blobs.blob"]),
)
"""Chunks that are durable in the blob store; ``digest`` is the SHA-256 of one's bytes, of older ones unknown."""

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)
"""What the server keeps about itself."""
