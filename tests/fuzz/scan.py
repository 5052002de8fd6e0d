"""Where the product reads bytes or text that it did not just make itself, found in its source.

A *site* is a function that calls a reader: `securecall.wire.decode` and `read`, msgspec, TOML, JSON, CSV, base64,
hexadecimal, numbers out of bytes, text out of bytes, addresses, dates. It is named ``module:function``.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = (
    ROOT / "securecall",
    ROOT / "keys" / "securecall_keys",
    ROOT / "server" / "securecall_server",
    ROOT / "client" / "securecall_client",
)
WIRE: Final = {"decode", "read"}
"""Readers of `securecall.wire`, which stand under their bare names."""
READERS: Final = {
    "msgspec.json.decode",
    "msgspec.msgpack.decode",
    "msgspec.convert",
    "tomllib.loads",
    "tomllib.load",
    "json.loads",
    "json.load",
    "csv.reader",
    "csv.DictReader",
    "bytes.fromhex",
    "int.from_bytes",
    "base64.b32decode",
    "base64.b64decode",
    "b64decode",
    "urlsplit",
    "urlparse",
    "parse_qsl",
    "parsedate_to_datetime",
    "datetime.fromisoformat",
    "datetime.strptime",
    "struct.unpack",
}
ENCODERS: Final = {"b64encode", "b32encode", "encode", "hexlify"}
"""What these give is ASCII of our own making, so that `.decode()` on it reads nothing."""


def sites() -> set[str]:
    """Every site in the product but the demo, which speaks to programs that it started itself."""
    return {
        f"{module}:{function}"
        for package in PACKAGES
        for path in sorted(package.rglob("*.py"))
        if "demo" not in path.relative_to(package).parts
        for module, function in _of_file(path, package)
    }


def _of_file(path: Path, package: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(path.read_text("utf-8"))
    parts = path.relative_to(package.parent).with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    bare = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "securecall.wire"
        for alias in node.names
        if alias.name in WIRE
    }
    bare |= WIRE if module == "securecall.wire" else set()
    for function, node in _functions(tree, ()):
        if any(isinstance(call, ast.Call) and _reads(call, bare) for call in _own(node)):
            yield module, function


def _functions(node: ast.AST, above: tuple[str, ...]) -> Iterator[tuple[str, ast.AST]]:
    """Functions and methods by their dotted name; what stands in a nested function counts for the outer one."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield ".".join((*above, child.name)), child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, (*above, child.name))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    return ast.walk(node)


def _reads(call: ast.Call, bare: set[str]) -> bool:
    name = ast.unparse(call.func)
    if isinstance(call.func, ast.Name):
        return name in bare or name in READERS
    if name in READERS:
        return True
    return isinstance(call.func, ast.Attribute) and call.func.attr == "decode" and not _is_ours(call.func.value)


def _is_ours(value: ast.expr) -> bool:
    if not isinstance(value, ast.Call):
        return False
    return ast.unparse(value.func).rpartition(".")[2] in ENCODERS
