"""Imports the modules under test from an instrumented copy of their source, which is nowhere on disk."""

import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType

from tests.mutants.switches import Instrumented


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        """Compile the copy, past every cache of compiled code."""
        tree = Instrumented(fullname, Path(self.path).read_text("utf-8")).tree
        return compile(tree, self.path, "exec", dont_inherit=True)


class Copies(MetaPathFinder):
    """Finds the copies of ``modules`` before anything else is asked."""

    def __init__(self, modules: Mapping[str, Path]) -> None:
        self._modules = modules

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The copy of a module that has one."""
        file = self._modules.get(fullname)
        if file is None:
            return None
        return spec_from_file_location(fullname, file, loader=_Loader(fullname, str(file)))


def install(modules: Mapping[str, Path]) -> None:
    """From here on the copies are imported. Raises: RuntimeError if one was imported as it is."""
    early = [name for name in modules if name in sys.modules]
    if early:
        raise RuntimeError(f"imported before they could be copied: {early}")
    sys.meta_path.insert(0, Copies(modules))
