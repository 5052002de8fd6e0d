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
    config = Config()
    config.set_main_option("script_location", "securecall_server.store:migrations")
    config.attributes["connection"] = connection
    _refuse_newer(connection, ScriptDirectory.from_config(config))
    command.upgrade(config, "head")


def _refuse_newer(connection: sa.Connection, script: ScriptDirectory) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    for found in MigrationContext.configure(connection).get_current_heads():
        if found not in known:
            raise StoreOpenError(
                f"The database was written by a newer SecureCall server (schema {found}). "
                "Start that version or a later one; nothing was changed."
            )
