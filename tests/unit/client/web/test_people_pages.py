"""The pages about people and keys, asked without a browser, over the server in memory."""

import re

from securecall.code import key_words
from securecall_client.acts import admitting, people
from tests.desks import at_desk
from tests.simulator.people import Stage, invite

PATHS = (
    "/", "/people", "/people/invite", "/people/organisations", "/people/leave", "/keys", "/keys/access", "/alarms",
    "/line", "/secretariat", "/sheet",
)  # fmt: skip


async def test_every_page_about_people_and_keys_stands(stage: Stage) -> None:
    async with at_desk(stage["Sec"]) as sec:
        ann = next(one.member for one in (await members(sec)) if one.name == "Ann")
        call = f"/call/{stage.call.hex()}/people"
        more = (f"/people/{ann}", f"/people/{ann}/remove", call, f"{call}/{ann}", f"{call}/{ann}/remove")
        for path in (*PATHS, *more, f"{call}/invite", f"{call}/leave"):
            assert "<title>" in await sec.get(path), path
        assert "Ann" in await sec.get("/people")


async def members(opened):
    """The coalition's members."""
    async with opened.desk.at(reading=True) as session:
        return (await people.members(session)).members
