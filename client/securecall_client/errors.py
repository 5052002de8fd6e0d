"""The errors that a person may meet: each is a sentence, says what to do, and has a code for programs."""

from typing import TYPE_CHECKING

from securecall.sentences import Sentence, sentence

if TYPE_CHECKING:
    from securecall_client.exhibits import Exhibit


class SecureCallError(Exception):
    """Something was refused. `str(error)` is the sentence for the person.

    Attributes:
        code: Stable, in kebab-case; what `--json` gives as `error.code`.
        exit_code: What the command line leaves with: 1 refused, 2 usage, 3 proof of misbehaviour,
            4 saved on this computer but the server was not reached.
        hint: What the person can do next, as a sentence, if there is something.
    """

    code: str = "refused"
    exit_code: int = 1

    def __init__(self, message: str, *, hint: str | None = None, code: str | None = None) -> None:
        super().__init__(Sentence(message))
        self.hint: str | None = None if hint is None else Sentence(hint)
        if code is not None:
            self.code = code


class ProfileBusyError(SecureCallError):
    """Another process works on this profile. `holder` says which, in words."""

    code = "profile-busy"

    def __init__(self, holder: str) -> None:
        super().__init__(
            sentence("Another SecureCall is at work on this profile: %(holder)s.", holder=holder),
            hint="Wait until it has finished, or end it, and try again.",
        )
        self.holder = holder


class FileError(SecureCallError):
    """A file or folder cannot be used, or was refused as unsafe."""

    code = "file-refused"


class FileMissingError(FileError):
    """There is no such file, nor was one lost: nothing is there yet."""

    code = "file-missing"


class TextError(SecureCallError):
    """A text that a person typed is not a name, time or span that SecureCall accepts."""

    code = "text-refused"


class OfflineError(SecureCallError):
    """The server was not reached, or something else than a SecureCall server answered in its place."""

    code = "offline"


class CutError(OfflineError):
    """A connection that stood was lost, or fell silent; the same again may well get through."""


class PauseError(OfflineError):
    """The server asks for a pause of ``seconds``: too many requests came from this account or this address."""

    code = "too-many-requests"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            sentence(
                "The server asks for a pause: too many requests came at once, from you or from others on this line."
            ),
            hint="Nothing is lost. Try again in a minute, or on another line.",
        )
        self.seconds = seconds


class RestoredError(OfflineError):
    """The server says that it lacks what it had, so it takes nothing new; it counts as one that was not reached.

    Nothing it shows is taken over, and nothing here changes: that a server says so excuses no shorter history.
    """

    code = "restored"

    message = sentence("The server was put back from an old backup, or is being moved, and takes nothing new yet.")
    hint_words = sentence(
        "All that was here is still here, and what you write waits on this computer. Give the server back what it "
        "lacks: securecall heal. If nobody told you of it, ask the secretariat."
    )

    def __init__(self) -> None:
        super().__init__(self.message, hint=self.hint_words)


class MovedError(RestoredError):
    """A space names another server by now, which this one showed as its last word; that much was taken over."""

    message = sentence("This server takes nothing new any more: an owner has signed that things go on at another one.")
    hint_words = sentence(
        "All that was here is still here. What you write waits on this computer and goes there once you follow, by the "
        "text that an owner hands out: securecall server use."
    )


class NotSentError(OfflineError):
    """What a person wrote is saved on this computer, and the server was not reached."""

    exit_code = 4


class RefusedError(SecureCallError):
    """The server, or the rules, refused what was asked; `code` is the stable code of the refusal."""


class RemovedError(RefusedError):
    """The server does not let this device in, and says that it was removed; ``identity`` are the entries to show it."""

    code = "unauthorized"

    def __init__(self, message: str, identity: tuple[bytes, ...]) -> None:
        super().__init__(message)
        self.identity = identity


class NotFoundError(SecureCallError):
    """Nothing here has that id, prefix or name, or more than one thing has it."""

    code = "not-found"


class InvitationError(SecureCallError):
    """An invitation or setup code that is mangled, used, revoked, expired, or of another server."""

    code = "invitation-refused"


class LinkingError(SecureCallError):
    """A linking text or recovery sheet that is mangled, used, replaced, or past its time."""

    code = "linking-refused"


class ProfileError(SecureCallError):
    """There is no profile in the folder, or one too many, or it does not open."""

    code = "profile-refused"


class ClosedError(SecureCallError):
    """The call is closed; only answers may still arrive."""

    code = "call-closed"


class ProofError(SecureCallError):
    """Proof of misbehaviour: what the server showed cannot be honest. Nothing of it was taken over.

    ``exhibit`` is what it lies in, if others could judge that, until it is ``kept`` as an alarm.
    """

    code = "proof"
    exit_code = 3

    def __init__(self, message: str, *, hint: str | None = None, exhibit: "Exhibit | None" = None) -> None:
        super().__init__(message, hint=hint)
        self.exhibit, self.kept = exhibit, False


class ClonedError(ProofError):
    """This device's own signature stands under something that it did not make: the profile was copied, or is old."""

    code = "cloned"

    def __init__(self, exhibit: "Exhibit | None" = None) -> None:
        super().__init__(
            sentence(
                "Somebody wrote in this device's name elsewhere: its profile was copied, or put back from an old copy."
            ),
            hint="It stops here, so that nothing gets lost. Link this computer anew, into an empty folder, from "
            "another of your devices (securecall device add) or with your recovery sheet, and remove this device "
            "there. If you did not copy it yourself, call the secretariat. With --offline you can read what is here.",
            exhibit=exhibit,
        )
