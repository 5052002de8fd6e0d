"""The ciphertext of files, chunk by chunk (protocol 9).

A blob is served to those in the space who get a record that lists it, and before that to whoever puts it there.
Whoever has gone still reads the chain up to that place, but fetches no files any more (row R04).
"""

import asyncio
import hashlib
import time
from contextlib import AsyncExitStack

from aiohttp import web

from securecall import caps
from securecall.errors import InvalidError, Problem
from securecall_server.access import View
from securecall_server.errors import Code, RefusedError
from securecall_server.forms import ChunksAnswer
from securecall_server.limits import UPLOADS
from securecall_server.service import SERVICE, Service
from securecall_server.store.interface import ConflictError
from securecall_server.tokens import elapsed

from .bodies import answer, first_place, path_id, read_bytes
from .route import Route

_TYPE = "application/octet-stream"


async def put(request: web.Request) -> web.StreamResponse:
    """Keep a chunk; it is on disk, and noted, when this answers. One that was cut goes on where it was."""
    service = request.app[SERVICE]
    caller = await service.caller(request)
    space, blob, index = path_id(request, "space"), path_id(request, "blob"), _index(request)
    view, member = await service.access.present(space, caller)
    await service.need_open(space)
    _check_open(view, blob)
    owner = await service.store.blob_owner(space, blob)
    if owner not in (None, member.member):
        raise ConflictError
    key = (space, member.member, blob, index)
    beginning = service.beginnings.take(key, first_place(request), elapsed())
    try:
        data = await read_bytes(request, _TYPE, caps.CHUNK_BYTES, beginning.data)
    except InvalidError:
        service.beginnings.done(key, beginning)
        raise
    service.beginnings.done(key, beginning)
    # A body may take longer than a token lives, and its author go meanwhile: it is the chain that says so.
    view, member = await service.access.present(space, caller)
    if not data:
        raise InvalidError(Problem.MALFORMED, "an empty chunk")
    async with AsyncExitStack() as held:
        if await service.store.chunk(space, blob, index) is None:
            if blob in view.held.listed:
                raise ConflictError
            await held.enter_async_context(service.quota.room(view.held, member.member, blob, len(data)))
        digest, _ = await asyncio.gather(asyncio.to_thread(_digest, data), service.blobs.put(space, blob, index, data))
        await service.store.put_chunk(space, blob, member.member, index, len(data), int(time.time()), digest)
    await _check_still_open(service, space, blob)
    return web.Response(status=204)


async def get(request: web.Request) -> web.StreamResponse:
    """A chunk's bytes, from the one asked for on; those that the disk changed are given to nobody (row O03).

    Else a reader would have to take the disk's fault for a lie of the server. A chunk from before digests were noted
    is given as it is.
    """
    service = request.app[SERVICE]
    space, blob, index = path_id(request, "space"), path_id(request, "blob"), _index(request)
    await _check_readable(service, request, space, blob)
    noted, first = await service.store.chunk(space, blob, index), first_place(request)
    if noted is None:
        raise RefusedError(Code.NOT_FOUND)
    data = await service.blobs.get(space, blob, index)
    if not await asyncio.to_thread(noted.is_whole, data):
        raise RefusedError(Code.DAMAGED)
    return web.Response(body=data[first:] if first else data, content_type=_TYPE)


async def chunks(request: web.Request) -> web.StreamResponse:
    """What is durable of a blob; nothing of one that is not begun, to those who may begin it."""
    service = request.app[SERVICE]
    space, blob = path_id(request, "space"), path_id(request, "blob")
    member = await _check_readable(service, request, space, blob)
    sizes = await service.store.chunks(space, blob)
    begun = service.beginnings.sizes(space, member, blob, elapsed())
    return answer(
        ChunksAnswer(*({str(index): size for index, size in sorted(some.items())} for some in (sizes, begun)))
    )


async def _check_readable(service: Service, request: web.Request, space: bytes, blob: bytes) -> bytes:
    """The member who asks. Raises: RefusedError (`Code.NOT_FOUND`) unless they may have the blob, or begin it."""
    caller = await service.caller(request)
    view = await service.access.view(space, caller)
    chain = view.held.chain
    if chain.destroyed or blob in chain.dropped or view.present is None:
        raise RefusedError(Code.NOT_FOUND)
    if any(view.shows(seq, kind) for seq, kind in view.held.listed.get(blob, ())):
        return view.present.member
    if await service.store.blob_owner(space, blob) not in (None, view.present.member):
        raise RefusedError(Code.NOT_FOUND)
    return view.present.member


def _check_open(view: View, blob: bytes) -> None:
    chain = view.held.chain
    if chain.destroyed:
        raise InvalidError(Problem.DESTROYED, "the space is destroyed")
    if blob in chain.dropped:
        raise InvalidError(Problem.BAD_BLOB, "a blob that is dropped")


async def _check_still_open(service: Service, space: bytes, blob: bytes) -> None:
    """Undo the put of a chunk whose blob was dropped, or whose space was destroyed, in the meantime."""
    held = await service.chains.get(space)
    if held is not None and (held.chain.destroyed or blob in held.chain.dropped):
        await service.store.drop(space, blob)
        await service.purge.sweep()
        raise RefusedError(Code.NOT_FOUND)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _index(request: web.Request) -> int:
    """The chunk's index. Raises: RefusedError past the last that there can be."""
    index = int(request.match_info["index"])
    if index >= caps.CHUNKS_PER_BLOB:
        raise RefusedError(Code.NOT_FOUND)
    return index


_CHUNK = "/v1/spaces/{space}/blobs/{blob}/{index}"
ROUTES = (
    Route("PUT", _CHUNK, put, "Put a chunk of a blob.", None, bytes, query="from", work=UPLOADS),
    Route("GET", _CHUNK, get, "Get a chunk of a blob.", bytes, query="from"),
    Route("GET", "/v1/spaces/{space}/blobs/{blob}", chunks, "Which chunks are durable.", ChunksAnswer),
)
