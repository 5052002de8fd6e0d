"""Moving to another server from the pages, and following there."""

import re
from html import unescape

from securecall_client.transport import Connect, Transport, Way
from securecall_server.codes import setup_code
from tests.pages import visiting
from tests.simulator.hostile import Hostile
from tests.simulator.people import Person, Stage
from tests.simulator.server import Server

NEW = "http://127.0.0.1:8701"
TEXT = re.compile(r'<textarea id="text"[^>]*readonly[^>]*>([^<]+)<')


def lines(person: Person, new: Server) -> Connect:
    """Lines by address: to the new server, or as before."""

    def connect(address: str, way: Way) -> Transport:
        return Hostile(new).connect(address, way) if address == NEW else person.hostile.connect(address, way)

    return connect


async def test_n01_an_owner_moves_and_a_member_follows_the_owner_s_text_alone(stage: Stage) -> None:
    await stage.sync()
    new = Server("new")
    async with visiting(stage["Sec"]) as sec, visiting(stage["Ann"]) as ann:
        for visitor, name in ((sec, "Sec"), (ann, "Ann")):
            visitor.program.desk.connect = lines(stage[name], new)
        assert 'id="move-form"' in await sec.page("/line")
        there = await ann.page("/line")
        assert 'id="use-form"' in there
        assert 'id="move-form"' not in there
        code = setup_code(new.setup_seed, new.public)
        assert "both" in await sec.refused("/line/move", to=NEW)
        assert "Only an owner" in await ann.refused("/line/move", to=NEW, setup=code)
        shown = await sec.do("/line/move", to=NEW, setup=code)
        [text] = TEXT.findall(await sec.page(shown))
        assert NEW in await sec.page("/line")
        assert "Only an owner" in await ann.refused("/line/text")
        assert await ann.refused("/line/use", text=text[:-9])
        assert "another server" in await ann.page(await ann.do("/line/use", text=unescape(text)))
        assert NEW in await ann.page("/line")
        again = await sec.do("/line/text")
        assert TEXT.findall(await sec.page(again))
        assert await sec.do(f"{again}/away") == "/line"
