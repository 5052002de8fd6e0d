"""A small server with the pages' shell and script and none of their pages: each test puts up its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parents[2] / "client" / "securecall_client" / "web" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SHELL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pages</title><link rel="icon" href="/icon">
<script src="/static/bundle.js" defer></script></head>
<body><p id="notice" role="alert"></p><main id="main"></main>
<template id="locked"><h1>Locked</h1><input id="passphrase" aria-label="Passphrase" autofocus></template>
<template id="lost"><h1>Lost</h1></template></body></html>"""
SECRET, TOKEN = "launch-secret", "page-token"

Shown = Callable[[], str]


@dataclass
class Small:
    """The server's side of a test: what it shows, what it was asked, who listens."""

    pages: dict[str, Shown] = field(default_factory=dict)
    """What a path shows now; after ! a failure in words, after @ a file."""
    posts: dict[str, Callable[[dict[str, str]], web.Response]] = field(default_factory=dict)
    """What a path does with a form."""
    token: str = TOKEN
    asked: list[web.BaseRequest] = field(default_factory=list)
    """All requests with a page's token, or that should have one."""
    streams: set[web.StreamResponse] = field(default_factory=set)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    """What is answered only once something has happened."""
    url: str = ""

    @property
    def door(self) -> str:
        """The address that opens the first page."""
        return f"{self.url}/#enter={SECRET}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer the shell to a browser on its way, and everything else only to the script with its token."""
        if request.headers.get("Sec-Fetch-Mode") == "navigate":
            return page(SHELL)
        self.asked.append(request)
        if request.headers.get("X-SecureCall-Token") != self.token:
            return web.Response(status=401)
        if request.path == "/live":
            return await self.stream(request)
        if request.path_qs in self.held:
            await self.held[request.path_qs].wait()
        if request.path.startswith("/unsent/"):
            return web.json_response({})
        if request.method == "POST":
            form = await request.post()
            return self.posts[request.path]({name: str(value) for name, value in form.items()})
        shown = self.pages[request.path_qs]()
        kinds = {"!": failure, "@": file}
        return kinds[shown[0]](shown[1:]) if shown[0] in kinds else page(shown)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Keep a live stream open until the other side leaves."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        async with self.heard:
            self.streams.add(response)
            self.heard.notify_all()
        try:
            await self.ended.wait()
        finally:
            self.streams.discard(response)
        return response

    async def followed(self, count: int = 1) -> None:
        """Wait until so many streams are open."""
        async with asyncio.timeout(60), self.heard:
            await self.heard.wait_for(lambda: len(self.streams) >= count)

    async def tell(self, event: str = "changed") -> None:
        """Say an event to every page that listens."""
        await self.followed()
        for stream in list(self.streams):
            await stream.write(f"event: {event}\ndata: \n\n".encode())

    async def enter(self, request: web.Request) -> web.Response:
        """Exchange the launch secret."""
        assert (await request.json()) == {"secret": SECRET}
        return web.json_response({"token": self.token})


def failure(words: str) -> web.Response:
    """An answer that says what went wrong, beside what stands there."""
    headers = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"}
    return web.Response(text=f"<b>{words}</b>", content_type="text/html", status=422, headers=headers)


def file(text: str) -> web.Response:
    """An answer to be saved."""
    return web.Response(text=text, headers={"Content-Disposition": 'attachment; filename="notes.txt"'})


def page(text: str) -> web.Response:
    """An answer the way the pages are answered."""
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/html", headers=headers)


async def icon(_: web.Request) -> web.Response:
    """Answer that there is no picture for the tab."""
    return web.Response(status=204)


@asynccontextmanager
async def serving(small: Small) -> AsyncIterator[Small]:
    """Serve on a free port of loopback."""
    app = web.Application()
    app.router.add_static("/static", STATIC)
    app.router.add_get("/icon", icon)
    app.router.add_post("/enter", small.enter)
    app.router.add_route("*", "/{path:.*}", small.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    small.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield small
    finally:
        small.ended.set()
        await runner.cleanup()
