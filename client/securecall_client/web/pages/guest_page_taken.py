"""What came back of a sealed page, taken in; where its taker must say more first, they are asked (protocol 21.3)."""

from dataclasses import dataclass, replace
from typing import Final

from securecall.sentences import counted, sentence, together
from securecall_client.acts import taking_pages
from securecall_client.acts.page_rules import Wanted
from securecall_client.downloads import free
from securecall_client.errors import RefusedError, TextError
from securecall_client.guest_page.reply import TEXT_MOST
from securecall_client.results.guest_pages import TakenPage
from securecall_client.web.page import Done, Pages, Shown, Visit
from securecall_client.web.pages.guest_page import base
from securecall_client.web.pages.in_call import in_call
from securecall_keys.pages import read_code
from securecall_keys.secret import Secret

pages = Pages()
_ASKED: Final = frozenset({taking_pages.UNKNOWN, "taken-already", "page-over", "not-cleaned"})
"""Codes of refusals that a person can lift by saying more."""


@dataclass(frozen=True, slots=True)
class Came:
    """A sealed text, how it is to be taken as far as that was said, and why more is asked, if it is."""

    text: str
    wanted: Wanted
    aside: bool = False
    """Whether the guest's file is saved on this computer, and not put up."""
    code: Secret | None = None
    why: str = ""
    asks: str = ""


@pages.deed("/call/{call}/guest-page/take", commands=("guest take",))
async def take(visit: Visit) -> Done:
    """Take in what was pasted, or the file that was chosen."""
    text = (await visit.long_form(TEXT_MOST)).text_or_file("reply", "file")
    if not text:
        raise TextError("Paste what came back, or choose its file.")
    return await _take(visit, Came(text, Wanted(call=visit.names["call"])))


@pages.page("/call/{call}/guest-page/came/{key}")
async def asking(visit: Visit) -> Shown:
    """What has to be said before it is taken in."""
    came, key = visit.desk.drawer.get(visit.names["key"], Came), visit.names["key"]
    data = {"came": came, "to": f"{base(visit)}/came/{key}", "back": base(visit)}
    return await in_call(visit, "guest_page_came.html", "people", visit.say("Sealed answer"), **data)


@pages.deed("/call/{call}/guest-page/came/{key}", commands=("guest take",))
async def say_more(visit: Visit) -> Done:
    """Take it in with what was said now, which stands beside what was said before."""
    came, form = visit.desk.drawer.get(visit.names["key"], Came), await visit.form()
    if came.asks == taking_pages.UNKNOWN:
        if not form.text("org") or not form.text("code"):
            raise TextError("It takes both: whom the page was made for, and its code.")
        more = replace(came, wanted=replace(came.wanted, whom=form.text("org")), code=read_code(form.text("code")))
    elif came.asks == "taken-already":
        more = replace(came, wanted=replace(came.wanted, again=True))
    elif came.asks == "page-over":
        more = replace(came, wanted=replace(came.wanted, late=True))
    else:
        more = replace(came, aside=True)
    done = await _take(visit, more)
    visit.desk.drawer.drop(visit.names["key"])
    return done


async def _take(visit: Visit, came: Came) -> Done:
    wanted = replace(came.wanted, output=free("guest-file", ".bin")) if came.aside else came.wanted
    try:
        taken = await taking_pages.take_page(visit.session, came.text, wanted, came.code)
    except RefusedError as error:
        if error.code not in _ASKED:
            raise
        asked = replace(came, why=str(error), asks=error.code)
        return Done(f"{base(visit)}/came/{visit.desk.drawer.put(asked)}")
    return Done(base(visit), _words(taken))


def _words(taken: TakenPage) -> str:
    answers = counted("%(num)s answer", "%(num)s answers", len(taken.answers))
    said = [sentence("Entered by sealed page for %(org)s: %(answers)s.", org=taken.org, answers=answers)]
    if taken.document is not None:
        said.append(sentence("Put up for everyone: %(name)s.", name=taken.document.name))
    if taken.path is not None:
        said.append(sentence("The file is %(path)s. Nobody has looked into it: open it with care.", path=taken.path))
    said.append(sentence("Nobody knows who typed this. If it matters, ask them by a voice that you know."))
    return together(*said)
