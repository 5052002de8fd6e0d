"""Step 3: documents are put up, fetched at once, and compared; the guest gets what is for everyone, and no more."""

import asyncio
from pathlib import Path
from typing import Final

from securecall_client.demo import papers
from securecall_client.demo.calling import CALL
from securecall_client.demo.scene import Scene
from securecall_client.results.documents import AddedDocuments, Documents, GotDocument
from securecall_client.text import size

TITLE: Final = "The focal point puts up documents; others fetch them at once, the guest what is for everyone"
READERS: Final = ("cochair", "ally", "seized")
FOR_EVERYONE: Final = ("agenda-for-everyone.txt", "The agenda that the guest may see: three questions and one song.\n")


async def play(scene: Scene) -> None:
    """Put up four files and fetch them. Raises: CommandError, OSError."""
    laid = await asyncio.to_thread(papers.lay_out, scene.desk, scene.big_mib)
    scene.canaries.plant(*(path.name for path in laid.files), FOR_EVERYONE[0], FOR_EVERYONE[1].strip())
    for text in laid.texts:
        scene.canaries.plant_lines(text)
    hashing = asyncio.gather(*(asyncio.to_thread(papers.sha256, path) for path in laid.files))
    added = await scene.get("focal", AddedDocuments, "doc", "add", CALL, *(str(path) for path in laid.files))
    agenda = scene.paper(*FOR_EVERYONE)
    await scene.get("focal", AddedDocuments, "doc", "add", CALL, str(agenda), "--circle", "everyone")
    scene.documents = len(laid.files) + 1
    scene.checks.same(
        "three documents are saved on the server",
        [(one.name, one.size, one.saved) for one in added.documents],
        [(path.name, path.stat().st_size, "server") for path in laid.files],
        f"{laid.origin}, and {size(scene.big_mib * 1024 * 1024)} of random bytes",
    )
    wanted = dict(zip((path.name for path in laid.files), await hashing, strict=True))
    found = await asyncio.gather(*(_fetch(scene, part, list(wanted)) for part in READERS))
    agree = sum(copies == wanted for copies in found)
    scene.checks.same(
        "three people have the very bytes that were put up (SHA-256)", agree, len(READERS),
        f"{len(READERS) * len(wanted)} copies of {len(wanted)} documents",
    )  # fmt: skip
    await _check_guest(scene, agenda)


async def _check_guest(scene: Scene, agenda: Path) -> None:
    listed = await scene.get("guest", Documents, "doc", "list", CALL)
    copies = await _fetch(scene, "guest", [agenda.name])
    scene.checks.same(
        "the guest sees the one document for everyone, and has its very bytes",
        ([one.name for one in listed.documents], copies),
        ([agenda.name], {agenda.name: papers.sha256(agenda)}),
    )


async def _fetch(scene: Scene, part: str, names: list[str]) -> dict[str, str]:
    """Fetch documents one after the other; return their digests and let go of the copies."""
    folder = Path(scene.folder, f"{part}-fetched")
    folder.mkdir(mode=0o700)
    digests = {}
    for name in names:
        got = await scene.get(part, GotDocument, "doc", "get", CALL, name, "-o", str(folder / name))
        digests[name] = await asyncio.to_thread(papers.sha256, Path(got.path))
        Path(got.path).unlink()
    return digests
