"""Bring a database to the schema of this program, forward only."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from .errors import StoreOpenError


def migrate(connection: sa.Connection) -> None:
    """Run the missing revisions in the connection's transaction, which the caller commits.

    Raises `StoreOpenError` if a newer program has written here.
    """
    config = _config()
    config.attributes["connection"] = connection
    _refuse_newer(connection, ScriptDirectory.from_config(config))
    command.upgrade(config, "head")


def refuse_other(connection: sa.Connection) -> None:
    """Raise `StoreOpenError` unless the schema is this program's; nothing is changed."""
    script = ScriptDirectory.from_config(_config())
    _refuse_newer(connection, script)
    if MigrationContext.configure(connection).get_current_heads() != tuple(script.get_heads()):
        raise StoreOpenError(
            "The database was written by an older SecureCall server. Start this one on it once, which brings it "
            "forward; nothing was changed."
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "securecall_server.store:migrations")
    return config


def _refuse_newer(connection: sa.Connection, script: ScriptDirectory) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    for found in MigrationContext.configure(connection).get_current_heads():
        if found not in known:
            raise StoreOpenError(
                f"The database was written by a newer SecureCall server (schema {found}). "
                "Start that version or a later one; nothing was changed."
            )
