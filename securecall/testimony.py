"""What only the maker of a file says, and nobody signed: weighed as their word (protocol 20.2)."""

from collections.abc import Iterator

from securecall import entries as e
from securecall.errors import InvalidError, Problem
from securecall.evidence import Disowned, Ungranted, Withheld
from securecall.exhibits import Case, Vouched, item_of
from securecall.labels import Label, digest
from securecall.naming import MAKER, Finding, device, item_signed, server, statement
from securecall.sentences import sentence


def said(case: Case) -> Iterator[Finding]:
    """What the maker of the file says. Raises: InvalidError if it cannot be so."""
    match case.evidence.word:
        case Withheld(member=member, seq=seq):
            yield _withheld(case, member, seq)
        case Ungranted() as word:
            yield _ungranted(case, word)
        case Disowned(seq=seq):
            yield _disowned(case, seq)
        case None:
            return


def _withheld(case: Case, member: bytes, seq: int) -> Finding:
    vouched = _vouching(case, seq)
    if seq not in case.chain.withheld(member):
        raise InvalidError(Problem.MALFORMED, "said to be withheld from somebody to whom it is not due")
    return Finding(
        "one of the two",
        (server(vouched), MAKER),
        sentence(
            "The bytes of place %(seq)s are due to a member and, says whoever made this file, the "
            "server gives none. Nobody can prove that on paper.",
            seq=seq,
        ),
        (statement(vouched),),
    )


def _ungranted(case: Case, word: Ungranted) -> Finding:
    vouched = _vouching(case, word.seq)
    body = case.steps[word.seq].body
    line = (
        next((line for line in body.body.grants if line.device == word.device), None)
        if isinstance(body, e.Entry)
        else None
    )
    if line is None or not isinstance(body, e.Entry):
        raise InvalidError(Problem.MALFORMED, "a grant that no entry there lists")
    author = item_of(body, case.steps[word.seq].digest)
    signed = (item_signed(case, author), statement(vouched))
    if word.box is not None and digest(Label.GRANT, word.box) == line.digest:
        return Finding(
            "one of the two",
            (device(author), MAKER),
            sentence(
                "The grant of place %(seq)s is the one that its author signed, so the server did not "
                "change it. It does not open, says whoever made this file: either its author sealed "
                "something else, or that is not so.",
                seq=word.seq,
            ),
            signed,
        )
    what = sentence("is missing") if word.box is None else sentence("is another than its author signed")
    return Finding(
        "one of the two",
        (server(vouched), MAKER),
        sentence(
            "The grant of place %(seq)s %(what)s, says whoever made this file: either that is the "
            "server's doing, or it is not so. Its author is not at fault.",
            seq=word.seq,
            what=what,
        ),
        signed,
    )


def _disowned(case: Case, seq: int) -> Finding:
    body = case.steps[seq].body if seq < len(case.steps) else None
    if body is None:
        raise InvalidError(Problem.MALFORMED, "an item that is not in the file")
    item = item_of(body, case.steps[seq].digest)
    return Finding(
        "one of the two",
        (device(item), MAKER),
        sentence(
            "The item at place %(seq)s was signed by a device that, says whoever made this file, did "
            "not make it. The server cannot have signed it. Its profile was copied, or put back from "
            "an old copy; or that is not so.",
            seq=seq,
        ),
        (item_signed(case, item),),
    )


def _vouching(case: Case, seq: int) -> Vouched:
    """A statement that vouches for the chain at a place. Raises: InvalidError."""
    vouched = case.vouching(seq) if seq < len(case.steps) else None
    if vouched is None:
        raise InvalidError(Problem.WITHHELD, "no statement of the server covers the place")
    return vouched
