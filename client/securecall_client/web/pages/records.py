"""What is made of a call to be kept: its report, and the whole of it in one encrypted archive."""

from datetime import datetime
from functools import partial
from typing import Final

from securecall.sentences import counted, sentence
from securecall_client import archive
from securecall_client.acts import exporting, reporting
from securecall_client.downloads import free
from securecall_client.errors import TextError
from securecall_client.passphrases import MIN_CHARACTERS
from securecall_client.results.reports import ReportForm
from securecall_client.web.page import Done, Pages, Visit
from securecall_client.web.pages import places, saving
from securecall_client.work.report_who import Who

pages = Pages()
_FORMS: Final[tuple[ReportForm, ...]] = ("html", "docx", "pdf")
_WHO: Final[tuple[Who, ...]] = ("named", "kind", "nobody")


@pages.deed("/call/{call}/report", commands=("call report",))
async def report(visit: Visit) -> Done:
    """Save the report, under a name that says nothing of the call."""
    session, name, form = visit.session, visit.names["call"], await visit.form()
    kind, who = form.choice("format", _FORMS), form.choice("who", _WHO)
    if kind is None or who is None:
        raise TextError("Choose what to write, and how people are named.")
    path = free(f"report-{_today()}", f".{kind}")
    made = await reporting.report_call(session, name, path, kind, who, anyway=form.ticked("anyway"))
    warnings: list[str] = [sentence("It is not encrypted: keep it where only you can read it.")]
    if made.names_left:
        warnings.append(sentence("In what people wrote these names still stand: %(names)s.", names=made.names_left))
    if made.not_shown:
        warnings.append(sentence("Letters that cannot be shown in it: %(letters)s.", letters=" ".join(made.not_shown)))
    saving.keep(session, name, saving.SavedFile(sentence("Report"), path, made.size, warnings))
    return Done(_back(name), sentence("Saved: %(path)s", path=path))


@pages.deed("/call/{call}/export", commands=("call export",))
async def export(visit: Visit) -> Done:
    """Save the whole call in an archive under a passphrase, which is typed twice and kept nowhere."""
    session, name, form = visit.session, visit.names["call"], await visit.form()
    words = form.secret("words")
    if len(words) < MIN_CHARACTERS:
        raise TextError("This passphrase is too short: take several words, at least 12 characters.")
    if words != form.secret("again"):
        raise TextError("The two passphrases are not the same. Nothing was saved.")
    path = free(f"call-{_today()}", ".tar.age")
    seal = partial(archive.under_passphrase, passphrase=words)
    made = await exporting.export_call(session, name, path, seal, evidence=form.ticked("evidence"))
    warnings: list[str] = [sentence("Encrypted. Any “age” opens it with that passphrase, without SecureCall.")]
    if made.missing:
        warnings.append(sentence("These documents could not be had: %(names)s.", names=made.missing))
    what = counted("Archive with %(num)s file", "Archive with %(num)s files", len(made.files))
    saving.keep(session, name, saving.SavedFile(what, path, made.size, warnings))
    return Done(_back(name), sentence("Saved: %(path)s", path=path))


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()


def _back(call: str) -> str:
    return f"{places.base(call)}/outcomes"
