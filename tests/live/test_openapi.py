"""The server against its own document: whatever fits the schema or breaks it, with a token and without, the answer is
one that the document names, and never a fault (rows S38, O09, O10). And the log stays in its form meanwhile (row O11).
"""

import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from securecall_server.routes import ROUTES
from securecall_server.routes.openapi import describe
from tests.live.api import Api
from tests.live.log_lines import assert_none_in, log_lines
from tests.live.process import ServerProcess
from tests.world import Space, make_blob

EXAMPLES = 6 if not os.environ.get("SECURECALL_FUZZ_SECONDS") else 120
"""Requests of each kind to each operation."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
DOCUMENT = schemathesis.openapi.from_dict(describe(ROUTES))  # type: ignore[arg-type]  # JSON as the library types it
DOCUMENT.config.checks.negative_data_rejection.expected_statuses = ["4xx"]
OPERATIONS = {found.ok().label: found.ok() for found in DOCUMENT.get_all_operations() if isinstance(found, Ok)}
METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE")


@pytest.fixture(scope="module")
def judged(server: ServerProcess) -> Iterator[ServerProcess]:
    """The server, whose log is judged when all is done."""
    yield server
    assert log_lines(server)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("label", OPERATIONS)
def test_s38_o09_to_strangers_every_answer_is_one_that_the_document_names(
    label: str, mode: GenerationMode, judged: ServerProcess
) -> None:
    call(label, mode, judged, None, {})


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("label", OPERATIONS)
async def test_o09_o11_to_members_every_answer_is_one_that_the_document_names(
    label: str, mode: GenerationMode, judged: ServerProcess, api: Api, coalition: Space
) -> None:
    """The ids in paths are true ones, so that what is behind them is reached."""
    token = await api.token(coalition.founder)
    known = {
        "space": coalition.id.hex(),
        "blob": make_blob(1).blob.hex(),
        "index": "0",
        "key": coalition.founder.device.id.hex(),
    }
    call(label, mode, judged, token, known)
    assert_none_in(log_lines(judged), token, coalition.id.hex(), known["blob"], known["key"])


def call(label: str, mode: GenerationMode, server: ServerProcess, token: str | None, known: dict[str, str]) -> None:
    """Try an operation; ``known`` gives ids that are there for those in its path."""
    operation = OPERATIONS[label]
    parts = {part: known[part] for part in known if f"{{{part}}}" in operation.path}
    strategy = operation.as_strategy(mode, path_parameters=parts or None)

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def tries(case: Case) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        case.call_and_validate(base_url=server.url, headers=headers, checks=CHECKS)

    with suppress(Unsatisfiable):  # raised where nothing can be wrong about a request: no body, no query, true ids
        tries()


async def test_the_document_that_is_served_is_the_one_that_was_tried(api: Api) -> None:
    assert (await api.ask("GET", "/v1/openapi.json")).json == describe(ROUTES)


async def test_o09_every_other_method_is_refused_with_those_that_are_allowed(api: Api) -> None:
    paths = {route.path for route in ROUTES}
    names = {"{space}": "ab" * 32, "{key}": "ab" * 32, "{blob}": "ab" * 16, "{index}": "0"}
    for path in sorted(paths):
        allowed = {route.method for route in ROUTES if route.path == path}
        asked = "/".join(names.get(part, part) for part in path.split("/"))
        for method in METHODS:
            if method in allowed:
                continue
            async with api.session.request(method, api.server.url + asked) as answer:
                assert answer.status == 405, (method, path)
                assert set(answer.headers["Allow"].split(",")) == allowed
