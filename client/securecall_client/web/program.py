"""The pages put together: one small server for one person, on this computer alone."""

import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from securecall_client.errors import SecureCallError
from securecall_client.foreseen import told
from securecall_client.profile import Lock
from securecall_client.web import gate as gates
from securecall_client.web.desk import Desk, LockedError
from securecall_client.web.entry import COOKIE, Entry
from securecall_client.web.failing import failing, hint
from securecall_client.web.forgetting import forget
from securecall_client.web.form import FIELDS_MOST, FORM_BYTES
from securecall_client.web.frame import line, section, top
from securecall_client.web.gate import Gate
from securecall_client.web.language import language_of
from securecall_client.web.live import SHARED, TAB_HEADER, live
from securecall_client.web.loopback import Loopback
from securecall_client.web.page import Deed, Page, Pages, Piece, Shown, Visit
from securecall_client.web.pages import ALL
from securecall_client.web.render import render

HTMX: Final = {
    "history": True,
    "includeIndicatorCSS": False,
    "morphIgnore": ["data-htmx-powered", "style", "tabindex"],
    "defaultTimeout": 0,
}
"""What of htmx is used otherwise than it comes: no style of its own, which the policy refuses; what takes long on a bad
line is not taken for lost; and where the script has put the keyboard, it stays."""
STATIC: Final = Path(__file__).parent / "static"
BEGIN: Final = "/begin"
"""Where everybody is sent who is not in yet."""
FIRST: Final = ("none", "begun", "joining")
_ID, _NAMED = "[0-9a-f]{64}", re.compile(r"\{(\w+)\}")
_IDS: Final = {
    "alarm": "[0-9a-f]{8,64}", "call": _ID, "device": _ID, "key": "[0-9a-f]{32}", "member": _ID, "pair": _ID,
    "place": "[0-9]{1,9}",
}  # fmt: skip
"""What a name in the path of a page may be, where it is not an id as a person may type it."""
SHUTDOWN: Final = 0.1
"""Seconds that an answer has which is just being given. For 0 aiohttp would wait for every page that is open."""


