"""The people of a call: who is in it as what, who else may come, roles and labels, removing, and the call's keys."""

from typing import Final

from securecall.rights import KEEPERS, Role
from securecall.sentences import sentence
from securecall_client.acts import (
    calls,
    ending,
    expelling,
    invitations,
    labels,
    leaving,
    pairs,
    people,
    removing,
    roles,
)
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.results.people import MemberInCall
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages.in_call import in_call
from securecall_client.web.pages.people import let_in
from securecall_client.web.typed import local_time, need_name

pages = Pages()
_ROLES: Final[tuple[Role, ...]] = ("owner", "chair", "member", "guest")


@pages.page("/call/{call}/people", commands=("invite list", "call pairs"))
async def members(visit: Visit) -> Shown:
    """Who is in the call, who asks to be let in, and what keeps it closed to everybody else."""
    session, call = visit.session, visit.names["call"]
    view = await session.view(bytes.fromhex(call))
    role = None if view.me is None else view.me.role
    inside = await people.members_of_call(session, call)
    data = {
        "members": inside,
        "role": role,
        "keeps": role in KEEPERS,
        "asking": [one for one in visit.desk.asking if one.space == call],
        "others": await _others(visit, inside) if role in KEEPERS else [],
        "invitations": (await invitations.invitations(session, call)).invitations if role in KEEPERS else [],
        "pairs": (await pairs.list_pairs(session, call)).pairs,
        "removals": await removing.removals(session, call),
        "admit": f"/call/{call}/people/admit",
    }
    return await in_call(visit, "call_people.html", "people", visit.say("People"), **data)


@pages.deed("/call/{call}/people/admit", commands=("admit",))
async def admit(visit: Visit) -> Done:
    """Let in one person who asks."""
    return Done(_base(visit), await let_in(visit))


@pages.deed("/call/{call}/people/add", commands=("call invite",))
async def add(visit: Visit) -> Done:
    """Let people of the coalition into the call."""
    chosen = (await visit.form()).texts("member")
    if not chosen:
        raise RefusedError("Tick somebody first.", code="nobody")
    done = await calls.invite_to_call(visit.session, visit.names["call"], chosen)
    return Done(_base(visit), sentence("Now in the call: %(names)s.", names=done.names))


@pages.deed("/call/{call}/people/rotate", commands=("call rotate",))
async def rotate(visit: Visit) -> Done:
    """Make a new key; everybody stays."""
    done = await calls.rotate_call(visit.session, visit.names["call"])
    return Done(_base(visit), sentence("The call has a new key, number %(epoch)s.", epoch=done.epoch))


@pages.page("/call/{call}/people/{member}")
async def person(visit: Visit) -> Shown:
    """One person in the call: role, names, and removing them."""
    return await _about(visit, "call_person.html", visit.say("Person"))


@pages.deed("/call/{call}/people/{member}/role", commands=("call role",))
async def give_role(visit: Visit) -> Done:
    """Give another role; whoever is to decide over others is named by typing (row L06)."""
    form, one = await visit.form(), await _member(visit)
    role = form.choice("role", _ROLES)
    if role is None:
        raise RefusedError("Choose a role.", code="no-role")
    if role in KEEPERS:
        need_name(form, one.name)
    until = local_time(visit, form.text("until")) if role == "guest" and form.text("until") else None
    await roles.give_role(visit.session, visit.names["call"], one.member, role, until)
    return Done(f"{_base(visit)}/{one.member}", sentence("%(name)s has another role now.", name=one.name))


@pages.deed("/call/{call}/people/{member}/label", commands=("call label",))
async def label(visit: Visit) -> Done:
    """Say what allies and guests read for a person."""
    form, one = await visit.form(), await _member(visit)
    name, alias = form.text("name"), form.text("alias")
    await labels.label(
        visit.session, visit.names["call"], one.member,
        name if name and name != one.name else None, alias if alias and alias != one.alias else None,
    )  # fmt: skip
    return Done(f"{_base(visit)}/{one.member}", sentence("From now on they are called so."))


