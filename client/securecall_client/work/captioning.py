"""Making what entries say under seal."""

from collections.abc import Sequence

from securecall.wire import encode
from securecall_client.captions import Alias, AlliesCaption, EveryoneCaption, InviteNote, MemberName
from securecall_keys.labels import Labels


def captions(
    title: str = "",
    names: Sequence[MemberName] = (),
    invites: Sequence[InviteNote] = (),
    reason: str = "",
    aliases: Sequence[Alias] = (),
) -> Labels:
    """The captions of an entry: all of it for allies; title and aliases alone for everyone."""
    allies = AlliesCaption(title, list(names), list(invites), reason)
    return Labels(encode(EveryoneCaption(title, list(aliases))), encode(allies))
