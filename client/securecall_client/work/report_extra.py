"""What reports need beyond the plain install: the extra `report`."""

from importlib.util import find_spec

from securecall.sentences import sentence
from securecall_client.errors import SecureCallError

FOR_REPORTS = ("docx", "fontTools", "manimgx_fonts", "typst")


class ExtraError(SecureCallError):
    """The extra `report` is not installed."""

    code = "extra-missing"


def need_extra() -> None:
    """Raise ExtraError unless the packages of the extra are there."""
    missing = [name for name in FOR_REPORTS if find_spec(name) is None]
    if missing:
        raise ExtraError(
            sentence(
                "This needs more than the plain install of SecureCall: %(missing)s is missing here.", missing=missing
            ),
            hint="Install the extra report: pip install 'securecall[report]'. A report as .html needs none of it.",
        )
