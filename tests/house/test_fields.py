"""A field's name hides what its form says of itself under the same word, and htmx and our script read some of that."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[2] / "client" / "securecall_client" / "web" / "templates"
READ = {
    "action", "attributes", "checkValidity", "children", "classList", "closest", "dataset", "elements", "enctype",
    "form", "getAttribute", "hasAttribute", "id", "isConnected", "matches", "method", "noValidate", "nodeName",
    "parentElement", "parentNode", "querySelector", "reportValidity", "requestSubmit", "reset", "submit", "tagName",
    "target",
}  # fmt: skip


def test_no_field_is_named_as_what_is_read_of_a_form() -> None:
    named = {
        (template.name, name)
        for template in TEMPLATES.glob("*.html")
        for name in re.findall(r'\bname="([^"{]+)"|parts\.field\("([^"]+)"', template.read_text("utf-8"))
        if {*name} & READ
    }
    assert named == set()
