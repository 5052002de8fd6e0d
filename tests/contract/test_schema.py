"""The revisions make exactly the tables that the program uses."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from securecall_server.store.schema import metadata


async def test_migrated_database_has_the_schema_of_the_program(store):
    def differences(connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with store._database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_opening_again_changes_nothing(url, opener):
    for _ in range(3):
        store = await opener(url)
        await store.put_meta("key", b"value")
        await store.close()
    assert await (await opener(url)).meta("key") == b"value"
