"""The scene of these tests: a coalition of four, a call with an exercise, and a server in memory; made once."""

from pathlib import Path

import pytest

from tests.simulator.people import Stage, build


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Set up once; nobody plays on it."""
    return build(tmp_path_factory.mktemp("scene"))


@pytest.fixture
def stage(scene: Stage, tmp_path: Path) -> Stage:
    """A copy of the scene, to be played on."""
    return scene.copy(tmp_path)
