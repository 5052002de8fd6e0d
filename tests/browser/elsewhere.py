"""Somebody else's web server on this computer, and what its pages try on ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

TRIES = """async ({ours, paths, token}) => {
  const seen = {};
  const wait = (make) => new Promise((done) => {
    const element = make();
    element.onload = () => done("load");
    element.onerror = () => done("error");
    document.body.append(element);
  });
  const element = (name, values) => Object.assign(document.createElement(name), values);
  const asked = async (path, how) => {
    try {
      const answer = await fetch(ours + path, {credentials: "include", ...how});
      return [answer.type, answer.status, await answer.text()].join(" ").trim();
    } catch { return "error"; }
  };
  for (const path of paths) {
    const url = ours + path;
    seen[path] = {
      fetch: await asked(path, {}),
      token: await asked(path, {headers: {"X-SecureCall-Token": token}}),
      opaque: await asked(path, {mode: "no-cors"}),
      post: await asked(path, {mode: "no-cors", method: "POST", body: new URLSearchParams({a: "b"})}),
      text: await asked(path, {mode: "no-cors", method: "POST", body: '{"secret": ""}'}),
      image: await wait(() => element("img", {src: url})),
      script: await wait(() => element("script", {src: url})),
      style: await wait(() => element("link", {rel: "stylesheet", href: url})),
      event: await new Promise((done) => {
        const stream = new EventSource(url, {withCredentials: true});
        stream.onopen = () => done("open");
        stream.onerror = () => { stream.close(); done("error"); };
      }),
      socket: await new Promise((done) => {
        const socket = new WebSocket(url.replace("http", "ws"));
        socket.onopen = () => done("open");
        socket.onerror = () => done("error");
      }),
      frame: await new Promise((done) => {
        const frame = element("iframe", {src: url, onload: () => {
          try { done("open " + frame.contentDocument.body.innerText); } catch { done("shut"); }
        }});
        document.body.append(frame);
      }),
      object: await wait(() => element("object", {data: url})),
    };
    document.body.append(element("embed", {src: url}));
  }
  return seen;
}"""
"""Every way in which a page can ask another origin for something, and what it learns of the answer."""

FORMS = """({ours, paths}) => {
  for (const path of paths) for (const enctype of
      ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]) {
    const frame = document.createElement("iframe");
    frame.name = path + enctype;
    const form = document.createElement("form");
    Object.assign(form, {method: "post", action: ours + path, enctype, target: frame.name});
    form.innerHTML = "<input name='secret' value='x'>";
    document.body.append(frame, form);
    form.submit();
  }
}"""
"""Forms that a person never sees, of each kind that needs no leave from whoever they are sent to."""


@dataclass
class Elsewhere:
    """Its address under several names, and what browsers sent it."""

    port: int = 0
    cookies: list[str] = field(default_factory=list)
    referrers: list[str] = field(default_factory=list)

    def at(self, name: str) -> str:
        """Its address under a name."""
        return f"http://{name}:{self.port}"

    async def answer(self, request: web.Request) -> web.Response:
        """A page without any policy."""
        self.cookies.append(request.headers.get("Cookie", ""))
        self.referrers.append(request.headers.get("Referer", ""))
        return web.Response(text="<!doctype html><title>Elsewhere</title><body>Elsewhere", content_type="text/html")


@asynccontextmanager
async def elsewhere() -> AsyncIterator[Elsewhere]:
    """Serve on a free port of loopback."""
    other, app = Elsewhere(), web.Application()
    app.router.add_route("*", "/{path:.*}", other.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    other.port = runner.addresses[0][1]
    try:
        yield other
    finally:
        await runner.cleanup()
