"""The command line with other acts behind it: what it calls is recorded, what it is given back is made here.

Each act is put in place of the real one, under its real signature, so that a command which calls one wrongly
or one that is not there fails here.
"""

import inspect
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from importlib import import_module
from pathlib import Path
from types import NoneType, SimpleNamespace, UnionType
from typing import Literal, Union, get_args, get_origin

import msgspec
import pytest

from securecall_client.acts.drafts import When
from securecall_client.acts.exercises import Asked
from securecall_client.deed import Deed
from securecall_client.results.agenda import Agendas, AgendaSaid
from securecall_client.results.alarms import Alarms, AlarmShown, Audit, EvidenceFile, Judged
from securecall_client.results.announcing import Announcement, CalendarFile, CallLink
from securecall_client.results.calls import (
    Call,
    Calls,
    CallState,
    Claimed,
    Code,
    InvitedToCall,
    Labelled,
    Opened,
    Removed,
    RoleGiven,
    Rotated,
)
from securecall_client.results.decisions import Commitments, Committed, Decided, Decisions
from securecall_client.results.devices import (
    AddedDevice,
    Devices,
    LinkedDevice,
    MadeSheet,
    NamedDevice,
    Recovered,
    RemovedDevice,
)
from securecall_client.results.discussion import Discussion, Said, Thread
from securecall_client.results.doctor import Diagnosis
from securecall_client.results.documents import (
    AddedDocuments,
    CheckedFiles,
    Documents,
    GotDocument,
    ReplacedDocument,
    WithdrawnDocument,
)
from securecall_client.results.drafts import DraftDropped, DraftShown
from securecall_client.results.exercises import (
    AnswerDecided,
    Answered,
    ExerciseAnswers,
    ExerciseMap,
    Exercises,
    ExerciseState,
    StartedExercise,
)
from securecall_client.results.guest_pages import GuestPage, TakenPage
from securecall_client.results.healing import Healed
from securecall_client.results.minutes import MinutesHistory, MinutesSaid, MinutesShown
from securecall_client.results.moving import Moved, ServerText
from securecall_client.results.organisations import AddedOrganisation, Organisations
from securecall_client.results.pairs import Paired, Pairs
from securecall_client.results.partings import Parting
from securecall_client.results.people import (
    Admitted,
    Founded,
    InvitationFiles,
    Invitations,
    Invited,
    InvitedAgain,
    Joined,
    Members,
    MemberShown,
    Whoami,
)
from securecall_client.results.presenting import Presented
from securecall_client.results.reports import Exported, Reported
from securecall_client.results.status import AlarmLine, KeptProxy, Status
from securecall_client.results.templates import TemplateFile, Templates, TemplateShown
from tests.answers import WHO

ID = "1a2b3c4d" * 8
IDS = (
    "alarm", "call", "document", "exercise", "member", "answer", "space", "organisation", "id", "point", "message",
    "decision", "commitment",
)  # fmt: skip


