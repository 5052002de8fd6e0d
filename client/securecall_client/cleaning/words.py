"""What a file hides, and why it cannot be cleaned, in words."""

from collections.abc import Iterable
from typing import Final

from securecall.sentences import sentence, together
from securecall_client.sandbox.messages import Finding, What

HIDDEN: Final[dict[What, str]] = {
    "place": sentence("where it was taken"),
    "author": sentence("who made, changed or owns it"),
    "comments": sentence("comments, and by whom"),
    "changes": sentence("tracked changes, by whom, and what was deleted"),
    "history": sentence("earlier versions of it"),
    "folders": sentence("names of folders on somebody's computer"),
    "device": sentence("which device made it"),
    "time": sentence("when it was made or changed"),
    "thumbnail": sentence("a small picture of how it once looked"),
    "appended": sentence("more that hangs on behind the picture"),
    "description": sentence("a title or description that nobody sees"),
    "attachments": sentence("files attached to it, into which nobody looked"),
    "hidden": sentence("parts that are hidden from view, such as sheets, rows or text"),
    "signature": sentence("a digital signature, and whose"),
    "actions": sentence("programs that run when it is opened"),
    "elsewhere": sentence("what is fetched from elsewhere when it is opened"),
    "template": sentence("the template it was made from"),
    "printer": sentence("a printer and its settings"),
    "software": sentence("which programs made it"),
    "data": sentence("what programs keep in it for themselves"),
    "properties": sentence("properties that are kept about it"),
    "traces": sentence("marks that tell which files come from one hand"),
    "details": sentence("what devices and programs add"),
}
"""The object of “it says” or “it holds”, for each."""
UNCLEANABLE: Final[dict[str, str]] = {
    "locked": sentence("it is locked by a password"),
    "damaged": sentence("it is damaged, or not what it says it is"),
    "macros": sentence("it holds macros, which are programs"),
    "embedded": sentence("a file inside it cannot be cleaned"),
    "raw": sentence("it is a camera's raw picture"),
    "moving": sentence("it is a moving picture that lies on its side"),
    "too-large": sentence("it is too large, or unpacks to too much"),
    "gave-up": sentence("looking into it took too much time or memory, or failed"),
    "kind": sentence("nothing here can look into a file of its kind"),
    "heif": sentence("nothing here can rewrite a photo of its kind (HEIC, AVIF)"),
    "old-office": sentence("it is an office file of the old kind, or one locked by a password"),
    "rtf": sentence("nothing here can rewrite a file of its kind (RTF)"),
    "postscript": sentence("nothing here can rewrite a file of its kind (PostScript, EPS)"),
    "recording": sentence("recordings of sound and video often say where, when and with what they were made"),
}
"""The reason, for each kind that cannot be cleaned, and each that the sandbox may give."""
ANOTHER_WAY: Final[dict[str, str]] = {
    "locked": sentence("Save a copy without the password, and put that up."),
    "macros": sentence("Save a copy without macros (.docx, .xlsx, .pptx), or as PDF, and put that up."),
    "damaged": sentence("Open it in its own program, save it anew, and put that up."),
    "embedded": sentence("Save it as PDF and put that up."),
    "gave-up": sentence("Save it as PDF and put that up."),
    "recording": sentence("Where what is said is what counts, write that down and put it up."),
    "raw": sentence("Save it as JPEG and put that up."),
    "heif": sentence("Save it as JPEG and put that up."),
    "old-office": sentence("Save a copy as .docx, .xlsx, .pptx or PDF without a password, and put that up."),
    "rtf": sentence("Save it as .docx, .odt or PDF and put that up."),
    "postscript": sentence("Save it as PDF and put that up."),
}
"""What the person can do, for some."""


def told(finding: Finding) -> str:
    """A finding in words: `which device made it (NIKON)`. Its names come from the file: not safe on a terminal yet."""
    what = HIDDEN[finding.what]
    return sentence("%(what)s (%(names)s)", what=what, names=finding.names) if finding.names else what


def listed(findings: Iterable[Finding]) -> str:
    """Findings as one enumeration."""
    return together(*map(told, findings), between="; ")
