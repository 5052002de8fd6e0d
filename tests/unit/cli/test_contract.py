"""What scripts may rely on: the fields of `--json` that were promised stay, under their names and with their types.

More fields may come. A set names fields; a field that holds others is written with them, a list as a list.
"""

from importlib import import_module
from typing import Literal, get_args, get_origin

import msgspec
import pytest
import typer

from securecall_client.cli.command import spec_of
from securecall_client.cli.manual import leaves
from securecall_client.cli.program import NAME, app

TREE = dict(leaves(typer.main.get_command(app), NAME))
Shape = dict[str, "Shape | list[Shape] | type | tuple[str, ...]"]
ROLE = ("owner", "chair", "member", "guest")
SAVED = ("here", "server", "others")
PARTING: Shape = {"spaces": [{"space": str, "state": ("done", "waiting")}], "receipt": {}}
CALL: Shape = {
    "call": str, "title": str, "country": str, "starts": str, "state": ("open", "closed", "destroyed"), "epoch": int,
    "code": str, "seq": int, "members": [{"member": str, "name": str, "org": str, "role": ROLE, "you": bool}],
}  # fmt: skip
MEMBER: Shape = {"member": str, "name": str, "org": str, "role": ROLE, "devices": int}
STATUS: Shape = {
    "spaces": [{"space": str, "kind": str, "name": str, "seq": int, "head": str, "epoch": int, "confirmed": str}],
    "outbox": int, "alarms": [{"alarm": str, "grade": ("late", "odd", "proof"), "message": str}],
}  # fmt: skip
VERDICT: Shape = {
    "convicts": ("server", "member", "both", "one of the two", "nobody"), "what": str,
    "who": [{"kind": ("server", "device", "maker"), "key": str, "member": str, "name": str}],
    "signed": [{"by": {"kind": ("server", "device", "maker"), "key": str, "member": str}, "what": str, "time": str}],
}  # fmt: skip
PROMISED: dict[str, Shape] = {
    "found": {"coalition": str, "member": str},
    "org list": {"organisations": [{"organisation": str, "name": str, "kind": str, "country": str}]},
    "org add": {"organisation": str},
    "invite": {"invitation": str},
    "invite list": {"invitations": [{"label": str, "org": str, "role": ROLE, "state": str, "expires": str}]},
    "join": {"member": str, "state": ("joined", "waiting"), "waiting_for": [{"name": str}]},
    "admit": {"admitted": [], "waiting": [{"member": str, "name": str, "role": ROLE}]},
    "whoami": {"member": str, "device": str, "name": str, "org": str, "role": ROLE},
    "member list": {"members": [MEMBER]},
    "member show": MEMBER,
    "member remove": PARTING,
    "leave": PARTING,
    "device list": {"devices": [{"device": str, "name": str, "kind": ("computer", "sheet"), "this": bool}]},
    "device add": {"device": str},
    "device link": {"device": str},
    "device recovery": {"device": str},
    "device remove": PARTING,
    "call open": {"call": str},
    "call list": {"calls": [CALL]},
    "call show": CALL,
    "call invite": {"call": str, "admitted": []},
    "call remove": {"epoch": int, "receipt": {}},
    "call rotate": {"epoch": int},
    "call role": {"member": str, "role": ROLE},
    "call label": {"member": str},
    "call claim": {"claims": int, "needed": int, "role": ROLE},
    "call close": {"call": str, "state": ("open", "closed", "destroyed")},
    "call destroy": {"call": str, "state": ("open", "closed", "destroyed")},
    "call code": {"code": str, "seq": int},
    "doc add": {"documents": [{"document": str, "name": str, "size": int, "circle": str, "saved": SAVED}]},
    "doc list": {
        "documents": [
            {
                "document": str, "name": str, "size": int, "author": str, "circle": ("everyone", "allies"),
                "epoch": int, "version": int, "withdrawn": bool,
            }
        ]
    },
    "doc get": {"document": str, "path": str, "size": int},
    "doc replace": {"document": str, "version": int, "saved": SAVED},
    "doc withdraw": {"document": str, "receipt": {}},
    "exercise start": {"exercise": str},
    "exercise list": {"exercises": [{"exercise": str, "template": str, "title": str, "state": str, "circle": str}]},
    "exercise answer": {"answer": str, "saved": SAVED},
    "guest page": {"page": str, "path": str, "code": str, "call": str, "org": str, "ends": str},
    "guest take": {"page": str, "call": str, "org": str, "answers": [{"answer": str}], "saved": SAVED},
    "exercise withdraw": {"answer": str, "saved": SAVED},
    "exercise show": {
        "exercise": str, "template": str, "state": str,
        "answers": [
            {
                "answer": str, "member": str, "name": str, "org": str, "rows": [],
                "state": ("on time", "arrived after", "late"), "on_behalf": bool, "counts": bool,
            }
        ],
        "answered": [{"member": str, "name": str, "org": str}],
        "writing": [{"member": str, "name": str, "org": str}],
        "waiting": [{"member": str, "name": str, "org": str}],
        "tally": [
            {
                "question": str, "type": str, "scores": [{"place": int, "word": str, "score": float}],
                "by_organisation": [{"organisation": str, "name": str, "people": int}],
            }
        ],
    },
    "exercise close": {"exercise": str, "state": str},
    "exercise reveal": {"exercise": str, "state": str},
    "exercise decide": {"answer": str, "counts": bool, "saved": SAVED},
    "exercise draft show": {"exercise": str, "saved_at": str, "problem": str},
    "exercise template list": {"templates": [{"name": str, "version": int, "title": str}]},
    "exercise template show": {
        "name": str, "version": int, "title": str,
        "questions": [{"name": str, "type": str, "title": str, "columns": [{"name": str, "type": str, "words": []}]}],
    },
    "exercise map": {
        "overlaps": [
            {"activity": str, "places": [], "from": str, "to": str, "organisations": [], "rows": [], "why": str}
        ],
        "gaps": [{"activity": str, "place": str, "organisations": [], "rows": [], "why": str}],
        "matches": [
            {
                "kind": ("offer", "reach"), "need": str, "offer": str, "organisations": [], "doors": [], "rows": [],
                "why": str,
            }
        ],
        "alone": [{"activity": str, "place": str, "organisation": str, "rows": [], "why": str}],
        "matrix": [{"activity": str, "place": str, "organisations": [], "rows": []}],
    },
    "status": STATUS,
    "sync": STATUS,
    "alarm list": {
        "alarms": [{"alarm": str, "grade": ("late", "odd", "proof"), "message": str, "space": str, "when": str,
                    "evidence": bool}]
    },
    "alarm show": {"alarm": str, "grade": ("late", "odd", "proof"), "message": str, "verdict": VERDICT},
    "alarm dismiss": {"alarm": str, "grade": ("late", "odd", "proof"), "message": str, "dismissed": bool},
    "alarm export": {"path": str, "size": int},
    "evidence verify": {"space": str, "verdict": VERDICT},
    "evidence export": {"path": str, "size": int},
    "audit": {
        "call": str, "clean": bool,
        "epochs": [
            {
                "epoch": int, "seq": int, "author": str, "differences": [],
                "recipients": [{"member": str, "device": str, "kind": ("seed", "everyone")}],
            }
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("name", PROMISED)
def test_what_was_promised_is_there(name: str) -> None:
    gives = spec_of(TREE[f"{NAME} {name}"].callback).gives or ""
    module, _, kind = gives.partition(":")
    _check(getattr(import_module(f"securecall_client.{module}"), kind), PROMISED[name], name)


def _check(kind: object, promised: object, where: str) -> None:
    origin, inner = get_origin(kind), get_args(kind)
    match promised:
        case dict():
            fields = {field.encode_name: field.type for field in msgspec.structs.fields(_struct(kind))}
            for name, shape in promised.items():
                assert name in fields, f"{where}: {name}"
                _check(fields[name], shape, f"{where}: {name}")
        case list():
            assert origin in (list, tuple), where
            for shape in promised:
                _check(inner[0], shape, where)
        case tuple():
            assert origin is Literal, where
            assert set(inner) <= set(promised), where
        case _:
            words = {type(word) for word in inner} if origin is Literal else {kind, *inner}
            assert promised in words, where


def _struct(kind: object) -> type[msgspec.Struct]:
    found = [each for each in (kind, *get_args(kind)) if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    return found[0]
