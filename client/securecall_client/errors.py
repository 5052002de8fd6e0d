"""The errors that a person may meet: each is a sentence, says what to do, and has a code for programs."""


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
        super().__init__(message)
        self.hint = hint
        if code is not None:
            self.code = code


class ProfileBusyError(SecureCallError):
    """Another process works on this profile. `holder` says which, in words."""

    code = "profile-busy"

    def __init__(self, holder: str) -> None:
        super().__init__(
            f"Another SecureCall is at work on this profile: {holder}.",
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
