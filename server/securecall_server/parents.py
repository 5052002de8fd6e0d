"""What hangs on a parent is judged by the parent as it stands now, too (protocol 10; rows R01, R03).

The chain's own rules judge a child by the place of the parent that its entry names, which may be any; that is
what keeps a chain valid for ever. Whoever was removed or lowered since could still name the place before, so the
server, which alone sees both chains as they stand, takes no new entry of that kind.
"""

from securecall import entries as e
from securecall.entry_rules import CREATE_UNDER
from securecall.errors import InvalidError, Problem
from securecall.rights import check_right
from securecall.roster import Roster
from securecall.state import Step
from securecall_server.chains import Chains, Held


async def check_parent_now(chains: Chains, held: Held, step: Step) -> None:
    """Raise InvalidError (`Problem.BAD_PARENT`) if what the entry takes from the parent is there no more."""
    match step.body:
        case e.Entry(body=e.EntryBody(change=e.Create(parent=e.Parent(space=parent)) as create) as body):
            _check_author(await _roster(chains, parent), body, create)
        case e.Entry(body=e.EntryBody(change=e.Admit(admissions=admissions))) if held.chain.hangs_on:
            there = await _roster(chains, held.chain.hangs_on.space)
            if any(isinstance(one.via, e.FromParent) and one.member not in there.members for one in admissions):
                raise InvalidError(Problem.BAD_PARENT, "someone who is not in the parent any more")
        case _:
            pass


async def _roster(chains: Chains, parent: bytes) -> Roster:
    """Who is in the parent, with what waits to be written: it stands or falls together with the entry."""
    held = await chains.get(parent)
    if held is None:
        raise InvalidError(Problem.BAD_PARENT, "hangs on a space that is not here")
    return held.chain.roster


def _check_author(there: Roster, body: e.EntryBody, create: e.Create) -> None:
    try:
        author, _ = there.author(body.author, body.device)
        check_right(author.role, CREATE_UNDER[create.kind], "space")
    except InvalidError as error:
        raise InvalidError(Problem.BAD_PARENT, "its author has no right to it in the parent any more") from error
