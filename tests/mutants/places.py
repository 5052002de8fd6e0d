"""Where verifications are looked for, and which of them may be taken out without anything turning red, and why."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT = Path(__file__).parents[2]

_CLIENT = (
    "alarms beating blobs changing clock complaints confirming database duties exercise_keys exhibits file_names "
    "files following guests heard http_forms kept live notices outbox outgoing own_devices parent_window pins "
    "putting_back receipts removal replica sealed_answers showing spaces sync telling twice view wiping wishes "
    "acts.arriving acts.healing acts.invited acts.joining acts.linking acts.moving acts.recovering acts.waiting "
    "work.covering work.fold work.fold_again work.fold_answers work.fold_documents work.fold_sealed work.going "
    "work.lateness work.readers"
)


def _modules() -> dict[str, Path]:
    core = {f"securecall.{path.stem}": path for path in sorted((ROOT / "securecall").glob("[a-z]*.py"))}
    keys = ROOT / "keys" / "securecall_keys"
    client = ROOT / "client" / "securecall_client"
    return {
        **core,
        **{f"securecall_keys.{path.stem}": path for path in sorted(keys.glob("[a-z]*.py"))},
        **{
            f"securecall_client.{name}": client.joinpath(*name.split(".")).with_suffix(".py")
            for name in _CLIENT.split()
        },
    }


MODULES: Final[Mapping[str, Path]] = _modules()
"""Module to file: all of `securecall` and `securecall_keys`, and what the client verifies by."""

NO_VERIFICATION: Final = frozenset({"NothingToDoError", "OfflineError", "RuntimeError", "StopIteration", "TypeError"})
"""What is raised for another reason than that something is not as it must be."""

BY_RETURNING: Final = frozenset(
    {
        "securecall.chain.SpaceChain.withheld",
        "securecall.exhibits._is_sound",
        "securecall.exhibits._knew",
        "securecall.findings._broken",
        "securecall.findings._clashes",
        "securecall.findings._doubles",
        "securecall_client.beating.Beating.hear",
        "securecall_client.beating.may_beat",
        "securecall_client.confirming.is_unconfirmed",
        "securecall_client.live.Live._hear",
        "securecall_client.notices.open_notices",
        "securecall_client.showing.check_own",
        "securecall_client.showing.check_told",
    }
)
"""Functions that refuse by an early `return` or `continue`."""

BY_ANSWERING: Final = frozenset(
    {
        "securecall.exhibits.Case.owner_of",
        "securecall.exhibits.Case.vouching",
        "securecall.exhibits.Vouched.covers",
        "securecall.exhibits._knew",
        "securecall.findings._has_branch",
        "securecall.findings._is_gone",
        "securecall.rights.may",
        "securecall_client.acts.healing._may_lift",
        "securecall_client.blobs.is_complete",
        "securecall_client.clock.trusted",
        "securecall_client.exhibits._is_of",
        "securecall_client.removal.is_removed",
        "securecall_client.view.SpaceView.is_grant",
        "securecall_client.view.SpaceView.is_in",
        "securecall_client.wishes._stands",
        "securecall_client.work.readers._holds",
    }
)
"""Functions that refuse by answering no."""

SAME_WITHOUT: Final[Mapping[str, str]] = {
    "securecall.admissions._use_invitation: invitation is None": "the inviter of none is none, and refused beside it",
    "securecall.changes.leave: check_right(at.author.role, Action.LEAVE, 'self')": "the table lets everybody leave",
    "securecall.exhibits._knew: author is not None": "no such rule is come to for whom the roster lacks",
    "securecall.exhibits._knew: author.device(body.device) is not None": "nor for a device that does not count",
    "securecall.exhibits._knew: body.previous == chain.latest": "nor for an entry upon another than the latest",
    "securecall.exhibits._knew: not chain.heads": "another entry 0 is of another space, which none of these rules says",
    "securecall.exhibits._knew: shown.item is None": "an entry without its bytes breaks no rule that entries decide",
    "securecall.points._check_x25519: product == bytes(32)": "this libsodium raises instead; another may not",
    "securecall.testimony._ungranted: not isinstance(body, e.Entry)": "nothing else lists a grant, as is asked before",
    "securecall_keys.keyring.KeyRing.add: commit is None": "no key yields a commitment that is not there",
    "securecall_keys.keystore._key: header.memory": "the header is authenticated by the key itself",
    "securecall_keys.keystore._key: header.passes": "the header is authenticated by the key itself",
    "securecall_client.notices.open_notices: not isinstance(put.body, Notice)": "nothing else is put among them",
}
"""Name of a switch to the reason for which nothing changes without it."""
