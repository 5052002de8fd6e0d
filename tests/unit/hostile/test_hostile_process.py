"""The hostile server's script and what it does to requests and answers, before a server that only counts."""

import asyncio
import gzip
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import get_args

import aiohttp
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.hostile.answer import PAGE
from tests.hostile.proxy import Proxy
from tests.hostile.script import Asked, Does, Script

README = Path(__file__).parents[2] / "hostile" / "README.md"


class Counter:
    """Answers each request with its number, path and body."""

    def __init__(self) -> None:
        self.count = 0

    async def answer(self, request: web.Request) -> web.Response:
        """One request."""
        self.count += 1
        said = f"{self.count} {request.path} {(await request.read()).decode()}"
        return web.Response(text=said, content_type="application/octet-stream")


@asynccontextmanager
async def lying(tmp_path: Path, rule: str) -> AsyncIterator[tuple[Counter, Callable[[str], Awaitable[bytes]]]]:
    """A proxy with one rule; gives what is behind it, and how to ask for a path."""
    script, counter = tmp_path / "lies.toml", Counter()
    script.write_text(f"[[rule]]\n{rule}\n")
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", counter.answer)
    async with TestServer(app) as behind:
        proxy = Proxy(str(behind.make_url("")).rstrip("/"), Script(script))
        async with TestServer(proxy.app()) as front, aiohttp.ClientSession(auto_decompress=False) as session:

            async def ask(path: str) -> bytes:
                async with session.post(front.make_url(path), data=b"hello", allow_redirects=False) as reply:
                    return await reply.read()

            yield counter, ask


ANSWERS: dict[str, tuple[str, bytes]] = {
    "none of it": ('does = "drop"\npath = "/b"', b"1 /a hello"),
    "another method": ('does = "drop"\nmethod = "GET"', b"1 /a hello"),
    "another client": ('does = "drop"\nclient = 1', b"1 /a hello"),
    "the second alone": ('does = "page"\nnth = [2]', b"1 /a hello"),
    "late": ('does = "delay"\nseconds = 0.01', b"1 /a hello"),
    "twice": ('does = "duplicate"', b"2 /a hello"),
    "instead": ("does = 'instead'\npath = '/(.)'\nask = '/x\\1'", b"1 /xa hello"),
    "cut": ('does = "truncate"\nat = 3', b"1 /"),
    "a bit": ('does = "corrupt"\nat = 0', b"0 /a hello"),
    "a page": ('does = "page"', PAGE),
    "another version": ('does = "version"', b'{"version": 2, "answer": 1 /a hello}'),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_is_what_its_rule_says(name: str, tmp_path: Path) -> None:
    rule, told = ANSWERS[name]
    async with lying(tmp_path, rule) as (_, ask):
        assert await ask("/a") == told


async def test_an_earlier_answer_comes_again(tmp_path: Path) -> None:
    async with lying(tmp_path, 'does = "replay"\nat = 0') as (counter, ask):
        assert [await ask("/a"), await ask("/a"), await ask("/b")] == [b"1 /a hello", b"1 /a hello", b"3 /b hello"]
        assert counter.count == 3


async def test_what_is_compressed_opens(tmp_path: Path) -> None:
    async with lying(tmp_path, 'does = "compress"') as (_, ask):
        assert gzip.decompress(await ask("/a")) == b"1 /a hello"


@pytest.mark.parametrize(("does", "count"), [("drop", 0), ("reset", 0), ("lose", 1), ("length", 1)])
async def test_a_connection_ends_early(does: str, count: int, tmp_path: Path) -> None:
    async with lying(tmp_path, f'does = "{does}"\nat = 9') as (counter, ask):
        with pytest.raises((aiohttp.ClientError, OSError)):
            await ask("/a")
        assert counter.count == count


async def test_an_answer_without_end_goes_on_until_nobody_listens(tmp_path: Path) -> None:
    async with lying(tmp_path, 'does = "endless"') as (_, ask):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask("/a"), 0.2)


def test_a_script_is_read_again_and_counts_anew(tmp_path: Path) -> None:
    path = tmp_path / "lies.toml"
    path.write_text('[[rule]]\ndoes = "drop"\nclient = "ab"\nnth = [1]')
    script, asked = Script(path), Asked("GET", "/v1/x", client="abcd", number=1)
    assert [len(script.rules_for(asked)) for _ in range(2)] == [1, 0]
    other = tmp_path / "other.toml"
    other.write_text('[[rule]]\ndoes = "lose"\nclient = 1')
    other.replace(path)
    assert [rule.does for rule in script.rules_for(asked)] == ["lose"]
    assert script.rules_for(Asked("GET", "/v1/x", client="ef", number=2)) == []


@pytest.mark.parametrize("text", ['[[rule]]\ndoes = "win"', "[[rule]]\ndoes = 'drop'\nwho = 1", "[[rule]]", "rule"])
def test_a_script_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "lies.toml"
    path.write_text(text)
    with pytest.raises(msgspec.DecodeError):
        Script(path)


def test_the_readme_says_what_every_rule_does() -> None:
    lines = [line.split("|")[1] for line in README.read_text("utf-8").splitlines() if line.startswith("| `")]
    told = {word for line in lines for word in re.findall(r"`([a-z]+)`", line)}
    assert told - {"client", "method", "path", "nth", "does"} == set(get_args(Does))
