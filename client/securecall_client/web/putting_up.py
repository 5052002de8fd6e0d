"""Files that a person has decided on, put up one after the other, beside everything else."""

from collections.abc import Sequence

from securecall.rights import Circle
from securecall_client.acts import documents
from securecall_client.acts.checking import ready
from securecall_client.foreseen import told
from securecall_client.web.desk import Desk
from securecall_client.web.incoming import Incoming


async def put_up(desk: Desk, files: Sequence[Incoming], circle: Circle, *, keep: bool) -> None:
    """Seal their cleaned copies into the profile, or themselves if what they hide is to be kept, and have them carried.

    What fails stays in the queue, and says why.
    """
    for one in files:
        try:
            await _put_up(desk, one, circle, keep=keep)
        except Exception as error:
            one.state, one.why = "ready", str(told(error))
        else:
            desk.arrivals.leave_out(one.id)
            desk.carrying.stir()
        desk.hub.tell("changed", one.call)


async def _put_up(desk: Desk, one: Incoming, circle: Circle, *, keep: bool) -> None:
    looked = await desk.arrivals.looked(one)
    going = ready(desk.hub, one.name, one.file, looked, keep_metadata=keep)
    async with desk.at() as session, session.noting():
        if one.replaces:
            await documents.put_in_place(session, one.call, one.replaces, going)
        else:
            await documents.add_document(session, one.call, going, circle)
