"""What a refusal by the server means, in our words: text from the server itself is never shown (row S40)."""

import re

from securecall.sentences import sentence
from securecall_client.errors import OfflineError, RefusedError, RemovedError, RestoredError

SENTENCES = {
    "unauthorized": sentence("The server does not let this device in."),
    "not-found": sentence("There is nothing like that on the server for you."),
    "conflict": sentence("Something else is already stored under that id."),
    "not-complete": sentence("The server does not have all parts of the file yet."),
    "full": sentence("The server's disk is full. What you wrote stays on this computer."),
    "quota-member": sentence(
        "You have as many files on this server as one person may. What you wrote waits on this computer and goes "
        "out with a later command: withdraw documents that nobody needs, or ask whoever runs the server for room."
    ),
    "quota-space": sentence(
        "There are as many files here as the server takes. What you wrote waits on this computer and goes "
        "out with a later command: ask a chair to withdraw documents that nobody needs, or for more room on the server."
    ),
    "damaged": sentence("The server says that its own copy of this is damaged. That is no proof that it lies."),
    "busy": sentence("The server could not do that just now."),
    "setup-code-used": sentence("This setup code has been used already."),
    "too-large": sentence("That is larger than the server takes."),
    "stale": sentence("Somebody else changed the space first."),
    "no-right": sentence("Your role does not allow that."),
    "not-a-member": sentence("You are no longer in this space, or never were."),
    "bad-device": sentence("This device does not count in the space (any more)."),
    "bad-invite": sentence("The invitation is used, revoked or was never made."),
    "bad-identity": sentence(
        "Somebody named in this has said two different things of their devices, and the server knows the "
        "other one. Nobody can follow both: remove them where it happens, and invite them anew."
    ),
    "last-owner": sentence("The last owner cannot go. Make somebody else an owner first."),
    "rotation-due": sentence("A new key has to be made before anything else can be written."),
    "destroyed": sentence("This space has been destroyed."),
}
READ_ONLY = "read-only"
"""What a server says that was put back from a backup, or that a space has moved from or comes to."""
_CODE = re.compile(r"[a-z][a-z-]{0,39}")


def refused(code: str, identity: tuple[bytes, ...] = ()) -> RefusedError | OfflineError:
    """The error for a stable code of the server; one that takes nothing new counts as not reached.

    ``identity`` are the entries that come with it for a device that was removed.
    """
    if code == READ_ONLY:
        return RestoredError()
    if code == RemovedError.code and identity:
        return RemovedError(SENTENCES[code], identity)
    known = code if _CODE.fullmatch(code) else "unknown"
    return RefusedError(SENTENCES.get(known, sentence("The server refused this (%(known)s).", known=known)), code=known)
