"""What earlier versions left on disk (`tests/fixtures/`)."""

import tarfile
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
KEPT = sorted(path.name.removesuffix(".tar.xz") for path in FIXTURES.glob("*.tar.xz"))
NEWEST = "9783817"


def unpack(name: str, root: Path) -> Path:
    """Unpack a fixture, closed to others as it was, and give the server's folder."""
    with tarfile.open(FIXTURES / f"{name}.tar.xz") as archive:
        archive.extractall(root, filter="tar")
    return root / "server"
