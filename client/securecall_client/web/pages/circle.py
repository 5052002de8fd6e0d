"""The circle that a form chose."""

from securecall.rights import Circle
from securecall_client.web.form import Form


def chosen(form: Form, name: str = "circle") -> Circle | None:
    """The circle of a field, None where the form leaves it to what it is about."""
    match form.text(name):
        case "allies":
            return "allies"
        case "everyone":
            return "everyone"
        case _:
            return None
