"""Results about a member's devices."""

from typing import Literal

from securecall.identity import DeviceKind
from securecall_client.results.common import Result


class DeviceLine(Result, frozen=True, kw_only=True):
    """A device of a member; `this` says whether it is the one at work."""

    device: str
    name: str
    kind: DeviceKind
    this: bool


class Devices(Result, frozen=True, kw_only=True):
    """A member's devices, in the order they were added."""

    devices: list[DeviceLine]


class NamedDevice(Result, frozen=True, kw_only=True):
    """A device has another name."""

    device: str
    name: str
    saved: Literal["here", "server", "others"]


class DeviceSpace(Result, frozen=True, kw_only=True):
    """How a change of devices stands in a space; `why` says what it waits for, and is empty once it is done."""

    space: str
    name: str
    state: Literal["done", "waiting"]
    why: str


class AddedDevice(Result, frozen=True, kw_only=True):
    """A new computer has been added from here."""

    device: str
    name: str
    spaces: list[DeviceSpace]


class LinkedDevice(Result, frozen=True, kw_only=True):
    """This computer has been added: its device, whose it is, and the space by which they came in."""

    device: str
    member: str
    space: str
    title: str


class MadeSheet(Result, frozen=True, kw_only=True):
    """A recovery sheet: its 24 words, and the line that says where it belongs. `sheet` is both in one line."""

    device: str
    words: list[str]
    place: str
    sheet: str
    spaces: list[DeviceSpace]


class Recovered(Result, frozen=True, kw_only=True):
    """This computer has been added with a recovery sheet, which counts no more; another one takes its place."""

    device: str
    member: str
    space: str
    title: str
    recovery: MadeSheet


class DeviceReceipt(Result, frozen=True, kw_only=True):
    """What the removal of a device did, in words."""

    device: str
    name: str
    at: str
    keeps: str
    from_now: str


class RemovedDevice(Result, frozen=True, kw_only=True):
    """A device is out: in which spaces already, and what that means."""

    spaces: list[DeviceSpace]
    receipt: DeviceReceipt
