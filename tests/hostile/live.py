"""The live line through the proxy: hints and beats that are swallowed, doubled, spoiled or made up."""

import asyncio
from collections.abc import Sequence

import aiohttp
import msgspec
from aiohttp import web

from tests.hostile.script import Rule
from tests.simulator.hostile import flipped

TEXT, BINARY = aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY
FAR = 2**31


async def relay(
    ours: web.WebSocketResponse, theirs: aiohttp.ClientWebSocketResponse, rules: Sequence[Rule], spaces: Sequence[str]
) -> None:
    """Pass messages both ways until either side ends, downwards as the rules have it."""
    does: set[str] = {rule.does for rule in rules}
    if "hint" in does:
        for space in (*spaces, "00" * 32):
            await ours.send_str(msgspec.json.encode({"space": space, "seq": FAR}).decode())

    async def down() -> None:
        async for message in theirs:
            for told in _told(message, does):
                await (ours.send_bytes(told) if isinstance(told, bytes) else ours.send_str(told))

    async def up() -> None:
        async for message in ours:
            if message.type is BINARY:
                await theirs.send_bytes(message.data)
            elif message.type is TEXT:
                await theirs.send_str(message.data)

    ways = [asyncio.create_task(down()), asyncio.create_task(up())]
    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    for way in ways:
        way.cancel()
    await asyncio.gather(*ways, return_exceptions=True)


def _told(message: aiohttp.WSMessage, does: set[str]) -> Sequence[str | bytes]:
    """What comes of a message of the server's; hints go through as they are."""
    if message.type is TEXT:
        return [str(message.data)]
    if message.type is not BINARY or "mute" in does:
        return []
    beat = bytes(message.data)
    if "spoil" in does:
        return [flipped(beat, 200)]
    return [beat, beat] if "echo" in does else [beat]