def made(kind: object, text: str = "Amina", *, name: str = "") -> object:
    """A value of a result's type: every free text is ``text``, lists have one element."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is str:
        return ID if name in IDS else text
    if kind in (int, float, bool, NoneType):
        return {int: 3, float: 2.5, bool: name in ("reached", "ok", "clean"), NoneType: None}[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        fields = msgspec.structs.fields(kind)
        return kind(**{field.name: made(field.type, text, name=field.name) for field in fields})
    if origin is Literal:
        return inner[0] if "server" not in inner else "server"
    if origin in (Union, UnionType):
        return made(inner[0], text, name=name)
    if origin is dict:
        return (
            {"note": text}
            if name == "questions"
            else {"activity": text, "place": "KE", "from": None, "to": "2026-01", "status": text, "needs": [text]}
        )
    if origin is tuple and inner[-1] is not Ellipsis:
        return tuple(made(part, text) for part in inner)
    if origin in (list, tuple):
        return origin((made(inner[0], text, name=name),))
    raise TypeError(kind)


@dataclass
class Notebook:
    """Keeps the draft of an answer, in memory."""

    pages: list[Mapping[str, object]] = field(default_factory=list)
    is_older: bool = False

    def load(self) -> Mapping[str, object] | None:
        return self.pages[-1] if self.pages else None

    def when(self) -> When | None:
        return When("2026-11-23T10:00:00Z", self.is_older) if self.pages else None

    def save(self, raw: Mapping[str, object]) -> None:
        self.pages.append(json.loads(json.dumps(raw)))

    def drop(self) -> bool:
        self.pages.clear()
        return True


@dataclass
class Acts:
    """The acts of one test, and what became of them."""

    monkeypatch: pytest.MonkeyPatch
    calls: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    settings: list[object] = field(default_factory=list)

    def give(self, place: str, outcome: object) -> None:
        """Let the act at ``place`` (`acts.calls.show_call`) give ``outcome`` back, or raise it."""
        self.give_what(place, lambda: outcome)

    def give_what(self, place: str, make: Callable[[], object]) -> None:
        """The same with what ``make`` makes, once the act is called."""
        module_name, _, name = place.rpartition(".")
        module = import_module(f"securecall_client.{module_name}")
        real = getattr(module, name)

        @wraps(real)
        async def act(*args: object, **kwargs: object) -> object:
            bound = inspect.signature(real).bind(*args, **kwargs).arguments
            self.calls.append((name, dict(bound)))
            self.settings.extend(bound[key] for key in ("settings",) if key in bound)
            outcome = make()
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        self.monkeypatch.setattr(module, name, act)

    def give_many(self, place: str, outcomes: list[object]) -> None:
        """Let the act at ``place`` give one outcome after another; an exception among them is raised."""
        module_name, _, name = place.rpartition(".")

        async def act(*_args: object) -> AsyncIterator[object]:
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
                yield outcome

        self.monkeypatch.setattr(import_module(f"securecall_client.{module_name}"), name, act)

    @property
    def last(self) -> dict[str, object]:
        """What the last act was called with."""
        return self.calls[-1][1]


def open_nothing(acts: Acts) -> Callable[..., object]:
    """A stand-in for `open_session`: no profile, no server, a deed; it keeps the settings it was given."""

    @asynccontextmanager
    async def open_session(settings: object, lock: object, say: object) -> AsyncIterator[object]:
        acts.settings.append(settings)
        yield SimpleNamespace(deed=Deed())

    return open_session


def give_everything(acts: Acts, text: str = "Amina") -> None:
    """Let every act give a result of its type, with ``text`` wherever somebody's words stand."""
    acts.give("acts.exercises.asked", Asked(WHO, "", "open"))
    acts.give("acts.drafts.keeper", Notebook())
    for place, kind in RESULTS.items():
        acts.give_what(place, partial(made, kind, text))
    acts.give_many("acts.admitting.admit_watch", [made(Admitted, text)])
    acts.give_many("acts.watching.watch", [{"event": "started", "title": text}, {"event": text, text: text}])


