"""The server's storage does without anything that could decrypt."""

import subprocess
import sys

BLOCKED = """
import sys
for name in ("securecall_keys", "securecall_client", "cryptography"):
    sys.modules[name] = None
import asyncio
from securecall_server.blobs import open_blobs
from securecall_server.store import open_store

async def main(folder):
    blobs = open_blobs(folder + "/blobs")
    await blobs.put(bytes(32), bytes(16), 0, b"chunk")
    open_blobs("s3://bucket?region=us-east-1")
    store = await open_store(f"sqlite:///{folder}/server.db")
    await store.close()

asyncio.run(main(sys.argv[1]))
"""


def test_storage_runs_with_keys_client_and_cryptography_blocked(tmp_path):
    subprocess.run([sys.executable, "-W", "error", "-c", BLOCKED, tmp_path], check=True)
