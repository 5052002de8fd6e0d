"""What earlier versions left on disk (`tests/fixtures/`)."""

import tarfile
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
KEPT = sorted(path.name.removesuffix(".tar.gz") for path in FIXTURES.glob("*.tar.gz"))
NEWEST = "9783817"


def unpack(name: str, root: Path) -> Path:
    """Unpack a fixture, closed to others as it was, and give the server's folder."""
    with tarfile.open(FIXTURES / f"{name}.tar.gz") as archive:
        archive.extractall(root, filter="tar")
    return root / "server"
