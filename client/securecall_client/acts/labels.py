"""What members of a call are called: a name for allies, which owners and chairs set, and an alias for guests.

An entry relabels those alone whom it names, and takes from nobody else what they are called (row S30).
"""

from securecall import entries as e
from securecall.rights import KEEPERS
from securecall.sentences import sentence
from securecall_client.acts.named import find_member, the_call
from securecall_client.acts.rights import need_keeper
from securecall_client.captions import Alias, MemberName
from securecall_client.changing import Change, change
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.results.calls import Labelled
from securecall_client.session import Session
from securecall_client.text import clean_name, too_alike
from securecall_client.view import SpaceView
from securecall_client.work.captioning import captions


async def label(session: Session, call: str, person: str, name: str | None, alias: str | None) -> Labelled:
    """Call a member ``name`` among allies, ``alias`` among guests; what is None stays. One's own alias is everybody's
    to choose, the rest is for owners and chairs.

    Raises: NotFoundError, RefusedError, TextError, OfflineError, ProofError.
    """
    view = await the_call(session, call)
    member = find_member(view, person)
    name = clean_name(name) if name is not None else None
    alias = clean_name(alias, what=sentence("alias")) if alias is not None else None
    if name == view.state.name(member) and alias is not None:
        name = None
    _check(session, view, member, name)
    for text in (name, alias):
        _check_alone(view, member, text)

    async def build(view: SpaceView) -> Change:
        if member not in view.chain.roster.members:
            raise NotFoundError(sentence("%(member)s is not in the call any more.", member=view.state.name(member)))
        names = [_renamed(view, member, name)] if name is not None else []
        aliases = [Alias(member, alias)] if alias is not None else []
        return Change(e.Relabel([member]), captions(names=names, aliases=aliases))

    view = await change(session, view.space, build)
    return Labelled(member=member.hex(), name=view.state.name(member), for_guests=view.state.for_guests(member))


def _check(session: Session, view: SpaceView, member: bytes, name: str | None) -> None:
    if member != session.member:
        need_keeper(session, view, "label others")
    if name is not None and session.role_in(view) not in KEEPERS:
        raise RefusedError(
            "Only owners and chairs of the call set the names that allies see. Nothing was changed.",
            hint="What guests call you is yours to choose: securecall call label CALL YOU --for-guests TEXT",
            code="no-right",
        )


def _check_alone(view: SpaceView, member: bytes, text: str | None) -> None:
    """Raise RefusedError if ``text`` could be taken for what somebody else in the call is called."""
    for other in view.chain.roster.members:
        taken = (view.state.name(other), view.state.aliases.get(other, ""))
        if text is not None and other != member and any(known and too_alike(known, text) for known in taken):
            raise RefusedError(
                sentence(
                    "That could be taken for %(other)s, who is in the call too. Nothing was changed.",
                    other=view.state.name(other),
                ),
                hint="Choose another name.",
                code="name-taken",
            )


def _renamed(view: SpaceView, member: bytes, name: str) -> MemberName:
    known = view.state.names.get(member)
    return MemberName(member, name, known.organisation if known else bytes(16), known.org if known else "")
