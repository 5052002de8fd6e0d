"""The hostile server as a process: a reverse proxy before a real one that answers as a script says."""

import asyncio
import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qs

import aiohttp
import msgspec
from aiohttp import web

from securecall.statements import Login
from securecall.wire import Signed, decode
from securecall_client.transport import Place
from tests.hostile import telling
from tests.hostile.answer import CHANGES, Answer
from tests.hostile.live import relay
from tests.hostile.script import Asked, Rule, Script
from tests.hostile.telling import TALES, Key

NEEDS_KEY = {*TALES, "restate"}
_PASSED = ("Authorization", "Content-Type", "Accept-Encoding")
_MOST = 64 * 1024 * 1024


class Proxy:
    """``key`` is that of the server behind, where the script needs it: a lying server signs what it likes."""

    def __init__(self, upstream: str, script: Script, key: Key | None = None) -> None:
        self.upstream, self.script, self._key = upstream, script, key
        self._tokens: dict[str, str] = {}
        self._clients: list[str] = []
        self._answers: dict[tuple[str, str, str], list[Answer]] = {}

    def app(self) -> web.Application:
        """What answers."""
        app = web.Application(client_max_size=_MOST)
        app.router.add_route("*", "/{path:.*}", self._handle)
        app.cleanup_ctx.append(self._line)
        return app

    async def _line(self, _app: web.Application):
        async with aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as self._session:
            yield

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._live(request)
        body = await request.read()
        asked = self._asked(request, body)
        answer = await self._answer(asked, self.script.rules_for(asked), request, body)
        return await _give(request, answer)

    def _asked(self, request: web.Request, body: bytes) -> Asked:
        client = self._tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "), "")
        if request.path == "/v1/login":
            client = _subject(body)
        return self._known(Asked(request.method, request.path, request.query_string, client))

    def _known(self, asked: Asked) -> Asked:
        """The same with the number of its client: 1 for the first that ever logged in."""
        if asked.client and asked.client not in self._clients:
            self._clients.append(asked.client)
        return replace(asked, number=self._clients.index(asked.client) + 1 if asked.client else 0)

    async def _answer(self, asked: Asked, rules: Sequence[Rule], request: web.Request, body: bytes) -> Answer:
        does: dict[str, Rule] = {rule.does: rule for rule in rules}
        if "drop" in does or "reset" in does:
            return Answer(0, "", b"", flaw="close" if "drop" in does else "reset")
        if "delay" in does:
            await asyncio.sleep(does["delay"].seconds)
        answer = await self._fetched(asked, does, request, body)
        for rule in rules:
            answer = await self._changed(answer, rule, asked, request, body)
        return replace(answer, flaw="close") if "lose" in does else answer

    async def _fetched(self, asked: Asked, does: dict[str, Rule], request: web.Request, body: bytes) -> Answer:
        """The true answer to what is asked, or to what shall be asked instead."""
        path, upstream = request.path_qs, self.upstream
        if "instead" in does:
            path = re.sub(does["instead"].path, does["instead"].ask, asked.path)
        if "elsewhere" in does:
            upstream = does["elsewhere"].upstream
        answer = await self._ask(request, upstream + path, body)
        if "duplicate" in does:
            answer = await self._ask(request, upstream + path, body)
        if asked.path == "/v1/login" and answer.status == 200:
            self._tokens[msgspec.json.decode(answer.body)["token"]] = asked.client
        had = self._answers.setdefault((asked.method, asked.path, asked.client), [])
        had.append(answer)
        return had[does["replay"].at] if "replay" in does else answer

    async def _ask(self, request: web.Request, url: str, body: bytes) -> Answer:
        headers = {name: request.headers[name] for name in _PASSED if name in request.headers}
        async with self._session.request(
            request.method, url, data=body or None, headers=headers, allow_redirects=False
        ) as reply:
            return Answer(reply.status, reply.content_type, await reply.read())

    async def _changed(self, answer: Answer, rule: Rule, asked: Asked, request: web.Request, body: bytes) -> Answer:
        if rule.does in CHANGES:
            return CHANGES[rule.does](answer, rule)
        if answer.status != 200:
            return answer
        if rule.does == "impostor":
            return telling.impostor(answer, body)
        if rule.does in ("ungrant", "regrant", "unjoin"):
            return telling.change_list(answer, rule)
        if rule.does in NEEDS_KEY:
            return await self._told(answer, rule, asked, request)
        return answer

    async def _told(self, answer: Answer, rule: Rule, asked: Asked, request: web.Request) -> Answer:
        if self._key is None:
            raise web.HTTPServiceUnavailable(text=f"{rule.does} needs --key-of")
        if rule.does == "restate":
            return telling.restate(answer, self._key, rule)
        first = int(parse_qs(asked.query).get("from", ["0"])[0])
        whole = await self._whole(request)
        space = bytes.fromhex(asked.path.split("/")[3])
        return telling.tell(TALES[rule.does](rule), self._key, space, whole, first)

    async def _whole(self, request: web.Request) -> list[Place]:
        """All places of a space that its reader may see."""
        places: list[Place] = []
        while True:
            page = await self._ask(request, f"{self.upstream}{request.path}?from={len(places)}", b"")
            more = telling.places_of(page.body)
            if not more:
                return places
            places += more

    async def _live(self, request: web.Request) -> web.StreamResponse:
        ours = web.WebSocketResponse(compress=False)
        await ours.prepare(request)
        first = await ours.receive_str()
        told = msgspec.json.decode(first)
        asked = self._known(Asked("GET", request.path, client=self._tokens.get(told["token"], "")))
        rules = self.script.rules_for(asked)
        if not {"drop", "reset"} & {rule.does for rule in rules}:
            async with self._session.ws_connect(self.upstream + request.path) as theirs:
                await theirs.send_str(first)
                await relay(ours, theirs, rules, told["spaces"])
        await ours.close()
        return ours


def _subject(body: bytes) -> str:
    """Who logs in, as the proof says; nothing is verified here."""
    proof = b64decode(msgspec.json.decode(body)["proof"])
    return decode(decode(proof, Signed, len(proof)).payload, Login, len(proof)).subject.hex()


async def _give(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Send an answer, with its flaw."""
    transport = request.transport
    if answer.flaw in ("close", "reset") and transport is not None:
        (transport.close if answer.flaw == "close" else transport.abort)()
        return web.Response()
    reply = web.StreamResponse(status=answer.status, headers=dict(answer.headers))
    reply.content_type = answer.kind
    if answer.flaw != "endless":
        reply.content_length = len(answer.body) + answer.missing
    await reply.prepare(request)
    await reply.write(answer.body)
    while answer.flaw == "endless":
        await reply.write(bytes(65536))
    if answer.flaw == "short" and transport is not None:
        transport.close()
    return reply
