"""What reports and archives need beyond the plain install: the extra `report`."""

from importlib.util import find_spec

from securecall_client.errors import SecureCallError

FOR_REPORTS = ("docx", "fontTools", "manimgx_fonts", "typst")
FOR_ARCHIVES = ("pyrage",)


class ExtraError(SecureCallError):
    """The extra `report` is not installed."""

    code = "extra-missing"


def need_extra(*names: str) -> None:
    """Raise ExtraError unless these packages of the extra are there."""
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        raise ExtraError(
            f"This needs more than the plain install of SecureCall: {', '.join(missing)} is missing here.",
            hint="Install the extra report: pip install 'securecall[report]'. A report as .html needs none of it.",
        )