@pages.deed("/call/{call}/people/{member}/claim", commands=("call claim",))
async def claim(visit: Visit) -> Done:
    """Claim that somebody should be an owner, where none answers any more."""
    one = await _member(visit)
    need_name(await visit.form(), one.name)
    done = await ending.claim_call(visit.session, visit.names["call"], one.member)
    said = sentence("%(claims)s of %(needed)s people claim this now.", claims=done.claims, needed=done.needed)
    return Done(f"{_base(visit)}/{one.member}", said)


@pages.page("/call/{call}/people/{member}/remove")
async def about_removing(visit: Visit) -> Shown:
    """What removing somebody from the call will and cannot do, before it is done."""
    view = await visit.session.view(bytes.fromhex(visit.names["call"]))
    member = bytes.fromhex(visit.names["member"])
    documents, answers = removing.held(view, view.chain.next_seq, [member])
    return await _about(
        visit, "call_remove.html", visit.say("Remove from the call"), documents=documents, answers=answers
    )


@pages.deed("/call/{call}/people/{member}/remove", commands=("call remove",))
async def remove(visit: Visit) -> Done:
    """Remove somebody from the call, once their name is typed; a new key comes with it."""
    form, one = await visit.form(), await _member(visit)
    need_name(form, one.name)
    if form.text("where") == "everywhere":
        parting = await expelling.remove_member(visit.session, one.member)
        return Done(f"/people/removed/{visit.desk.drawer.put(parting)}")
    await removing.remove_from_call(visit.session, visit.names["call"], [one.member])
    newest = (await removing.removals(visit.session, visit.names["call"]))[0]
    return Done(f"{_base(visit)}/removed/{newest.place}")


@pages.page("/call/{call}/people/removed/{place}")
async def removed(visit: Visit) -> Shown:
    """The receipt of a removal, as far as this computer knows by now."""
    place = int(visit.names["place"])
    found = [one for one in await removing.removals(visit.session, visit.names["call"]) if one.place == place]
    if not found:
        raise NotFoundError("Nobody was removed there.")
    receipt = found[0].receipt
    return await in_call(visit, "call_removed.html", "people", visit.say("Receipt"), receipt=receipt)


@pages.page("/call/{call}/people/leave")
async def about_leaving(visit: Visit) -> Shown:
    """What leaving the call does, before it is done."""
    call = await calls.show_call(visit.session, visit.names["call"])
    data = {"space": call.title, "base": _base(visit), "section": "/", "everything": False}
    return Shown("leave.html", visit.say("Leave"), data)


@pages.deed("/call/{call}/people/leave", commands=("leave",))
async def leave(visit: Visit) -> Done:
    """Leave the call, once its title is typed."""
    call = await calls.show_call(visit.session, visit.names["call"])
    need_name(await visit.form(), call.title)
    parting = await leaving.leave(visit.session, call.call)
    return Done(f"/people/left/{visit.desk.drawer.put(parting)}")


def _base(visit: Visit) -> str:
    return f"/call/{visit.names['call']}/people"


async def _member(visit: Visit) -> MemberInCall:
    everybody = await people.members_of_call(visit.session, visit.names["call"])
    found = [one for one in everybody if one.member == visit.names["member"]]
    if not found:
        raise NotFoundError("They are not in the call any more.")
    return found[0]


async def _about(visit: Visit, template: str, title: str, **more: object) -> Shown:
    session = visit.session
    view = await session.view(bytes.fromhex(visit.names["call"]))
    one = await _member(visit)
    data = {
        "person": one,
        "role": None if view.me is None else view.me.role,
        "roles": _ROLES,
        "keepers": KEEPERS,
        **more,
    }
    known = session.in_coalition and bytes.fromhex(one.member) in (
        (await session.view(session.coalition)).chain.roster.members
    )
    return await in_call(visit, template, "people", title, in_coalition=known, **data)


async def _others(visit: Visit, inside: list[MemberInCall]) -> list[object]:
    """Members of the coalition who are not in the call."""
    if not visit.session.in_coalition:
        return []
    known = {one.member for one in inside}
    return [one for one in (await people.members(visit.session)).members if one.member not in known]
