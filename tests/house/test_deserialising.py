"""Nothing in the product can run what it reads (row F06): no pickle and its like, no YAML, nothing evaluated."""

import ast
import marshal
import pickle
from functools import cache
from pathlib import Path

from tests.fuzz.registry import TARGETS
from tests.fuzz.scan import PACKAGES

FORBIDDEN = {
    "_pickle", "cPickle", "cloudpickle", "code", "codeop", "copyreg", "dbm", "dill", "joblib", "jsonpickle", "marshal",
    "pickle", "pickletools", "runpy", "shelve", "yaml", "xmlrpc", "zipimport",
}  # fmt: skip
XML = {"xml", "lxml", "defusedxml", "html5lib", "pyexpat", "bs4"}
MARKUP = ("sandboxed/cleaning/markup.py", "xml")
"""The one place, which takes no document type; `pyproject.toml` has who may import it."""
EVALUATES = {"eval", "exec", "compile", "__import__", "execfile", "breakpoint"}


Nodes = list[ast.AST]


@cache
def product() -> list[tuple[str, Nodes]]:
    """The path of every module, and all that stands in it."""
    paths = [path for package in PACKAGES for path in sorted(package.rglob("*.py"))]
    return [(str(path), list(ast.walk(ast.parse(path.read_text("utf-8"))))) for path in paths]


def imported(nodes: Nodes) -> set[str]:
    """The first parts of the names that a module imports."""
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.partition(".")[0] for name in names}


def test_f06_nothing_that_runs_what_it_reads_is_imported() -> None:
    modules = product()
    assert len(modules) > 200
    assert [(path, name) for path, nodes in modules for name in imported(nodes) & FORBIDDEN] == []


def test_f06_nothing_is_evaluated() -> None:
    found = [
        (path, node.func.id)
        for path, nodes in product()
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in EVALUATES
    ]
    assert found == []


class Gadget:
    """What makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.mkdir, (self.path,)  # type: ignore[return-value]  # what pickle calls, and with what


def test_f06_what_would_run_elsewhere_runs_in_no_decoder(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    call = f"__import__('os').mkdir({str(ran)!r})"
    traps = [
        *(pickle.dumps(Gadget(ran), protocol) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)),
        marshal.dumps(compile(call, "trap", "exec")),
        call.encode(),
        f"!!python/object/apply:os.mkdir ['{ran}']".encode(),
        f'{{"py/reduce": [{{"py/function": "os.mkdir"}}, {{"py/tuple": ["{ran}"]}}]}}'.encode(),
    ]
    for target in TARGETS:
        for trap in traps:
            target.take(trap)
    assert not ran.exists()
    pickle.loads(traps[0])  # noqa: S301 - the trap itself is a good one
    assert ran.exists()


def test_f04_workbooks_are_read_in_the_sandbox_alone() -> None:
    found = [path for path, nodes in product() for node in nodes if isinstance(node, ast.ImportFrom)
             if node.module == "openpyxl" and any(alias.name == "load_workbook" for alias in node.names)]  # fmt: skip
    assert [path.rpartition("securecall_client/")[2] for path in found] == ["sandboxed/sheets.py"]


def test_f05_one_place_parses_xml_and_it_stands_in_the_sandbox() -> None:
    found = [(path, name) for path, nodes in product() for name in imported(nodes) if name in XML]
    assert [(path.rpartition("securecall_client/")[2], name) for path, name in found] == [MARKUP]
