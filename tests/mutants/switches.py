"""The switches: each verification of a module by its name, and the module with a probe at each.

Found in the source by its form, so that none can be forgotten: an `if` or `case` that raises (each part of an *or* and
of a comparison of tuples for itself), a call of something that checks and whose result nobody uses, in
`places.BY_RETURNING` an `if` that returns or goes on, and in `places.BY_ANSWERING` each part of what is answered. The
name is module, function and the words that stand there.
"""

import ast
import re
from collections import Counter

from tests.mutants.places import BY_ANSWERING, BY_RETURNING, NO_VERIFICATION

_CHECKS = re.compile(r"^(_?check\w*|_verify|crypto_sign_open)$")
_PROBE = "_probe"


class Instrumented(ast.NodeTransformer):
    """A module with a probe at each verification. ``names`` are those of its switches, in order."""

    def __init__(self, module: str, source: str) -> None:
        self.names: list[str] = []
        self._module, self._scope = module, [module]
        self._seen: Counter[str] = Counter()
        tree = self.visit(ast.parse(source))
        first = next((at for at, node in enumerate(tree.body) if not _goes_first(node)), len(tree.body))
        tree.body.insert(first, ast.parse(f"from tests.mutants import probe as {_PROBE}").body[0])
        self.tree: ast.Module = ast.fix_missing_locations(tree)

    def _inside(self, node: ast.AST, name: str) -> ast.AST:
        self._scope.append(name)
        self.generic_visit(node)
        self._scope.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._inside(node, node.name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._inside(node, node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._inside(node, node.name)

    def visit_If(self, node: ast.If) -> ast.AST:
        self.generic_visit(node)
        if self._refuses(node.body[-1]):
            node.test = self._condition(node.test)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        if node.value is not None and ".".join(self._scope) in BY_ANSWERING:
            node.value = self._answer(node.value)
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        self.generic_visit(node)
        if node.guard is not None and self._refuses(node.body[-1]):
            node.guard = self._condition(node.guard)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        if not isinstance(call, ast.Call) or not _CHECKS.match(ast.unparse(call.func).rpartition(".")[2]):
            return node
        name = self._name(ast.unparse(call))
        text = f"if {_PROBE}.is_on({name!r}):\n try: pass\n except Exception: {_PROBE}.note({name!r}); raise"
        frame = ast.parse(text)
        switch = frame.body[0]
        assert isinstance(switch, ast.If)
        attempt = switch.body[0]
        assert isinstance(attempt, ast.Try)
        attempt.body = [node]
        return switch

    def _refuses(self, last: ast.stmt) -> bool:
        if isinstance(last, ast.Return | ast.Continue):
            return ".".join(self._scope) in BY_RETURNING
        if not isinstance(last, ast.Raise) or last.exc is None:
            return False
        raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
        return ast.unparse(raised) not in NO_VERIFICATION

    def _condition(self, test: ast.expr) -> ast.expr:
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
            test.values = [self._condition(value) for value in test.values]
            return test
        if isinstance(test, ast.Compare) and isinstance(test.left, ast.Tuple) and isinstance(test.ops[0], ast.NotEq):
            names = [self._name(ast.unparse(part)) for part in test.left.elts]
            return _call(
                "differ", ast.Tuple([ast.Constant(name) for name in names], ast.Load()), test.left, test.comparators[0]
            )
        return _call("holds", ast.Constant(self._name(ast.unparse(test))), test)

    def _answer(self, answer: ast.expr) -> ast.expr:
        if isinstance(answer, ast.BoolOp) and isinstance(answer.op, ast.And):
            answer.values = [self._answer(value) for value in answer.values]
            return answer
        if isinstance(answer, ast.Call) and answer.args and isinstance(answer.args[0], ast.GeneratorExp):
            each = answer.args[0]
            if ast.unparse(answer.func) == "any":
                each.elt = self._answer(each.elt)
            for part in each.generators:
                part.ifs = [self._answer(condition) for condition in part.ifs]
            return answer
        if isinstance(answer, ast.Constant):
            return answer
        return _call("passes", ast.Constant(self._name(ast.unparse(answer))), answer)

    def _name(self, words: str) -> str:
        name = f"{'.'.join(self._scope)}: {words}"
        self._seen[name] += 1
        self.names.append(name if self._seen[name] == 1 else f"{name} ({self._seen[name]})")
        return self.names[-1]


def _call(what: str, *arguments: ast.expr) -> ast.Call:
    function = ast.Attribute(ast.Name(_PROBE, ast.Load()), what, ast.Load())
    return ast.Call(function, list(arguments), [])


def _goes_first(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) or (isinstance(node, ast.ImportFrom) and node.module == "__future__")
