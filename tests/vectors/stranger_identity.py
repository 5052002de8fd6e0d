"""A second client's judgement of keys and identities, from `docs/protocol.md` with nothing of ours (section 4)."""

from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_scalarmult
from nacl.exceptions import CryptoError

from tests.vectors.page import CAPS, Message, RefusedError
from tests.vectors.stranger import ZERO, signed


def need(holds: object, code: str) -> None:
    """Refuse unless it holds."""
    if not holds:
        raise RefusedError(code)


def sound(key: bytes) -> None:
    """An Ed25519 key as section 4.1 wants it."""
    need(crypto_core_ed25519_is_valid_point(key), "bad-key")


def sound_sealing(key: bytes) -> None:
    """A sealing key as section 4.1 wants it."""
    threes = (int.from_bytes(key[at : at + 3], "little") for at in range(0, 1152, 3))
    need(all(three & 0xFFF < 3329 and three >> 12 < 3329 for three in threes), "bad-key")
    need(int.from_bytes(key[1184:], "little") < 2**255 - 19, "bad-key")
    try:
        crypto_scalarmult(b"\x08" + bytes(30) + b"\x40", key[1184:])
    except CryptoError as error:
        raise RefusedError("bad-key") from error


class Identity:
    """A member's identity chain (section 4.2). ``devices``: id to what it announced, who added it and when."""

    def __init__(self, member: bytes) -> None:
        self.member, self.head, self.number, self.devices = member, ZERO, -1, dict[bytes, Message]()

    def copy(self) -> "Identity":
        new = Identity(self.member)
        new.head, new.number = self.head, self.number
        new.devices = {device: dict(known) for device, known in self.devices.items()}
        return new

    def live(self) -> set[bytes]:
        return {device for device, known in self.devices.items() if known["live"]}

    def announced(self) -> set[bytes]:
        return {known[use] for known in self.devices.values() for use in ("signing", "sealing", "login")}

    def take(self, entry: Message, key: bytes, own: bytes) -> None:
        """One entry more, which is sound as a signed thing."""
        need(entry["device"] == key and entry["number"] == self.number + 1, "bad-identity")
        need(entry["number"] < CAPS["IDENTITY_ENTRIES"], "cap")
        need(entry["previous"] == self.head, "bad-identity")
        change, first = entry["change"], entry["number"] == 0
        need(first or (entry["member"] == self.member and key in self.live()), "bad-identity")
        if change[""] == "add_device":
            new, by, _, _ = signed(change["announcement"], "announcement", "Announcement", CAPS["IDENTITY_BYTES"])
            need(new["signing"] == by and new["member"] == (ZERO if first else self.member), "bad-identity")
            need(not first or by == key, "bad-identity")
            need(new["login"] != by and not self.announced() & {by, new["sealing"], new["login"]}, "bad-key")
            sound(by)
            sound(new["login"])
            sound_sealing(new["sealing"])
            need(len(self.live()) < CAPS["DEVICES_PER_MEMBER"], "cap")
            self.devices[by] = {**new, "live": True, "by": key, "at": entry["number"]}
        else:
            need(not first and change["device"] in self.live() and len(self.live()) > 1, "bad-identity")
            self.devices[change["device"]]["live"] = False
        self.head, self.number = own, entry["number"]
