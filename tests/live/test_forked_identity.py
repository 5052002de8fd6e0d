"""A member whose devices go on in two ways after a restore does not keep a call from the others (rows O12, T03).

A backup lacks what a member last said of their devices. Where somebody lets the coalition go on before that was put
back, they can say something else, such as with their recovery sheet; then no space can follow both.
"""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner

from securecall import entries as e
from securecall_server.cli import app
from securecall_server.restored import mark_restored
from tests.live.api import Answer, Api, somebody
from tests.live.here import served_here
from tests.live.test_put_back_beside import put_back
from tests.world import Person, Space

pytestmark = pytest.mark.slow


async def lift(api: Api, token: str, space: Space) -> Answer:
    """Let a space go on as it is."""
    at = space.chain.seen()
    return await api.ask("PUT", f"/v1/spaces/{space.id.hex()}/lift", token, {"seq": at.seq, "head": at.head.hex()})


def twin_of(person: Person) -> Person:
    """The same member as of now, who goes on by themselves."""
    return Person(f"{person.name}, twice", person.member, person.identity, [*person.items], [*person.devices])


async def test_o12_t03_two_histories_of_one_member_block_nobody_else(tmp_path: Path) -> None:
    owner, ann, ben = somebody(), somebody(), somebody()
    async with served_here(tmp_path / "server") as api, asyncio.timeout(120):
        coalition = await api.found(owner)
        token = await api.token(owner)
        for person in (ann, ben):
            keys = coalition.invite(owner, "member")
            await api.push(token, coalition)
            assert (await api.open_account((await api.log_in_invited(keys)).json["token"], person)).status == 200
            coalition.admit(owner, person, "member", keys)
            await api.push(token, coalition)
        call = await api.open_call(coalition)
        call.admit(owner, ann, "member", e.FromParent(coalition.chain.seen()))
        await api.push(token, call)
        call.admit(owner, ben, "member", e.FromParent(coalition.chain.seen()))
        await api.push(token, call)
        other = twin_of(ann)
        # What the backup lacks: in the call Ann said that she has one device more.
        new = ann.add_device()
        call.name_devices(ann, ann)
        call.write(ben)
        mark_restored(api.server.folder)
        assert (await lift(api, token, coalition)).status == 204
        another = other.add_device()
        coalition.name_devices(other, other)
        await api.push(await api.token(other), coalition)
        bens = await api.token(ben)
        healed = await put_back(api, bens, call)
        assert (healed.status, healed.json) == (200, {"places": call.chain.next_seq})
        assert (await lift(api, token, call)).status == 204
        call.write(ben)
        await api.push(bens, call)
        # The server stays with what it has: where nobody can follow both, the first one counts for logging in.
        assert (await api.log_in_device(another)).status == 200
        assert (await api.log_in_device(new)).status == 401
        # And the way out: Ann goes from the call, and is invited anew as somebody whom nobody knows yet.
        call.remove(owner, ann)
        await api.push(token, call)
    checked = await asyncio.to_thread(CliRunner().invoke, app, ["check", "--data", str(tmp_path / "server")])
    assert (checked.exit_code, "All is whole" in checked.stdout) == (0, True)
