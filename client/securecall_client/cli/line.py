"""One run of a command: its options, its session, and what it shows at the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from securecall_client.cli import ask, failures, passphrase
from securecall_client.cli.options import Options
from securecall_client.cli.screen import Screen
from securecall_client.errors import ProfileError

if TYPE_CHECKING:
    from securecall_client.profile import Lock
    from securecall_client.progress import Say
    from securecall_client.session import Session
    from securecall_client.settings import Settings

T = TypeVar("T")

_HERE = (
    "The server was not reached, or something that was just said holds this back: it is saved on this computer only,"
    " and nobody else has it. It goes by itself when SecureCall next can; `securecall sync` tries now."
)


class Line:
    """What a command works with. Questions are asked before a session begins, so that Ctrl-C ends them at once."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.screen = Screen(as_json=options.json)
        self.exit_code = failures.DONE

    @property
    def say(self) -> "Say":
        """What acts speak through."""
        return self.screen.say

    @cached_property
    def settings(self) -> "Settings":
        """The settings of the session. Raises: TextError if the proxy is none."""
        from securecall_client.proxy import check_proxy
        from securecall_client.settings import Settings

        options = self.options
        return Settings(
            home=options.folder,
            offline=options.offline,
            unconfirmed=options.unconfirmed,
            proxy=None if options.way is None else check_proxy(options.way),
            patient=options.patient,
        )

    @cached_property
    def lock(self) -> "Lock":
        """What opens the profile that is there; asked for once in a run, or once in a shell.

        Raises:
            ProfileError: There is none, so nothing is asked.
            PassphraseError: There is no passphrase to be had.
        """
        from securecall_client.profile import Lock

        self.need_profile()
        return self.options.lock or Lock.from_passphrase(passphrase.read())

    def need_profile(self) -> None:
        """Raise ProfileError if there is none."""
        if not self.has_profile():
            raise ProfileError(
                f"There is no profile in {self.options.folder}.",
                hint="Join with an invitation (securecall join), begin a coalition (securecall found), or name the"
                " folder of your profile: --home DIR.",
                code="no-profile",
            )

    def sure(self, what: str, *, yes: bool) -> None:
        """Ask a person whether they mean it, as `ask.sure`; the passphrase first, lest it is typed where it shows."""
        _ = self.lock
        ask.sure(what, yes=yes)

    def new_lock(self, memory: int) -> "Lock":
        """What will open a profile that is being made; ``memory`` in MiB is what one guess at it shall cost."""
        from securecall_client.profile import Lock

        return Lock.from_passphrase(passphrase.read(new=True), memory=memory * 1024 * 1024)

    def has_profile(self) -> bool:
        """Whether there is a profile in the folder already."""
        from securecall_client.profile import Profile

        return Profile(self.options.folder).exists()

    def alone(self) -> "Line":
        """The same without the server: for what nothing it does now may keep a person from seeing."""
        return Line(replace(self.options, offline=True))

    def run(self, act: Coroutine[object, object, T]) -> T:
        """Run an act to its end."""
        return asyncio.run(act)

    def in_session(self, act: "Callable[[Session], Awaitable[T]]") -> T:
        """Open the profile, do one thing in it, and close it."""
        return self.run(self._in_session(self.lock, act))

    def each(self, act: "Callable[[Session], AsyncIterator[T]]", show: Callable[[T], None]) -> None:
        """Open the profile and show one thing after another, until there are no more or Ctrl-C."""
        self.run(self._each(self.lock, act, show))

    def show(self, result: T, words: Callable[[T], Iterable[str]]) -> None:
        """Show a result: its document, or its words. What is saved here alone is said so (exit code 4)."""
        if self.screen.as_json:
            self.screen.document(result)
        else:
            self.screen.words(words(result))
        if saved_here_only(result):
            self.screen.note(_HERE)
            self.exit_code = failures.HERE

    async def _in_session(self, lock: "Lock", act: "Callable[[Session], Awaitable[T]]") -> T:
        from securecall_client.opening import open_session

        async with open_session(self.settings, lock, self.say) as session:
            with session.deed.begun():
                return await act(session)

    async def _each(
        self, lock: "Lock", act: "Callable[[Session], AsyncIterator[T]]", show: Callable[[T], None]
    ) -> None:
        from securecall_client.opening import open_session

        async with open_session(self.settings, lock, self.say) as session:
            async for thing in act(session):
                show(thing)


def saved_here_only(result: object) -> bool:
    """Whether a result, or a document in it, is saved on this computer and nowhere else yet."""
    parts = (result, *getattr(result, "documents", ()))
    return any(getattr(part, "saved", None) == "here" for part in parts)
