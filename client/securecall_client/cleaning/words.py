"""What a file hides, and why it cannot be cleaned, in words."""

from collections.abc import Iterable
from typing import Final

from securecall_client.sandbox.messages import Finding, What

HIDDEN: Final[dict[What, str]] = {
    "place": "where it was taken",
    "author": "who made, changed or owns it",
    "comments": "comments, and by whom",
    "changes": "tracked changes, by whom, and what was deleted",
    "history": "earlier versions of it",
    "folders": "names of folders on somebody's computer",
    "device": "which device made it",
    "time": "when it was made or changed",
    "thumbnail": "a small picture of how it once looked",
    "appended": "more that hangs on behind the picture",
    "description": "a title or description that nobody sees",
    "attachments": "files attached to it, into which nobody looked",
    "hidden": "parts that are hidden from view, such as sheets, rows or text",
    "signature": "a digital signature, and whose",
    "actions": "programs that run when it is opened",
    "elsewhere": "what is fetched from elsewhere when it is opened",
    "template": "the template it was made from",
    "printer": "a printer and its settings",
    "software": "which programs made it",
    "data": "what programs keep in it for themselves",
    "properties": "properties that are kept about it",
    "traces": "marks that tell which files come from one hand",
    "details": "what devices and programs add",
}
"""The object of “it says” or “it holds”, for each."""
UNCLEANABLE: Final[dict[str, str]] = {
    "locked": "it is locked by a password",
    "damaged": "it is damaged, or not what it says it is",
    "macros": "it holds macros, which are programs",
    "embedded": "a file inside it cannot be cleaned",
    "raw": "it is a camera's raw picture",
    "moving": "it is a moving picture that lies on its side",
    "too-large": "it is too large, or unpacks to too much",
    "gave-up": "looking into it took too much time or memory, or failed",
    "kind": "nothing here can look into a file of its kind",
    "heif": "nothing here can rewrite a photo of its kind (HEIC, AVIF)",
    "old-office": "it is an office file of the old kind, or one locked by a password",
    "rtf": "nothing here can rewrite a file of its kind (RTF)",
    "postscript": "nothing here can rewrite a file of its kind (PostScript, EPS)",
    "recording": "recordings of sound and video often say where, when and with what they were made",
}
"""The reason, for each kind that cannot be cleaned, and each that the sandbox may give."""
ANOTHER_WAY: Final[dict[str, str]] = {
    "locked": "Save a copy without the password, and put that up.",
    "macros": "Save a copy without macros (.docx, .xlsx, .pptx), or as PDF, and put that up.",
    "damaged": "Open it in its own program, save it anew, and put that up.",
    "embedded": "Save it as PDF and put that up.",
    "gave-up": "Save it as PDF and put that up.",
    "recording": "Where what is said is what counts, write that down and put it up.",
    "raw": "Save it as JPEG and put that up.",
    "heif": "Save it as JPEG and put that up.",
    "old-office": "Save a copy as .docx, .xlsx, .pptx or PDF without a password, and put that up.",
    "rtf": "Save it as .docx, .odt or PDF and put that up.",
    "postscript": "Save it as PDF and put that up.",
}
"""What the person can do, for some."""


def told(finding: Finding) -> str:
    """A finding in words: `which device made it (NIKON)`. Its names come from the file: not safe on a terminal yet."""
    names = f" ({', '.join(finding.names)})" if finding.names else ""
    return HIDDEN[finding.what] + names


def listed(findings: Iterable[Finding]) -> str:
    """Findings as one enumeration."""
    return "; ".join(told(finding) for finding in findings)
