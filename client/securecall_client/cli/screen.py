"""The two streams: results on stdout, words beside them on stderr, nothing in either that drives a terminal."""

import json
import os
import sys
from collections.abc import Iterable
from typing import TextIO

from securecall.sentences import plain
from securecall_client.cli import failures
from securecall_client.errors import SecureCallError
from securecall_client.progress import Terminal
from securecall_client.text import for_terminal


class OutputClosedError(Exception):
    """Whoever read our output has gone; there is nobody left to tell."""


class OutputLostError(SecureCallError):
    """The disk or device behind our output did not take it. What was asked for was done by then."""

    code = "output-lost"

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"The result could not be written out: {error.strerror}. What you asked for is done all the same.",
            hint="Do not do it a second time; look at it with a command that shows it.",
        )


class Screen:
    """Where one run writes. With ``aside``, stdout belongs to somebody else's bytes and all words go to stderr."""

    def __init__(self, *, as_json: bool, aside: bool = False) -> None:
        self.as_json = as_json
        self.aside = aside
        self.say = Terminal()

    def words(self, lines: Iterable[str]) -> None:
        """Print lines of a result for people. Escapes are the caller's; this is the second net (threat M14)."""
        text = "".join(for_terminal(line, newlines=True) + "\n" for line in lines)
        self._write(self._results(), text)

    def note(self, text: str) -> None:
        """Say something that is not the result, in lines."""
        for line in text.splitlines():
            self.say.line(line)

    def document(self, value: object) -> None:
        """Print one JSON document on a line of its own, in ASCII: no character of it can drive a terminal."""
        import msgspec

        self._json(msgspec.to_builtins(value, enc_hook=plain))

    def end_bytes(self) -> None:
        """Send off what somebody else wrote to stdout."""
        self._write(sys.stdout, "")

    def failure(self, error: SecureCallError) -> None:
        """Print a failure, as a document or in words."""
        if self.as_json:
            self._json(failures.document(error))
            return
        self.lost(error)

    def lost(self, error: SecureCallError) -> None:
        """Say a failure beside the output, which may take nothing."""
        for sentence in failures.sentences(error):
            self.say.line(sentence)

    def _json(self, value: object) -> None:
        self._write(self._results(), json.dumps(value) + "\n")

    def _results(self) -> TextIO:
        self.say.close()
        return sys.stderr if self.aside else sys.stdout

    def _write(self, stream: TextIO, text: str) -> None:
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError as error:
            raise OutputClosedError from error
        except OSError as error:
            raise OutputLostError(error) from error


def tolerate_any_alphabet() -> None:
    """Let a terminal that lacks a letter show its number instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def drop_output() -> None:
    """Send what is still buffered for a stdout that takes nothing nowhere, so that the interpreter ends in silence."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
