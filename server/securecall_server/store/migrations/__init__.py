"""Alembic's revisions of the server's database. What is released never changes."""
