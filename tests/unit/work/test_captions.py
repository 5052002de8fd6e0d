"""Captions of earlier versions are read; what is neither form is refused."""

import pytest

from securecall.errors import InvalidError
from securecall.wire import encode
from securecall_client.captions import (
    AlliesCaption,
    EarlyAlliesCaption,
    EarlyInviteNote,
    InviteNote,
    MemberName,
    read_allies,
)

NAME = MemberName(b"\x01" * 32, "Amina", b"\x02" * 16, "Harbour Watch")
EARLY = EarlyInviteNote(b"\x03" * 32, b"\x04" * 32, "Zawadi", b"\x02" * 16, "Reed Makers")
NOTE = InviteNote(b"\x03" * 32, b"\x04" * 32, "Zawadi", b"\x02" * 16, "Reed Makers", None)


def test_an_early_invitation_has_no_end_of_a_stay() -> None:
    early = encode(EarlyAlliesCaption("Spring", [NAME], [EARLY], "why"))
    assert read_allies(early) == AlliesCaption("Spring", [NAME], [NOTE], "why")


@pytest.mark.parametrize("invites", [[], [NOTE]])
def test_the_form_of_today_is_read_as_it_stands(invites: list[InviteNote]) -> None:
    caption = AlliesCaption("Spring", [NAME], invites, "why")
    assert read_allies(encode(caption)) == caption


@pytest.mark.parametrize(
    "data", [b"", b"\x94", encode(EARLY), encode(EarlyAlliesCaption("", [], [EARLY], "")) + b"\x00"]
)
def test_what_is_neither_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidError):
        read_allies(data)
