"""Keys are not kept alive by what went wrong: an error holds every frame it passed through, with all that was in it."""

import traceback


def forget(error: BaseException) -> None:
    """Let go of what the frames hold that ``error``, and what led to it, passed through (row T08)."""
    known: set[int] = set()
    errors: list[BaseException | None] = [error]
    while errors:
        one = errors.pop()
        if one is not None and id(one) not in known:
            known.add(id(one))
            traceback.clear_frames(one.__traceback__)
            one.__traceback__ = None
            errors += [one.__cause__, one.__context__]
