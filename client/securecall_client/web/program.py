"""The pages put together: one small server for one person, on this computer alone."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from securecall_client.errors import SecureCallError
from securecall_client.foreseen import told
from securecall_client.profile import Lock
from securecall_client.web import gate as gates
from securecall_client.web.desk import Desk, LockedError
from securecall_client.web.entry import COOKIE, Entry
from securecall_client.web.frame import line, top
from securecall_client.web.gate import Gate
from securecall_client.web.language import Language, language
from securecall_client.web.live import live
from securecall_client.web.loopback import Loopback
from securecall_client.web.page import FORM_BYTES, Deed, Page, Pages, Piece, Shown, Visit
from securecall_client.web.pages import ALL
from securecall_client.web.render import render

HTMX: Final = {
    "history": True,
    "includeIndicatorCSS": False,
    "morphIgnore": ["data-htmx-powered", "style"],
    "defaultTimeout": 120_000,
}
"""What of htmx is used otherwise than it comes: no style of its own, which the policy refuses."""
STATIC: Final = Path(__file__).parent / "static"
BEGIN: Final = "/begin"
"""Where everybody is sent who is not in yet."""
FIRST: Final = ("none", "begun", "joining")


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
        app = web.Application(middlewares=[gate.middleware(), self._failures()], client_max_size=FORM_BYTES)
        app.on_response_prepare.append(gate.headers)
        app.router.add_post(gates.ENTER, self._enter)
        app.router.add_post(gates.UNLOCK, self._unlock)
        app.router.add_post("/lock", self._lock)
        app.router.add_get("/live", self._live)
        app.router.add_static(gates.STATIC, STATIC, follow_symlinks=False)
        for part in parts:
            for page in part.pages:
                app.router.add_get(page.path, self._page(page))
            for piece in part.pieces:
                app.router.add_get(piece.path, self._piece(piece))
            for deed in part.deeds:
                app.router.add_post(deed.path, self._deed(deed))
        return app

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve as long as the block lasts; at its end the profile is locked."""
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=0)
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

    async def _shell(self, request: web.Request) -> web.Response:
        """What a browser gets for any path: no data, only what fetches it."""
        sheets = sorted(sheet.name for sheet in (STATIC / "css").iterdir())
        data = {"state": self.desk.state, "sheets": sheets, "htmx": json.dumps(HTMX)}
        return _html(render("shell.html", _language(request), data))

    async def _enter(self, request: web.Request) -> web.Response:
        typed = await _typed(request)
        if not self.entry.enter(typed.get("secret", "")):
            return web.json_response({"error": "This address has been used already."}, status=HTTPStatus.FORBIDDEN)
        answer = web.json_response({"token": self.entry.token})
        answer.set_cookie(COOKIE, self.entry.cookie, httponly=True, samesite="Strict", path="/")
        return answer

    async def _unlock(self, request: web.Request) -> web.Response:
        typed = await _typed(request)
        try:
            anew = await self.desk.unlock(Lock.from_passphrase(typed.get("passphrase", "")))
        except Exception as error:
            failure = told(error)
            return web.json_response({"error": str(failure), "code": failure.code}, status=HTTPStatus.FORBIDDEN)
        if anew:
            self.entry.renew()
        return web.json_response({"token": self.entry.token})

    async def _lock(self, _: web.Request) -> web.Response:
        await self.desk.lock()
        self.entry.renew()
        return web.Response(status=HTTPStatus.NO_CONTENT, headers={"Clear-Site-Data": '"cache", "storage"'})

    def _page(self, page: Page) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            return _html(await self._shown(page, request))

        return answer

    async def _shown(self, page: Page, request: web.Request) -> str:
        if "HX-Boosted" in request.headers:
            # Somebody followed a link; pages also ask by themselves, when something has changed.
            self.desk.touch()
        visit = Visit(request, self.desk, _language(request), request.match_info)
        if page.locked and self.desk.state != "open":
            return await self._whole(visit, await page.show(visit))
        if self.desk.state in FIRST:
            raise web.HTTPSeeOther(BEGIN)
        async with self.desk.at(reading=True):
            return await self._whole(visit, await page.show(visit))

    def _piece(self, piece: Piece) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            visit = Visit(request, self.desk, _language(request), request.match_info)
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
            visit = Visit(request, self.desk, _language(request), request.match_info)
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
                self.desk.hub.tell("said", done.said)
            self.desk.hub.tell("changed")
            raise web.HTTPSeeOther(done.to)

        return answer

    async def _whole(self, visit: Visit, shown: Shown) -> str:
        here = visit.request.path
        data = {
            "title": shown.title,
            "here": here,
            "section": here,
            "state": self.desk.state,
            "top": await top(visit),
            "line": await line(visit),
            **shown.data,
        }
        return render(shown.template, visit.language, data)

    def _failures(self) -> Middleware:
        @web.middleware
        async def failing(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await handler(request)
            except LockedError:
                return web.Response(status=HTTPStatus.UNAUTHORIZED)
            except web.HTTPRedirection:
                raise
            except web.HTTPException as error:
                return _notice(request, SecureCallError(_PLAIN.get(error.status, _OTHER)), error.status)
            except Exception as error:
                return _notice(request, told(error), HTTPStatus.UNPROCESSABLE_ENTITY)

        return failing


_PLAIN: Final[Mapping[int, str]] = {
    HTTPStatus.NOT_FOUND: "There is no such page.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "This is more text than can be sent at once.",
}
_OTHER: Final = "The page and the program did not understand each other. Load the page anew."


def _notice(request: web.Request, error: SecureCallError, status: int) -> web.Response:
    """A failure in words, put beside what was typed, which stays."""
    # Hints for the command line name commands, which nobody types here.
    hint = "" if error.hint is None or "securecall " in error.hint else error.hint
    words = render("failure.html", _language(request), {"error": error, "hint": hint})
    return web.Response(
        text=words,
        content_type="text/html",
        status=status,
        headers={"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"},
    )


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


def _language(request: web.Request) -> Language:
    return language(request.headers.get("Accept-Language", ""))


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
