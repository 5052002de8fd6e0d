"""Step 3: documents are put up, fetched by everybody at once, and compared."""

import asyncio
from pathlib import Path
from typing import Final

from securecall_client.demo import papers
from securecall_client.demo.calling import CALL
from securecall_client.demo.scene import Scene
from securecall_client.results.documents import AddedDocuments, GotDocument
from securecall_client.text import size

TITLE: Final = "The focal point puts up documents; the others fetch them at once and the bytes agree"


async def play(scene: Scene) -> None:
    """Put up three files and fetch each four times. Raises: CommandError, OSError."""
    laid = await asyncio.to_thread(papers.lay_out, scene.desk)
    scene.canaries.plant(*(path.name for path in laid.files))
    for text in laid.texts:
        scene.canaries.plant_lines(text)
    scene.documents = len(laid.files)
    hashing = asyncio.gather(*(asyncio.to_thread(papers.sha256, path) for path in laid.files))
    files = [str(path) for path in laid.files]
    added = await scene.shells["focal"].get(AddedDocuments, "doc", "add", CALL, *files)
    scene.checks.same(
        "three documents are saved on the server",
        [(one.name, one.size, one.saved) for one in added.documents],
        [(path.name, path.stat().st_size, "server") for path in laid.files],
        f"{laid.origin}, and {size(papers.BIG_MIB * 1024 * 1024)} of random bytes",
    )
    wanted = dict(zip((path.name for path in laid.files), await hashing, strict=True))
    readers = [part for part in scene.shells if part != "focal"]
    found = await asyncio.gather(*(_fetch(scene, part, list(wanted)) for part in readers))
    await scene.stand_up()
    agree = sum(copies == wanted for copies in found)
    scene.checks.same(
        "four people have the very bytes that were put up (SHA-256)", agree, len(readers),
        f"{len(readers) * len(wanted)} copies of {len(wanted)} documents",
    )  # fmt: skip


async def _fetch(scene: Scene, part: str, names: list[str]) -> dict[str, str]:
    """Fetch documents one after the other; return their digests and let go of the copies."""
    folder = Path(scene.folder, f"{part}-fetched")
    folder.mkdir(mode=0o700)
    digests = {}
    for name in names:
        got = await scene.shells[part].get(GotDocument, "doc", "get", CALL, name, "-o", str(folder / name))
        digests[name] = await asyncio.to_thread(papers.sha256, Path(got.path))
        Path(got.path).unlink()
    return digests
