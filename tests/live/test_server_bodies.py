"""Requests that are not what a client sends, and the document that says what is."""

import re
from pathlib import Path

import pytest

from tests.live.api import PROBLEM, Api, item_json
from tests.world import Space

JSON = {"Content-Type": "application/json"}
NONCE = b'{"nonce": "%s"}' % (b"0" * 64)
BAD = {
    "no body": (b"", JSON, 400),
    "no JSON": (b"hello", JSON, 400),
    "an array": (b"[]", JSON, 400),
    "a field missing": (b"{}", JSON, 400),
    "a field unknown": (NONCE[:-1] + b', "more": 1}', JSON, 400),
    "a number for a text": (b'{"nonce": 1}', JSON, 400),
    "capital letters": (b'{"nonce": "%s"}' % (b"A" * 64), JSON, 400),
    "a line end behind the id": (b'{"nonce": "%s\\n"}' % (b"0" * 64), JSON, 400),
    "not UTF-8": (b'{"nonce": "\xff"}', JSON, 400),
    "nested without end": (b"[" * 4000, JSON, 400),
    "no content type": (NONCE, {"Content-Type": ""}, 415),
    "a form": (NONCE, {"Content-Type": "application/x-www-form-urlencoded"}, 415),
    "text": (NONCE, {"Content-Type": "text/plain"}, 415),
    "compressed": (NONCE, {**JSON, "Content-Encoding": "gzip"}, 415),
    "too large": (NONCE + b" " * 8192, JSON, 413),
}


@pytest.mark.parametrize("name", BAD)
async def test_S36_O10_a_body_without_our_form_is_refused(name: str, api: Api) -> None:
    data, headers, status = BAD[name]
    answer = await api.ask("POST", "/v1/hello", data=data, headers=headers)
    assert (answer.status, answer.kind) == (status, PROBLEM)
    assert answer.code == ("too-large" if status == 413 else "malformed")
    assert set(answer.json) == {"type", "title", "status", "code"}


async def test_a_body_without_a_length_is_bounded_too(api: Api) -> None:
    async def endless():
        for _ in range(1000):
            yield bytes(1024)

    async with api.session.post(f"{api.server.url}/v1/hello", data=endless(), headers=JSON) as answer:
        assert answer.status == 413


async def test_items_are_read_strictly(api: Api, coalition: Space) -> None:
    call = await api.open_call(coalition)
    token, path = await api.token(coalition.founder), f"/v1/spaces/{call.id.hex()}/items"
    call.write(coalition.founder)
    good = item_json(call.places[-1])
    bad: dict[str, dict[str, object]] = {
        "class unknown": {"class": 3},
        "class as text": {"class": "2"},
        "no base64": {"item": "***"},
        "base64 without padding": {"item": "YQ"},
        "base64 for URLs": {"item": "-_-_"},
        "a device in capitals": {"grants": {"A" * 64: ""}},
        "identities null": {"identities": None},
        "a field unknown": {"author": "me"},
    }
    for name, change in bad.items():
        answer = await api.ask("POST", path, token, {**good, **change})
        assert (answer.status, answer.code) == (400, "malformed"), name
    assert (await api.ask("POST", path, token, good)).status == 200
    for query in ("from=-1", "from=1e3", "from=", "from=4294967296", "to=1", "from=0&more=1"):
        answer = await api.ask("GET", f"{path}?{query}", token)
        assert (answer.status, answer.code) == (400, "malformed"), query


async def test_unknown_paths_and_methods_are_problem_documents(api: Api) -> None:
    for method, path, status in (
        ("GET", "/", 404),
        ("GET", "/v1/spaces/", 404),
        ("DELETE", "/v1/hello", 405),
        ("HEAD", "/healthz", 405),
        ("OPTIONS", "/v1/hello", 405),
        ("GET", "/v1/live", 400),
    ):
        answer = await api.ask(method, path)
        assert (answer.status, answer.kind) == (status, PROBLEM), path


async def test_L05_S35_answers_are_not_for_browsers_nor_compressed(api: Api) -> None:
    headers = {"Origin": "https://example.org", "Accept-Encoding": "gzip, br"}
    async with api.session.get(f"{api.server.url}/v1/openapi.json", headers=headers) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Server"] == "SecureCall"
        assert "Content-Encoding" not in answer.headers
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


async def test_the_openapi_document_says_what_the_manual_says(api: Api) -> None:
    document = (await api.ask("GET", "/v1/openapi.json")).json
    assert document["openapi"] == "3.1.0"
    described = {
        (method.upper(), path): any(part["in"] == "query" for part in operation.get("parameters", []))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
    }
    manual = (Path(__file__).parents[2] / "docs" / "http.md").read_text()
    names = {"S": "{space}", "B": "{blob}", "I": "{index}", "K": "{key}"}
    written: dict[tuple[str, str], bool] = {}
    for method, path, query in re.findall(r"^\| `(GET|POST|PUT) (/\S+?)(\?from=N)?` \|", manual, flags=re.MULTILINE):
        request = (method, "/".join(names.get(part, part) for part in path.split("/")))
        written[request] = written.get(request, False) or bool(query)
    assert described == written
    references = set(re.findall(r'"#/components/schemas/(\w+)"', str(document).replace("'", '"')))
    assert references <= set(document["components"]["schemas"])
    assert "setup-code-used" in document["components"]["schemas"]["ProblemDocument"]["properties"]["code"]["enum"]
