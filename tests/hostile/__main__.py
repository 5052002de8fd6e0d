"""`python -m tests.hostile --upstream URL --script FILE`: a hostile server before a real one (see the README)."""

import argparse
import asyncio
from pathlib import Path

from aiohttp import web

from securecall_server.settings import KEY
from tests.hostile.proxy import Proxy
from tests.hostile.script import Script
from tests.hostile.telling import Key


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser("python -m tests.hostile", description="A hostile server before a real one.")
    parser.add_argument("--upstream", required=True, metavar="URL", help="the real server")
    parser.add_argument("--script", required=True, type=Path, metavar="FILE", help="how it lies; read again on change")
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="HOST:PORT", help="loopback, any free port")
    parser.add_argument("--key-of", type=Path, metavar="DIR", help="the real server's folder: its key signs the lies")
    asked = parser.parse_args()
    key = Key((asked.key_of / KEY).read_bytes()) if asked.key_of else None
    host, _, port = asked.listen.rpartition(":")
    asyncio.run(_serve(Proxy(asked.upstream.rstrip("/"), Script(asked.script), key), host, int(port)))


async def _serve(proxy: Proxy, host: str, port: int) -> None:
    runner = web.AppRunner(proxy.app(), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        print(f"Listening on http://{host}:{runner.addresses[0][1]}", flush=True)
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    main()
