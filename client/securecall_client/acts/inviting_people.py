"""Inviting a table of people: all of it is judged first, then made in one go, then written, a file a person."""

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from securecall.rights import Action, may
from securecall.sentences import Sentence, sentence, together
from securecall_client import clock
from securecall_client.acts.invitations import standing
from securecall_client.acts.issuing import Issued, Wanted, expiry_of, issue
from securecall_client.acts.organisations import known_or_new, make_organisation
from securecall_client.acts.rights import need_keeper
from securecall_client.content import Organisation
from securecall_client.errors import FileError, NotFoundError, RefusedError
from securecall_client.files import save_new
from securecall_client.folder import private_dir
from securecall_client.results.people import InvitationFile, InvitationFiles
from securecall_client.session import Session
from securecall_client.text import too_alike, when
from securecall_client.view import SpaceView
from securecall_client.work.covering import file_name, letter
from securecall_client.work.errors import PeopleError
from securecall_client.work.people import Row


async def invite_people(session: Session, rows: Sequence[Row], folder: Path, expires: timedelta) -> InvitationFiles:
    """Make an invitation into the coalition for each row, and write it into a new file in ``folder``.

    Raises: PeopleError, RefusedError, OfflineError, FileError; nothing was made then, unless it says otherwise.
    """
    expiry = expiry_of(expires)
    session.need_server()
    await session.synced(session.coalition)
    await session.writer.flush(session.coalition)
    session.need_server()
    view = await session.view(session.coalition)
    need_keeper(session, view, sentence("invite people"))
    _judge(session, view, rows)
    organisations = _organisations(view, rows)
    _open(folder)
    made = {
        typed: await make_organisation(session, found) if isinstance(found, str) else found
        for typed, found in organisations.items()
    }
    wanted = [Wanted(row.label, row.role, made[row.org]) for row in rows]
    return _write(folder, await issue(session, session.coalition, wanted, expiry))


def _judge(session: Session, view: SpaceView, rows: Sequence[Row]) -> None:
    """Raise PeopleError for a role that is not this member's to give, or a person who is in or waited for already."""
    mine = session.role_in(view)
    waited = {each.note.label for each in standing(session, view) if each.current and each.state != "expired"}
    inside = {view.state.name(member) for member in view.chain.roster.members}
    for row in rows:
        if row.label in inside:
            raise PeopleError(
                sentence("Line %(line)s: %(label)s is in the coalition already.", line=row.line, label=repr(row.label))
            )
        if not may(mine, Action.INVITE, row.role):
            raise PeopleError(
                sentence(
                    "Line %(line)s: a %(mine)s cannot invite somebody as %(role)s.",
                    line=row.line,
                    mine=Sentence(mine),
                    role=Sentence(row.role),
                )
            )
        if row.label in waited:
            raise PeopleError(
                sentence(
                    "Line %(line)s: there is an invitation for %(label)s already. To make another in its "
                    "place: securecall invite again",
                    line=row.line,
                    label=repr(row.label),
                )
            )


def _organisations(view: SpaceView, rows: Sequence[Row]) -> Mapping[str, Organisation | str]:
    """What each organisation that is named comes to: one that is known, or the name of a new one.

    Raises: PeopleError if one could be taken for another, or is not to be told from another.
    """
    found: dict[str, Organisation | str] = {}
    for row in rows:
        if row.org in found:
            continue
        try:
            organisation = known_or_new(view, row.org)
        except (NotFoundError, RefusedError) as error:
            raise PeopleError(
                sentence("Line %(line)s: %(error)s", line=row.line, error=together(str(error), error.hint))
            ) from None
        for other in found.values():
            if isinstance(organisation, str) and isinstance(other, str) and too_alike(organisation, other):
                raise PeopleError(
                    sentence(
                        "Line %(line)s: %(org)s looks like %(other)s. Write both alike, or less so.",
                        line=row.line,
                        org=repr(row.org),
                        other=repr(other),
                    )
                )
        found[row.org] = organisation
    return found


def _open(folder: Path) -> None:
    """Make the folder if it is not there, for this user alone. Raises: FileError if no file can be made in it."""
    if not folder.exists():
        private_dir(folder)
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise FileError(sentence("%(folder)s is not a folder that you can write to. Nothing was made.", folder=folder))


def _write(folder: Path, issued: Sequence[Issued]) -> InvitationFiles:
    """Write each invitation. Raises: FileError, naming those that were made and are in no file."""
    files: list[InvitationFile] = []
    for each in issued:
        label = each.wanted.label
        text = letter(each.text, _until(each.expiry))
        try:
            with save_new(folder, file_name(label)) as file:
                file.write(text.encode("utf-8"))
        except FileError as error:
            left = len(issued) - len(files)
            raise FileError(
                sentence(
                    "%(error)s The invitations are made, and %(left)s of them are in no file, from %(label)s on.",
                    error=error,
                    left=left,
                    label=repr(label),
                ),
                hint="Make each of these anew: securecall invite again LABEL. See: securecall invite list",
            ) from error
        files.append(InvitationFile(label=label, file=str(file.path)))
    return InvitationFiles(invitations=files)


def _until(expiry: int) -> str:
    """When an invitation ends, in UTC alone: a time zone says where somebody is."""
    return when(datetime.fromisoformat(clock.iso(expiry * 60)), UTC)