@dataclass(frozen=True, slots=True)
class Program:
    """The pages of one profile."""

    desk: Desk
    entry: Entry
    loopback: Loopback

    def launch(self) -> str:
        """An address that lets one browser in, once. What stands behind the # never leaves the browser."""
        return f"{self.loopback.origin}/#enter={self.entry.launch()}"

    def application(self, parts: Iterable[Pages] = ALL) -> web.Application:
        """The server's routes, all behind the gate."""
        gate = Gate(self.loopback, self.entry, self._shell)
        app = web.Application(
            middlewares=[gate.middleware(), failing], client_max_size=FORM_BYTES, client_max_fields=FIELDS_MOST
        )
        app.on_response_prepare.append(gate.headers)
        app.router.add_post(gates.ENTER, self._enter)
        app.router.add_get(gates.UNLOCK, self._prove)
        app.router.add_post(gates.UNLOCK, self._unlock)
        app.router.add_post("/lock", self._lock)
        app.router.add_get("/live", self._live)
        app.router.add_get("/still", self._still)
        app.router.add_static(gates.STATIC, STATIC, follow_symlinks=False)
        for part in parts:
            for page in part.pages:
                app.router.add_get(_strict(page.path), self._page(page))
            for piece in part.pieces:
                app.router.add_get(_strict(piece.path), self._piece(piece))
            for deed in part.deeds:
                app.router.add_post(_strict(deed.path), self._deed(deed))
        return app

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve as long as the block lasts; at its end the profile is locked."""
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=SHUTDOWN)
        await runner.setup()
        try:
            for listening in self.loopback.sockets:
                await web.SockSite(runner, listening).start()
            yield
        finally:
            await self.desk.lock()
            await runner.cleanup()

    async def _live(self, request: web.Request) -> web.StreamResponse:
        return await live(request, self.desk)

    async def _still(self, _: web.Request) -> web.Response:
        """Tell a tab that has no stream that it is not locked. Raises: LockedError."""
        if self.desk.state == "locked":
            raise LockedError
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def _shell(self, request: web.Request) -> web.Response:
        """What a browser gets for any path: no data, only what fetches it."""
        sheets = sorted(sheet.name for sheet in (STATIC / "css").iterdir())
        data = {"state": self.desk.state, "sheets": sheets, "htmx": json.dumps(HTMX)}
        return _html(render("shell.html", language_of(request), data))

    async def _enter(self, request: web.Request) -> web.Response:
        typed = await _typed(request)
        if not self.entry.enter(typed.get("secret", "")):
            used = language_of(request).say("This address has been used already.")
            return web.json_response({"error": used}, status=HTTPStatus.FORBIDDEN)
        answer = web.json_response({"token": self.entry.token, "mark": self.entry.mark})
        answer.set_cookie(COOKIE, self.entry.cookie, httponly=True, samesite="Strict", path="/")
        return answer

    async def _prove(self, request: web.Request) -> web.Response:
        """Show a page that it is this program to which it is about to send a passphrase (row L10)."""
        return web.json_response({"proof": self.entry.proof(request.query.get("asked", ""))})

    async def _unlock(self, request: web.Request) -> web.Response:
        typed = await _typed(request)
        try:
            anew = await self.desk.unlock(Lock.from_passphrase(typed.get("passphrase", "")))
        except Exception as error:
            failure = told(error)
            forget(error)
            words = language_of(request).say(str(failure))
            return web.json_response({"error": words, "code": failure.code}, status=HTTPStatus.FORBIDDEN)
        if anew:
            self.entry.renew()
        return web.json_response({"token": self.entry.token})

    async def _lock(self, _: web.Request) -> web.Response:
        await self.desk.lock()
        self.entry.renew()
        return web.Response(status=HTTPStatus.NO_CONTENT, headers={"Clear-Site-Data": '"cache", "storage"'})

    def _page(self, page: Page) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            try:
                return _html(await self._shown(page, request))
            except (LockedError, web.HTTPException):
                raise
            except Exception as error:
                # The ways to other pages stay; a page that is shown already, and asks again, stays as it is.
                return await self._in_its_place(request, told(error))

        return answer

    async def _in_its_place(self, request: web.Request, error: SecureCallError) -> web.Response:
        visit = Visit(request, self.desk, language_of(request))
        # Whoever looks at a window that is shared is told of no failure, since it may name somebody (row G06).
        template = "no_window.html" if request.path.startswith(SHARED) else "no_page.html"
        shown = Shown(template, visit.say("Nothing to show"), {"error": error, "hint": hint(error)})
        async with self.desk.at(reading=True):
            words = await self._whole(visit, shown)
        return web.Response(text=words, content_type="text/html", status=HTTPStatus.UNPROCESSABLE_ENTITY)

    async def _shown(self, page: Page, request: web.Request) -> str:
        if "HX-Boosted" in request.headers:
            # Somebody followed a link; pages also ask by themselves, when something has changed.
            self.desk.touch()
        visit = Visit(request, self.desk, language_of(request))
        if page.locked and self.desk.state != "open":
            return await self._whole(visit, await page.show(visit))
        if self.desk.state in FIRST:
            raise web.HTTPSeeOther(BEGIN)
        async with self.desk.at(reading=True):
            return await self._whole(visit, await page.show(visit))

    def _piece(self, piece: Piece) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            visit = Visit(request, self.desk, language_of(request))
            if self.desk.state != "open":
                raise LockedError
            given = await piece.give(visit)
            if isinstance(given, web.StreamResponse):
                return given
            return _html(render(given.template, visit.language, given.data))

        return answer

    def _deed(self, deed: Deed) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            self.desk.touch()
            visit = Visit(request, self.desk, language_of(request))
            if deed.apart and self.desk.state != "open":
                raise LockedError
            if deed.locked or deed.apart:
                done = await deed.do(visit)
            else:
                async with self.desk.at():
                    done = await deed.do(visit)
            if isinstance(done, web.StreamResponse):
                return done
            if done.said:
                self.desk.hub.line(done.said)
            self.desk.hub.tell("changed", but=request.headers.get(TAB_HEADER, ""))
            raise web.HTTPSeeOther(done.to)

        return answer

    async def _whole(self, visit: Visit, shown: Shown) -> str:
        here = visit.request.path
        data = {
            "title": shown.title,
            "here": here,
            "section": section(here),
            "state": self.desk.state,
            "top": await top(visit),
            "line": await line(visit),
            **shown.data,
        }
        return render(shown.template, visit.language, data)


def _strict(path: str) -> str:
    """A path in which things stand by their ids alone: no title is ever part of an address (row L09)."""
    return _NAMED.sub(lambda named: f"{{{named[1]}:{_IDS[named[1]]}}}" if named[1] in _IDS else named[0], path)


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


async def _typed(request: web.Request) -> dict[str, str]:
    """What a script of ours sends. Raises: HTTPBadRequest, HTTPUnsupportedMediaType."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    return read_typed(await request.read())


def read_typed(data: bytes) -> dict[str, str]:
    """A small JSON object of texts. Raises: HTTPBadRequest."""
    try:
        return msgspec.json.decode(data, type=dict[str, str])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise web.HTTPBadRequest from None
