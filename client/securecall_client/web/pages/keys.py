"""One's own devices, and who holds the key of which space: every access on one page."""

from dataclasses import dataclass

from securecall.sentences import sentence
from securecall_client.acts import audit, devices
from securecall_client.acts.sheet_kept import sheet_state
from securecall_client.errors import NotFoundError
from securecall_client.results.alarms import Audit, EpochLine
from securecall_client.results.devices import DeviceLine, RemovedDevice
from securecall_client.web.adding import Adding
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.qr import qr
from securecall_client.web.typed import need_name

pages = Pages()


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who should hold a key, with how many devices; ``everyone``: of what is for everyone alone."""

    name: str
    devices: int
    everyone: bool


@pages.page("/keys", commands=("device list",))
async def own(visit: Visit) -> Shown:
    """My devices."""
    mine = (await devices.list_devices(visit.session)).devices
    data = {"devices": mine, "sheet": await sheet_state(visit.session)}
    return Shown("keys.html", visit.say("Keys and alarms"), data)


@pages.deed("/keys/name", commands=("device name",))
async def name(visit: Visit) -> Done:
    """Call a device by a name."""
    form = await visit.form()
    await devices.name_device(visit.session, form.text("device"), form.text("name"))
    return Done("/keys", sentence("It has a new name."))


@pages.deed("/keys/add", commands=("device add",), apart=True)
async def add(visit: Visit) -> Done:
    """Begin to add a computer."""
    form = await visit.form()
    return Done(f"/keys/add/{await Adding(visit.desk, form.text('name')).begin()}")


@pages.page("/keys/add/{key}")
async def adding(visit: Visit) -> Shown:
    """The text for the other computer, and how it goes."""
    under_way = visit.desk.drawer.get(visit.names["key"], Adding)
    drawn = qr(under_way.text) if under_way.text else ""
    data = {"adding": under_way, "qr": drawn}
    return Shown("keys_add.html", visit.say("Add a computer"), data)


@pages.page("/keys/{device}/remove")
async def about_removing(visit: Visit) -> Shown:
    """What taking a device out does, before it is done."""
    data = {"device": await _device(visit)}
    return Shown("keys_remove.html", visit.say("Remove a device"), data)


@pages.deed("/keys/{device}/remove", commands=("device remove",))
async def remove(visit: Visit) -> Done:
    """Take a device out of everything, once its name is typed."""
    need_name(await visit.form(), _called(await _device(visit)))
    done = await devices.remove_device(visit.session, visit.names["device"])
    return Done(f"/keys/removed/{visit.desk.drawer.put(done)}")


@pages.page("/keys/removed/{key}")
async def removed(visit: Visit) -> Shown:
    """The receipt for a device."""
    done = visit.desk.drawer.get(visit.names["key"], RemovedDevice)
    return Shown("keys_removed.html", visit.say("Receipt"), {"done": done})


@pages.page("/keys/access", commands=("audit",))
async def access(visit: Visit) -> Shown:
    """Who holds the key of which space and epoch, recomputed from each space's history."""
    audits = [(kind, one, _holders(one.epochs[-1])) for kind, one in await audit.audit_all(visit.session)]
    data = {"audits": audits}
    return Shown("keys_access.html", visit.say("Who holds which key"), {**data, "count": _differences})


def _called(device: DeviceLine) -> str:
    """What a device is called, by the beginning of its id where it has no name."""
    return device.name or device.device[:8]


def _differences(one: Audit) -> int:
    return sum(len(epoch.differences) for epoch in one.epochs)


def _holders(epoch: EpochLine) -> list[Holder]:
    people: dict[tuple[str, str, bool], int] = {}
    for one in epoch.recipients:
        key = (one.name, one.member, one.kind == "everyone")
        people[key] = people.get(key, 0) + 1
    return [Holder(name, count, everyone) for (name, _, everyone), count in people.items()]


async def _device(visit: Visit) -> DeviceLine:
    mine = (await devices.list_devices(visit.session)).devices
    found = [one for one in mine if one.device == visit.names["device"]]
    if not found:
        raise NotFoundError("That is not one of your devices any more.")
    return found[0]
