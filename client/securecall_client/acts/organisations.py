"""Organisations: records of the coalition that its owners and chairs keep, and that invitations name.

They are what overlaps and answers count by, so no two of them may be taken for one another (row M14).
"""

from string import hexdigits

from nacl.utils import random

from securecall.sentences import sentence
from securecall_client.acts.rights import need_keeper
from securecall_client.content import Organisation
from securecall_client.errors import NotFoundError, RefusedError
from securecall_client.results.organisations import AddedOrganisation, OrganisationLine, Organisations
from securecall_client.session import Session
from securecall_client.text import clean_name, too_alike
from securecall_client.view import SpaceView
from securecall_client.work.find import find
from securecall_client.work.places import read_place

LIKE_AN_ID = 8
"""Hexadecimal digits from which on a text is the beginning of an id that somebody copied, and no name."""


async def organisations(session: Session) -> Organisations:
    """The coalition's organisations, by name."""
    view = await session.synced(session.coalition)
    lines = [_line(known) for known in view.state.organisations.values()]
    return Organisations(organisations=sorted(lines, key=lambda line: (line.name.casefold(), line.organisation)))


async def names(session: Session) -> list[str]:
    """What they are called, in that order; none of them is known to whoever is in calls alone."""
    return [known.name for known in (await organisations(session)).organisations] if session.in_coalition else []


async def add_organisation(session: Session, name: str, kind: str, country: str) -> AddedOrganisation:
    """Add an organisation. Raises: TextError, WorkError (no such country), RefusedError."""
    name, kind = (
        clean_name(name, what=sentence("organisation")),
        clean_name(kind, what=sentence("kind")) if kind else "",
    )
    country = read_place(country) if country else ""
    view = await session.synced(session.coalition)
    need_keeper(session, view, sentence("add organisations"))
    _refuse_taken(view, name)
    organisation = Organisation(random(16), name, kind, country)
    _, saved = await session.writer.write(session.coalition, organisation, "allies")
    return AddedOrganisation(organisation=organisation.organisation.hex(), name=name, saved=saved)


def find_organisation(view: SpaceView, typed: str) -> Organisation:
    """The organisation of a coalition that ``typed`` names by id, beginning of it, or name. Raises: NotFoundError."""
    known = view.state.organisations
    return known[find(sentence("organisation"), typed, {each: body.name for each, body in known.items()})]


def known_or_new(view: SpaceView, typed: str) -> Organisation | str:
    """The organisation that ``typed`` names, or the clean name that a new one may have.

    Raises: TextError, NotFoundError (several of that name, or an id that is none), RefusedError (a look-alike).
    """
    name = clean_name(typed, what=sentence("organisation"))
    try:
        return find_organisation(view, name)
    except NotFoundError as error:
        is_id = len(name) >= LIKE_AN_ID and set(name.lower()) <= set(hexdigits)
        if error.code != NotFoundError.code or is_id:
            raise
    _refuse_taken(view, name)
    return name


async def organisation_for(session: Session, typed: str) -> Organisation:
    """The organisation that ``typed`` names, made if it is new; one that waits here to be sent is not made twice.

    Raises: OfflineError, and as `known_or_new`.
    """
    await session.synced(session.coalition)
    await session.writer.flush(session.coalition)
    session.need_server()
    view = await session.view(session.coalition)
    need_keeper(session, view, sentence("add organisations"))
    found = known_or_new(view, typed)
    return await make_organisation(session, found) if isinstance(found, str) else found


async def make_organisation(session: Session, name: str) -> Organisation:
    """Make an organisation of a name that `known_or_new` let through. Raises: RefusedError, ProofError."""
    organisation = Organisation(random(16), name, "", "")
    await session.writer.write(session.coalition, organisation, "allies")
    return organisation


def _refuse_taken(view: SpaceView, name: str) -> None:
    """Raise RefusedError if an organisation has this name, or one that could be taken for it."""
    for known in view.state.organisations.values():
        if too_alike(known.name, name):
            there = sentence("There is %(name)s already. Nothing was changed.", name=repr(known.name))
            alike = sentence(
                "There is %(known)s already, which looks like %(name)s. Nothing was changed.",
                known=repr(known.name),
                name=repr(name),
            )
            raise RefusedError(
                there if known.name == name else alike,
                code="organisation-stands" if known.name == name else "look-alike",
                hint=sentence(
                    "Use that one, %(organisation)s, if it is meant; if not, take a clearer name.",
                    organisation=known.organisation.hex()[:8],
                ),
            )


def _line(known: Organisation) -> OrganisationLine:
    return OrganisationLine(
        organisation=known.organisation.hex(), name=known.name, kind=known.sort, country=known.country
    )
