"""How a function becomes a command: shared options, one example in the help, and one way to fail."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, cast

import typer

from securecall_client import foreseen
from securecall_client.cli import failures, screen
from securecall_client.cli.helping import PlainCommand, summary
from securecall_client.cli.line import Line
from securecall_client.cli.options import READS, SHARED, VALUED, Options

P = ParamSpec("P")

_CONTEXT: Final = "context"
_SPEC: Final = "__securecall_spec__"


@dataclass(frozen=True)
class Spec:
    """What the manual needs beyond the help.

    ``gives``: the type of the document of `--json` as `module:Class` within the client, the document itself in
    words if it has no type, or nothing.
    """

    example: str
    gives: str | None
    shared: Sequence[str]


def command(
    app: typer.Typer,
    name: str | None,
    *,
    example: str,
    gives: str | None,
    shared: Sequence[str] = READS,
    patient: bool = False,
) -> Callable[[Callable[Concatenate[Line, P], None]], Callable[Concatenate[Line, P], None]]:
    """Add a function to ``app`` as the verb ``name``; its docstring is the help.

    The function gets a `Line` first, then what it declares. ``shared`` names the shared options it takes. It waits for
    a server that is slow to answer if it writes, or is ``patient``. Without a name it is what the noun ``app`` does
    when no verb follows; `NAME list` then runs the verb alone.
    """

    def add(act: Callable[Concatenate[Line, P], None]) -> Callable[Concatenate[Line, P], None]:
        def run(**values: object) -> None:
            context = values.pop(_CONTEXT)
            later = {option: values.pop(option) for option in shared}
            options = _options(context, later)
            if getattr(context, "invoked_subcommand", None) is not None:
                _hand_on(cast("typer.Context", context), options, values)
                return
            line = Line(replace(options, patient=patient or "unconfirmed" in shared))
            raise typer.Exit(perform(line, lambda line: _called(act, line, shared, values)))

        parameters = _parameters(act, shared)
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__dict__.update({"__signature__": inspect.Signature(parameters), _SPEC: Spec(example, gives, shared)})
        epilog = f"\b\nExample:\n  {example}"
        if name is None:
            app.callback(invoke_without_command=True, help=act.__doc__, short_help=summary(act.__doc__), epilog=epilog)(
                run
            )
        else:
            app.command(name, cls=PlainCommand, help=act.__doc__, short_help=summary(act.__doc__), epilog=epilog)(run)
        return act

    return add


def _hand_on(context: typer.Context, options: Options, values: Mapping[str, object]) -> None:
    """Let the verb that follows a noun have the options before it, which are the shared ones alone."""
    sources = [context.get_parameter_source(name) for name in values]
    if any(source is not None and source.name == "COMMANDLINE" for source in sources):
        verb = f"{context.command_path} {context.invoked_subcommand}"
        raise failures.UsageError(f"The options of “{verb}” stand behind it.", hint=f"See: {verb} --help")
    context.obj = options


def spec_of(callback: Callable[..., object] | None) -> Spec:
    """The spec of a command made by `command`."""
    found = getattr(callback, _SPEC, None)
    if not isinstance(found, Spec):
        raise TypeError("not a command of this program")
    return found


def perform(line: Line, act: Callable[[Line], None]) -> int:
    """Run a command and turn whatever happens into words or a document, and an exit code."""
    try:
        act(line)
    except KeyboardInterrupt:
        return failures.INTERRUPTED
    except screen.OutputClosedError:
        screen.drop_output()
        return failures.OUTPUT_CLOSED
    except screen.OutputLostError as error:
        screen.drop_output()
        line.screen.lost(error)
        return error.exit_code
    except BrokenPipeError as error:
        # An act that writes bytes to stdout meets its end there; anywhere else a pipe is the server's.
        if not line.screen.aside:
            return fail(line, error)
        screen.drop_output()
        return failures.OUTPUT_CLOSED
    except Exception as error:
        return fail(line, error)
    finally:
        line.screen.say.close()
    return line.exit_code


def fail(line: Line, error: Exception) -> int:
    """Say what went wrong, and return the exit code."""
    told = foreseen.told(error)
    trace = foreseen.trace(error)
    if trace is not None:
        line.screen.note(trace)
    try:
        line.screen.failure(told)
    except screen.OutputClosedError:
        screen.drop_output()
    except screen.OutputLostError:
        screen.drop_output()
        line.screen.lost(told)
    return told.exit_code


def _called(act: Callable[..., None], line: Line, shared: Sequence[str], values: Mapping[str, object]) -> None:
    # A reading command sends what waits in the outbox too, so the word must not slip in before the noun.
    if line.options.unconfirmed and "unconfirmed" not in shared:
        raise failures.UsageError("This command writes nothing, so it does not take --unconfirmed.")
    act(line, **values)


def _options(context: object, later: Mapping[str, object]) -> Options:
    """The options before the noun, with those after the verb."""
    before = getattr(context, "obj", None)
    options = before if isinstance(before, Options) else Options()
    home, proxy = later.get("home"), later.get("proxy")
    return options.overridden(
        home=home if isinstance(home, Path) else None,
        json=later.get("json") is True,
        offline=later.get("offline") is True,
        unconfirmed=later.get("unconfirmed") is True,
        proxy=proxy if isinstance(proxy, str) else None,
    )


def _parameters(act: Callable[..., object], shared: Sequence[str]) -> list[inspect.Parameter]:
    """What typer is to read: the context, the function's own parameters, the shared options."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    own = list(inspect.signature(act, eval_str=True).parameters.values())[1:]
    return [
        inspect.Parameter(_CONTEXT, keyword, annotation=typer.Context),
        *(parameter.replace(kind=keyword) for parameter in own),
        *(
            inspect.Parameter(name, keyword, annotation=SHARED[name], default=None if name in VALUED else False)
            for name in shared
        ),
    ]