RESULTS: dict[str, type[msgspec.Struct]] = {
    "acts.founding.found": Founded,
    "acts.inviting.invite": Invited,
    "acts.inviting_people.invite_people": InvitationFiles,
    "acts.invitations.invitations": Invitations,
    "acts.invitations.invite_again": InvitedAgain,
    "acts.invitations.revoke_invitation": Invitations,
    "acts.organisations.organisations": Organisations,
    "acts.organisations.add_organisation": AddedOrganisation,
    "acts.joining.join": Joined,
    "acts.admitting.admit": Admitted,
    "acts.people.whoami": Whoami,
    "acts.people.members": Members,
    "acts.people.show_member": MemberShown,
    "acts.devices.list_devices": Devices,
    "acts.linking.add_device": AddedDevice,
    "acts.linking.link": LinkedDevice,
    "acts.recovering.make_sheet": MadeSheet,
    "acts.recovering.recover": Recovered,
    "acts.devices.name_device": NamedDevice,
    "acts.devices.remove_device": RemovedDevice,
    "acts.devices.bar_device": RemovedDevice,
    "acts.calls.open_call": Opened,
    "acts.calls.list_calls": Calls,
    "acts.calls.show_call": Call,
    "acts.calls.invite_to_call": InvitedToCall,
    "acts.removing.remove_from_call": Removed,
    "acts.calls.rotate_call": Rotated,
    "acts.roles.give_role": RoleGiven,
    "acts.labels.label": Labelled,
    "acts.calls.close_call": CallState,
    "acts.calls.code": Code,
    "acts.ending.destroy_call": CallState,
    "acts.exporting.export_call": Exported,
    "acts.reporting.report_call": Reported,
    "acts.ending.claim_call": Claimed,
    "acts.leaving.leave": Parting,
    "acts.expelling.remove_member": Parting,
    "acts.documents.add_documents": AddedDocuments,
    "acts.checking.check_files": CheckedFiles,
    "acts.documents.list_documents": Documents,
    "acts.documents.get_document": GotDocument,
    "acts.documents.replace_document": ReplacedDocument,
    "acts.withdrawing.withdraw_document": WithdrawnDocument,
    "acts.guest_pages.make_page": GuestPage,
    "acts.taking_pages.take_page": TakenPage,
    "acts.exercises.start_exercise": StartedExercise,
    "acts.exercises.list_exercises": Exercises,
    "acts.exercises.answer_exercise": Answered,
    "acts.on_behalf.answer_for": Answered,
    "acts.on_behalf.confirm_answer": Answered,
    "acts.exercises.withdraw_answer": Answered,
    "acts.exercises.close_exercise": ExerciseState,
    "acts.revealing.reveal_exercise": ExerciseState,
    "acts.revealing.ask_authors": ExerciseState,
    "acts.exercises.show_exercise": ExerciseAnswers,
    "acts.mapping.map_exercise": ExerciseMap,
    "acts.templates.list_templates": Templates,
    "acts.templates.show_template": TemplateShown,
    "acts.templates.export_template": TemplateFile,
    "acts.sheets.export_sheet": TemplateFile,
    "acts.late_answers.decide_answer": AnswerDecided,
    "acts.drafts.save_draft": DraftShown,
    "acts.drafts.show_draft": DraftShown,
    "acts.drafts.send_draft": Answered,
    "acts.drafts.drop_draft": DraftDropped,
    "acts.agenda.show_agenda": Agendas,
    "acts.agenda.set_agenda": AgendaSaid,
    "acts.agenda.add_point": AgendaSaid,
    "acts.agenda.remove_point": AgendaSaid,
    "acts.agenda.go_to_point": AgendaSaid,
    "acts.discussing.list_threads": Discussion,
    "acts.discussing.show_thread": Thread,
    "acts.discussing.say": Said,
    "acts.discussing.change": Said,
    "acts.minutes.show_minutes": MinutesShown,
    "acts.minutes.minutes_history": MinutesHistory,
    "acts.minutes.write_minutes": MinutesSaid,
    "acts.minutes.hand_pen": MinutesSaid,
    "acts.deciding.list_decisions": Decisions,
    "acts.deciding.decide": Decided,
    "acts.committing.list_commitments": Commitments,
    "acts.committing.commit": Committed,
    "acts.committing.say_state": Committed,
    "acts.announcing.show_link": CallLink,
    "acts.announcing.set_link": CallLink,
    "acts.announcing.announce": Announcement,
    "acts.announcing.save_calendar": CalendarFile,
    "acts.pairs.open_pair": Paired,
    "acts.presenting.show_presented": Presented,
    "acts.presenting.present": Presented,
    "acts.presenting.hand_over": Presented,
    "acts.presenting.stop": Presented,
    "acts.pairs.list_pairs": Pairs,
    "acts.status.status": Status,
    "acts.status.sync": Status,
    "acts.alarms.list_alarms": Alarms,
    "acts.alarms.show_alarm": AlarmShown,
    "acts.alarms.dismiss_alarm": AlarmLine,
    "acts.alarms.export_alarm": EvidenceFile,
    "acts.alarms.export_call": EvidenceFile,
    "acts.evidence.verify": Judged,
    "acts.audit.audit_call": Audit,
    "acts.healing.heal": Healed,
    "acts.moving.move": Moved,
    "acts.moving.use": Moved,
    "acts.moving.text_for": ServerText,
    "acts.proxying.keep_proxy": KeptProxy,
    "acts.doctor.examine": Diagnosis,
}

