"""Beats of the call that the vectors tell: good ones, and one fault each. For `make.py`."""

import msgspec
from story import Document, Story, seed

from securecall import entries as e
from securecall.beats import Beat, BeatHeader, box_bytes, check_beat, read_beat
from securecall.chain import SpaceChain
from securecall.errors import InvalidError
from securecall.labels import Label
from securecall_keys.beats import BeatText, seal_beat

HEARD = sorted(seed(f"heard {n}")[:16] for n in range(8))
TEXT = BeatText(seed("nonce")[:16], HEARD, 29_000_000, here=True, writing=False)


def beats_document(story: Story) -> Document:
    """Beats at three moments of the call: while it is open, while a rotation is due, and after its end."""
    spoken = next(int(place) for place, content in story.contents.items() if content == "Withdrawn")
    due, end = story.faults["due"]["after"], story.faults["destroyed"]["after"]
    cases: list[tuple[str, str, object, Document]] = [
        ("amina", "valid", spoken + 1, {}),
        ("guest", "valid", spoken + 1, {}),
        ("guest", "a beat of another space", spoken + 1, {"space": seed("space")}),
        ("guest", "a beat in another device's name", spoken + 1, {"device": story.people["ben"].devices[0].id}),
        ("guest", "its author is not in the space", spoken + 1, {"author": seed("stranger")}),
        ("guest", "a place of another history", spoken + 1, {"seen": e.Seen(1, seed("fork"))}),
        ("guest", "a place that is not there", spoken + 1, {"seen": e.Seen(99, seed("fork"))}),
        ("guest", "an epoch that is over", spoken + 1, {"epoch": 0}),
        ("amina", "a rotation is due", due, {}),
        ("amina", "the space is destroyed", end, {}),
    ]
    made = [beat(story, name, about, int(str(after)), fields) for name, about, after, fields in cases]
    short = BeatHeader(
        story.chain.space, 0, seed("author"), story.people["amina"].devices[0].id, e.Seen(0, seed("head"))
    )
    item = story.people["amina"].devices[0].sign(Label.BEAT, Beat(short, bytes(box_bytes(short) - 1)))
    made.append(
        {"about": "a byte less than a beat has", "after": spoken + 1, "beat": item.hex(), "expect": "malformed"}
    )
    text = {
        "nonce": TEXT.nonce.hex(),
        "heard": [nonce.hex() for nonce in TEXT.heard],
        "minute": TEXT.minute,
        "here": TEXT.here,
        "writing": TEXT.writing,
    }
    return {"about": "beats, each judged by the chain of chain.json after so many places", "text": text, "beats": made}


def beat(story: Story, name: str, about: str, after: int, fields: Document) -> Document:
    """A beat, truly signed, with an honest header but for the fields given; and how it is judged."""
    chain = SpaceChain(story.chain.space)
    for place in story.items[:after]:
        items = msgspec.convert(place["identities"], list[str])
        chain.append(int(str(place["class"])), bytes.fromhex(str(place["item"])), [bytes.fromhex(i) for i in items])
    by = story.people[name]
    honest = BeatHeader(chain.space, chain.epoch, by.member, by.devices[0].id, chain.seen())
    keys = story.ring(by.devices[0]).epoch(chain.epoch)
    item = seal_beat(msgspec.structs.replace(honest, **fields), TEXT, keys, by.devices[0])
    try:
        check_beat(chain, read_beat(item))
    except InvalidError as error:
        expect = error.problem.value
    else:
        expect = "valid"
    return {"about": about, "after": after, "beat": item.hex(), "expect": expect}
