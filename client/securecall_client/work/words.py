"""Words that people type: what is refused in them, and when two of them are the same word."""

import unicodedata

from securecall.sentences import sentence
from securecall_client.work.errors import CellError

MAX_WORD_BYTES = 256
"""Bytes in UTF-8 of one word or phrase; scripts of three bytes a letter still get 85 letters."""
MAX_WORDS = 64
"""Words in one list."""
MAX_LONG_BYTES = 16 * 1024
"""Bytes in UTF-8 of a text of several lines."""
SEPARATOR = ";"
"""Stands between the words of a list in CSV, hence never inside one."""

_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Unicode's property Bidi_Control: they reorder what stands around them on the screen."""
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""General categories: controls (tab and newline too), surrogates, line and paragraph separators."""
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u034f\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff"))
"""Code points without a shape of their own; kept in the text (Persian and emoji need some), not compared."""
_SHOWN = 40


def key(word: str) -> str:
    """What two spellings of one word share: NFC, case folded, white space folded, invisibles left out.

    Canonical caseless matching (The Unicode Standard, section 3.13, D145), so that ``key(key(w)) == key(w)``.
    """
    bare = unicodedata.normalize("NFD", word).translate(_INVISIBLE)
    folded = unicodedata.normalize("NFD", bare).casefold()
    return unicodedata.normalize("NFC", " ".join(folded.split()))


def shown(text: str) -> str:
    """``text`` in quotation marks, cut short, with what cannot be seen written as an escape."""
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "“" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut) + "”"


def read_text(value: object, cap: int = MAX_WORD_BYTES) -> str:
    """A piece of visible text of at most ``cap`` bytes, kept as typed.

    Raises: CellError if it is missing, no text, empty, too long, or holds control characters.
    """
    if value is None:
        raise CellError("is missing.")
    if not isinstance(value, str):
        raise CellError("must be text in quotation marks.")
    size = len(value.encode("utf-8", "surrogatepass"))
    if size > cap:
        raise CellError(
            sentence(
                "%(value)s has %(size)s bytes; at most %(cap)s are possible.", value=shown(value), size=size, cap=cap
            )
        )
    _refuse_hidden(value, value)
    if not key(value):
        raise CellError("is empty.")
    return value


def read_long(value: object, cap: int = MAX_LONG_BYTES) -> str:
    """A text of one or several lines, of at most ``cap`` bytes; line ends become line feeds, else it is kept as typed.

    Raises: CellError as `read_text`.
    """
    if not isinstance(value, str):
        raise CellError("must be text in quotation marks.")
    text = value.replace("\r\n", "\n")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > cap:
        raise CellError(
            sentence("has %(size)s bytes; at most %(cap)s are possible. Put up a document instead.", size=size, cap=cap)
        )
    _refuse_hidden(text.replace("\n", " ").replace("\t", " "), text)
    if not key(text):
        raise CellError("is empty.")
    return text


def _refuse_hidden(text: str, whole: str) -> None:
    """Raise CellError for what is not seen and changes what is; ``whole`` is what the person typed."""
    for character in text:
        if character in _BIDI_CONTROLS:
            raise CellError(
                sentence("%(whole)s holds a hidden mark of writing direction; leave it out.", whole=shown(whole))
            )
        if unicodedata.category(character) in _CONTROLS:
            raise CellError(
                sentence("%(whole)s holds a control character or line break; leave it out.", whole=shown(whole))
            )


def read_list(value: object) -> tuple[str, ...]:
    """A list of words, none if it is missing.

    Raises: CellError as `read_text`, and if it is no list, too long, or a word holds `SEPARATOR`.
    """
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise CellError("must be a list of words.")
    if len(value) > MAX_WORDS:
        raise CellError(
            sentence(
                "has %(number)s words; at most %(max_words)s are possible.", number=len(value), max_words=MAX_WORDS
            )
        )
    words = tuple(read_text(word) for word in value)
    for word in words:
        if SEPARATOR in word:
            raise CellError(sentence("%(word)s holds a semicolon; write two words.", word=shown(word)))
    return words