ROWS = '[[rows]]\nactivity = "monitoring"\nplace = "KE"\nstatus = "planned"\n'

COMMANDS: dict[str, tuple[list[str], str]] = {
    "found": (
        ["found", "C", "--server", "S", "--name", "N", "--org", "O", "--from", "code.txt"],
        "acts.founding.found",
    ),
    "invite": (["invite", "--role", "member", "--org", "O"], "acts.inviting.invite"),
    "invite list": (["invite", "list"], "acts.invitations.invitations"),
    "invite again": (["invite", "again", "L"], "acts.invitations.invite_again"),
    "invite revoke": (["invite", "revoke", "L"], "acts.invitations.revoke_invitation"),
    "org list": (["org", "list"], "acts.organisations.organisations"),
    "org add": (["org", "add", "O"], "acts.organisations.add_organisation"),
    "join": (["join", "--name", "N", "--from", "code.txt"], "acts.joining.join"),
    "admit": (["admit"], "acts.admitting.admit"),
    "whoami": (["whoami"], "acts.people.whoami"),
    "member list": (["member", "list"], "acts.people.members"),
    "member show": (["member", "show", "M"], "acts.people.show_member"),
    "device list": (["device", "list"], "acts.devices.list_devices"),
    "device add": (["device", "add", "--name", "N"], "acts.linking.add_device"),
    "device link": (["device", "link", "--from", "code.txt"], "acts.linking.link"),
    "device recovery": (["device", "recovery"], "acts.recovering.make_sheet"),
    "device name": (["device", "name", "D", "N"], "acts.devices.name_device"),
    "device remove": (["device", "remove", "D"], "acts.devices.remove_device"),
    "call open": (["call", "open", "T", "--country", "KE", "--starts", "2026-12-01T15:00Z"], "acts.calls.open_call"),
    "call list": (["call", "list"], "acts.calls.list_calls"),
    "call show": (["call", "show", "C"], "acts.calls.show_call"),
    "call invite": (["call", "invite", "C", "M", "N"], "acts.calls.invite_to_call"),
    "call remove": (["call", "remove", "C", "M"], "acts.removing.remove_from_call"),
    "call rotate": (["call", "rotate", "C"], "acts.calls.rotate_call"),
    "call role": (["call", "role", "C", "M", "chair"], "acts.roles.give_role"),
    "call label": (["call", "label", "C", "M", "T"], "acts.labels.label"),
    "call close": (["call", "close", "C"], "acts.calls.close_call"),
    "call code": (["call", "code", "C"], "acts.calls.code"),
    "call destroy": (["call", "destroy", "C"], "acts.ending.destroy_call"),
    "call report": (["call", "report", "C", "-o", "report.pdf"], "acts.reporting.report_call"),
    "call export": (
        ["call", "export", "C", "-o", "kept", "--passphrase-file", "words.txt"],
        "acts.exporting.export_call",
    ),
    "call claim": (["call", "claim", "C", "M"], "acts.ending.claim_call"),
    "leave": (["leave", "C"], "acts.leaving.leave"),
    "member remove": (["member", "remove", "M"], "acts.expelling.remove_member"),
    "doc add": (["doc", "add", "C", "a", "b"], "acts.documents.add_documents"),
    "doc check": (["doc", "check", "a"], "acts.checking.check_files"),
    "doc list": (["doc", "list", "C"], "acts.documents.list_documents"),
    "doc get": (["doc", "get", "C", "D"], "acts.documents.get_document"),
    "doc replace": (["doc", "replace", "C", "D", "a"], "acts.documents.replace_document"),
    "doc withdraw": (["doc", "withdraw", "C", "D"], "acts.withdrawing.withdraw_document"),
    "exercise start": (["exercise", "start", "C", "who-does-what"], "acts.exercises.start_exercise"),
    "exercise list": (["exercise", "list", "C"], "acts.exercises.list_exercises"),
    "exercise show": (["exercise", "show", "C", "E"], "acts.exercises.show_exercise"),
    "exercise withdraw": (["exercise", "withdraw", "C", "E"], "acts.exercises.withdraw_answer"),
    "exercise close": (["exercise", "close", "C", "E"], "acts.exercises.close_exercise"),
    "exercise reveal": (["exercise", "reveal", "C", "E"], "acts.revealing.reveal_exercise"),
    "exercise map": (["exercise", "map", "C", "E"], "acts.mapping.map_exercise"),
    "exercise template list": (["exercise", "template", "list"], "acts.templates.list_templates"),
    "exercise template show": (["exercise", "template", "show", "priorities"], "acts.templates.show_template"),
    "exercise template check": (["exercise", "template", "check", "t.toml"], "acts.templates.show_template"),
    "exercise template export": (["exercise", "template", "export", "priorities"], "acts.templates.export_template"),
    "exercise sheet": (["exercise", "sheet", "C", "E", "-o", "a.xlsx"], "acts.sheets.export_sheet"),
    "exercise decide": (["exercise", "decide", "C", "E", "A", "set-aside"], "acts.late_answers.decide_answer"),
    "exercise draft save": (["exercise", "draft", "save", "C", "E", "--file", "rows.toml"], "acts.drafts.save_draft"),
    "exercise draft show": (["exercise", "draft", "show", "C", "E"], "acts.drafts.show_draft"),
    "exercise draft send": (["exercise", "draft", "send", "C", "E"], "acts.drafts.send_draft"),
    "exercise draft drop": (["exercise", "draft", "drop", "C", "E"], "acts.drafts.drop_draft"),
    "exercise answer": (
        ["exercise", "answer", "C", "E", "--file", "rows.toml"],
        "acts.exercises.answer_exercise",
    ),
    "guest page": (["guest", "page", "C", "--for", "W", "-o", "page.html"], "acts.guest_pages.make_page"),
    "guest take": (["guest", "take", "answer.txt"], "acts.taking_pages.take_page"),
    "agenda show": (["agenda", "show", "C"], "acts.agenda.show_agenda"),
    "agenda set": (["agenda", "set", "C", "--file", "agenda.toml"], "acts.agenda.set_agenda"),
    "agenda add": (["agenda", "add", "C", "T"], "acts.agenda.add_point"),
    "agenda remove": (["agenda", "remove", "C", "1"], "acts.agenda.remove_point"),
    "agenda now": (["agenda", "now", "C"], "acts.agenda.go_to_point"),
    "discuss list": (["discuss", "list", "C"], "acts.discussing.list_threads"),
    "discuss show": (["discuss", "show", "C"], "acts.discussing.show_thread"),
    "discuss say": (["discuss", "say", "C", "T"], "acts.discussing.say"),
    "discuss withdraw": (["discuss", "withdraw", "C", "M"], "acts.discussing.change"),
    "minutes show": (["minutes", "show", "C"], "acts.minutes.show_minutes"),
    "minutes history": (["minutes", "history", "C"], "acts.minutes.minutes_history"),
    "minutes write": (["minutes", "write", "C", "--file", "minutes.txt"], "acts.minutes.write_minutes"),
    "minutes hand": (["minutes", "hand", "C"], "acts.minutes.hand_pen"),
    "decision list": (["decision", "list", "C"], "acts.deciding.list_decisions"),
    "decision add": (["decision", "add", "C", "T"], "acts.deciding.decide"),
    "commit list": (["commit", "list", "C"], "acts.committing.list_commitments"),
    "commit add": (["commit", "add", "C", "T", "--by", "2027-01-31"], "acts.committing.commit"),
    "commit done": (["commit", "done", "C", "X"], "acts.committing.say_state"),
    "commit undo": (["commit", "undo", "C", "X"], "acts.committing.say_state"),
    "commit drop": (["commit", "drop", "C", "X"], "acts.committing.say_state"),
    "call link": (["call", "link", "C", "--from", "code.txt"], "acts.announcing.set_link"),
    "call message": (["call", "message", "C"], "acts.announcing.announce"),
    "call ics": (["call", "ics", "C", "-o", "call.ics"], "acts.announcing.save_calendar"),
    "call present": (["call", "present", "C"], "acts.presenting.show_presented"),
    "call pair": (["call", "pair", "C", "M"], "acts.pairs.open_pair"),
    "call pairs": (["call", "pairs", "C"], "acts.pairs.list_pairs"),
    "status": (["status"], "acts.status.status"),
    "sync": (["sync"], "acts.status.sync"),
    "alarm list": (["alarm", "list"], "acts.alarms.list_alarms"),
    "alarm show": (["alarm", "show", "A"], "acts.alarms.show_alarm"),
    "alarm dismiss": (["alarm", "dismiss", "A"], "acts.alarms.dismiss_alarm"),
    "alarm export": (["alarm", "export", "A", "-o", "F"], "acts.alarms.export_alarm"),
    "evidence verify": (["evidence", "verify", "F"], "acts.evidence.verify"),
    "evidence export": (["evidence", "export", "C", "-o", "F"], "acts.alarms.export_call"),
    "audit": (["audit", "C"], "acts.audit.audit_call"),
    "heal": (["heal"], "acts.healing.heal"),
    "server move": (["server", "move", "--to", "https://c.example.net", "--from", "code.txt"], "acts.moving.move"),
    "server text": (["server", "text"], "acts.moving.text_for"),
    "server use": (["server", "use", "--from", "text.txt"], "acts.moving.use"),
    "proxy": (["proxy"], "acts.proxying.keep_proxy"),
    "doctor": (["doctor"], "acts.doctor.examine"),
}
"""Every command that gives one document: what a person types, and the act behind it."""


def write_files(folder: Path) -> None:
    """Write the files that `COMMANDS` and the examples in the help name."""
    (folder / "answer.txt").write_text("what a guest sent\n", "utf-8")
    (folder / "code.txt").write_text("a-secret-that-was-handed-over\n", "utf-8")
    (folder / "text.txt").write_text("a-secret-that-was-handed-over\n", "utf-8")
    (folder / "amina.txt").write_text("a-secret-that-was-handed-over\n", "utf-8")
    (folder / "people.csv").write_text("label,org,role\nAmina,River Watch,member\n", "utf-8")
    (folder / "rows.toml").write_text(ROWS, "utf-8")
    (folder / "agenda.toml").write_text('[[points]]\ntitle = "Updates"\nminutes = 10\n', "utf-8")
    (folder / "words.txt").write_text("harbour violin seventeen moss\n", "utf-8")
    (folder / "words.txt").chmod(0o600)
    for name in ("minutes", "message", "decision", "link"):
        (folder / f"{name}.txt").write_text("what was said\n", "utf-8")
    (folder / "rows.csv").write_text("activity,place,status\nmonitoring,KE,planned\n", "utf-8")
