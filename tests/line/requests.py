"""What a client asks for, read off the bytes that went to the server on one connection."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Seen:
    """A request as far as it got: ``body`` of ``length`` bytes went through; ``answer`` is its status, or 0."""

    method: str
    path: str
    length: int
    body: int = 0
    answer: int = 0


@dataclass(slots=True)
class Requests:
    """The requests of one connection, in order; what is not HTTP any more (a WebSocket) is passed over."""

    log: list[Seen]
    _mine: list[Seen] = field(default_factory=list)
    _up: bytearray = field(default_factory=bytearray)
    _down: bytearray = field(default_factory=bytearray)
    _skip: int = 0
    _over: bool = False

    def up(self, data: bytes) -> None:
        """More bytes to the server."""
        self._up += data
        while self._up and not self._over:
            last = self._mine[-1] if self._mine else None
            if last is not None and last.body < last.length:
                taken = min(last.length - last.body, len(self._up))
                last.body += taken
                del self._up[:taken]
                continue
            head, found, rest = bytes(self._up).partition(b"\r\n\r\n")
            if not found:
                return
            self._up = bytearray(rest)
            self._begin(head.decode("latin-1"))

    def down(self, data: bytes) -> None:
        """More bytes from the server: only the status of each answer is looked at."""
        self._down += data
        while self._down and not self._over:
            taken = min(self._skip, len(self._down))
            del self._down[:taken]
            self._skip -= taken
            head, found, rest = bytes(self._down).partition(b"\r\n\r\n")
            if self._skip or not found:
                return
            self._down, lines = bytearray(rest), head.decode("latin-1").split("\r\n")
            waiting = next(seen for seen in self._mine if not seen.answer)
            waiting.answer, self._skip = int(lines[0].split()[1]), _length(lines)

    def _begin(self, head: str) -> None:
        lines = head.split("\r\n")
        method, path, _ = lines[0].split()
        seen = Seen(method, path, _length(lines))
        self._over = any(line.lower().startswith("upgrade:") for line in lines)
        self._mine.append(seen)
        self.log.append(seen)


def _length(lines: list[str]) -> int:
    found = (line.partition(":")[2] for line in lines if line.lower().startswith("content-length:"))
    return int(next(found, "0"))
