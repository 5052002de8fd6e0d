"""The built-in templates: one TOML file each, named as the template is. `work.template` reads them."""

from importlib import resources

_SUFFIX = ".toml"


def names() -> list[str]:
    """The names of the built-in templates, sorted."""
    files = (entry.name for entry in resources.files(__name__).iterdir())
    return sorted(file.removesuffix(_SUFFIX) for file in files if file.endswith(_SUFFIX))


def text(name: str) -> str:
    """The TOML of a built-in template. ``name`` is one of `names`, so it never becomes a foreign path.

    Raises: KeyError if it is not.
    """
    if name not in names():
        raise KeyError(name)
    return resources.files(__name__).joinpath(name + _SUFFIX).read_text(encoding="utf-8")
