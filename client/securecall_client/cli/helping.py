"""The help of a command in a person's words: no types of the programming language, and no brackets but for choices."""

from typing import TYPE_CHECKING

from typer.core import TyperArgument, TyperCommand

if TYPE_CHECKING:
    from typer._click import Context, Parameter


class PlainArgument(TyperArgument):
    """An argument that is `CALL` or `[TEXT]` in the help, where the parser's own says `{CALL}` and `CALL <str>`."""

    def display_type_rich(self, ctx: "Context") -> str | None:
        """The words to choose from, if there are some; else nothing, since the name says what it is."""
        return super().display_type_rich(ctx) if self.type_descriptor.is_choice else None

    def get_usage_pieces(self, ctx: "Context") -> list[str]:  # noqa: ARG002 - the parser's own signature
        """`CALL`, `FILE...` for one or more, and `[TEXT]` for what may be absent."""
        name = f"{self.display_name_raw}{'' if self.nargs == 1 else '...'}"
        return [name if self.required else f"[{name}]"]


class PlainCommand(TyperCommand):
    """A command whose arguments are plain ones."""

    def get_params(self, ctx: "Context") -> "list[Parameter]":
        """Its options and arguments. The parser makes the latter itself, so their class is set here."""
        for parameter in self.params:
            if isinstance(parameter, TyperArgument):
                parameter.__class__ = PlainArgument
        return super().get_params(ctx)


def summary(text: str | None) -> str:
    """The first paragraph of a help text in one line, whole: a list of commands would cut it."""
    return " ".join((text or "").partition("\n\n")[0].split())
