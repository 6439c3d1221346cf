"""The REST API without sockets: routes, types, codes, and the form of every answer."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from registry.domain import errors as domain_errors
from registry.domain.errors import Kind, RegistryError
from registry.doors import asgi
from registry.doors.rest import application, bodies, errors, routes
from registry.doors.rest.routes import ROUTES
from tests.registry.support import INT, INT_MORE, TEXT, V1, Api, record

ROOT = Path(__file__).resolve().parents[3]
PROTO = 'syntax = "proto3";\nmessage M { int32 a = 1; }\n'


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Subjects: `a` with two versions, `gone` deleted softly, `inner` referred to by `outer`, `p` in Protobuf."""
    path = tmp_path_factory.mktemp("http") / "filled.db"
    api = Api(path)
    for text in (INT, INT_MORE):
        api.register("a", text)
    api.register("gone", record("Gone"))
    api.ask("DELETE", "/subjects/gone")
    api.register("inner", record("Inner"))
    outer = '{"type":"record","name":"Outer","fields":[{"name":"i","type":"Inner"}]}'
    api.register("outer", outer, references=[{"name": "Inner", "subject": "inner", "version": 1}])
    api.register("p", PROTO, schemaType="PROTOBUF")
    api.close()
    return path


@pytest.fixture
def filled(database: Path, tmp_path: Path) -> Iterator[Api]:
    """A registry of its own with what `database` has."""
    api = Api(shutil.copy(database, tmp_path / "filled.db"))
    yield api
    api.close()


@pytest.mark.parametrize(
    ("method", "target", "answer"),
    [
        ("GET", "/", {}),
        ("GET", "/_health", {"healthy": True}),
        ("GET", "/subjects", ["a", "inner", "outer", "p"]),
        ("GET", "/subjects/", ["a", "inner", "outer", "p"]),
        ("GET", "/subjects?deleted=True", ["a", "gone", "inner", "outer", "p"]),
        ("GET", "/subjects?deletedOnly=true", ["gone"]),
        ("GET", "/subjects?subjectPrefix=%3A*%3Ain", ["inner"]),
        ("GET", "/subjects?offset=1&limit=1", ["inner"]),
        ("GET", "/subjects/a/versions", [1, 2]),
        ("GET", "/subjects/a/versions?offset=1", [2]),
        ("GET", "/subjects/gone/versions?deletedAsNegative=true&deleted=true", [-1]),
        ("GET", "/subjects/a/versions/1/schema", json.loads(INT)),
        ("GET", "/subjects/a/versions/latest/schema", json.loads(INT_MORE)),
        ("GET", "/subjects/inner/versions/1/referencedby", [5]),
        ("GET", "/schemas/types", ["JSON", "PROTOBUF", "AVRO"]),
        ("GET", "/schemas/ids/1/schema", json.loads(INT)),
        ("GET", "/schemas/ids/1/subjects", ["a"]),
        ("GET", "/schemas/ids/2/versions", [{"subject": "a", "version": 2}]),
        ("GET", "/schemas/ids/3/versions", []),
        ("GET", "/schemas/ids/3/versions?deleted=true", [{"subject": "gone", "version": 1}]),
        ("GET", "/config", {"compatibilityLevel": "BACKWARD"}),
        ("GET", "/config/a?defaultToGlobal=true", {"compatibilityLevel": "BACKWARD"}),
        ("GET", "/mode", {"mode": "READWRITE"}),
        ("GET", "/contexts", ["."]),
        ("GET", "/contexts?offset=1&limit=1", []),
        ("DELETE", "/subjects/a/versions/2", 2),
        ("DELETE", "/subjects/a", [1, 2]),
        ("DELETE", "/config", {"compatibilityLevel": "BACKWARD"}),
        ("DELETE", "/mode", {"mode": "READWRITE"}),
    ],
)  # fmt: skip
def test_plain_answers(filled: Api, method: str, target: str, answer: object) -> None:
    """Each route without a body answers what was put in."""
    assert filled.ask(method, target) == (200, answer)


@pytest.mark.parametrize(
    ("method", "target", "body", "answer"),
    [
        ("PUT", "/config", {"compatibility": "full"}, {"compatibility": "FULL"}),
        ("PUT", "/config/a", {"normalize": True}, {"normalize": True}),
        ("PUT", "/mode/a", {"mode": "READONLY"}, {"mode": "READONLY"}),
        ("PUT", "/mode", {"mode": None}, {"mode": None}),
        ("POST", "/compatibility/subjects/a/versions/latest", {"schema": INT}, {"is_compatible": True}),
        ("POST", "/compatibility/subjects/a/versions", {"schema": TEXT}, {"is_compatible": False}),
        ("POST", "/compatibility/subjects/new/versions/latest", {"schema": INT}, {"is_compatible": True}),
        ("POST", "/compatibility/subjects/new/versions", {"schema": INT}, {"is_compatible": True}),
    ],
)  # fmt: skip
def test_answers_to_bodies(filled: Api, method: str, target: str, body: object, answer: object) -> None:
    """Settings are echoed in their normal spelling; compatibility is a boolean, and true where there is nothing yet."""
    assert filled.ask(method, target, body) == (200, answer)


def test_a_version(filled: Api) -> None:
    """A version says its subject, number, id, GUID and text; the same by number, as latest, and looked up."""
    status, found = filled.ask("GET", "/subjects/a/versions/2")
    assert status == 200
    assert found.pop("ts") > 1_600_000_000_000
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found.pop("guid"))
    assert found == {"subject": "a", "version": 2, "id": 2, "schema": INT_MORE, "deleted": False}
    latest, looked_up = (
        filled.ask("GET", "/subjects/a/versions/-1"),
        filled.ask("POST", "/subjects/a", {"schema": INT_MORE}),
    )
    assert latest == looked_up == filled.ask("GET", "/subjects/a/versions/latest")


def test_a_schema(filled: Api) -> None:
    """A schema says its text, and what isn't usual: its type, its references; with a subject, where it stands."""
    _, found = filled.ask("GET", "/schemas/ids/5?subject=outer&fetchMaxId=true")
    assert found["references"] == [{"name": "Inner", "subject": "inner", "version": 1}]
    assert (found["subject"], found["version"], found["maxId"], "schemaType" in found) == ("outer", 1, 6, False)
    _, found = filled.ask("GET", "/schemas/ids/6")
    assert (found["schemaType"], found["schema"], "subject" in found) == ("PROTOBUF", PROTO, False)
    _, by_guid = filled.ask("GET", f"/schemas/guids/{found['guid'].upper()}")
    assert (by_guid["id"], by_guid["schema"]) == (6, PROTO)
    assert filled.ask("GET", f"/schemas/guids/{found['guid']}/ids") == (200, [{"context": ".", "id": 6}])
    _, deleted = filled.ask("GET", "/schemas/ids/3")
    assert deleted["deleted"]


def test_serialized(filled: Api) -> None:
    """`format=serialized` gives Protobuf as the base64 of its FileDescriptorProto, and other schemas as they are."""
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    for target in ("/schemas/ids/6", "/subjects/p/versions/latest"):
        _, found = filled.ask("GET", f"{target}?format=serialized")
        assert FileDescriptorProto.FromString(base64.b64decode(found["schema"])).message_type[0].name == "M"
    assert filled.ask("GET", "/schemas/ids/1?format=serialized")[1]["schema"] == INT


def test_all_schemas(filled: Api) -> None:
    """/schemas lists versions, or the newest of each subject."""
    _, found = filled.ask("GET", "/schemas?subjectPrefix=a")
    assert [(each["subject"], each["version"]) for each in found] == [("a", 1), ("a", 2)]
    _, found = filled.ask("GET", "/schemas?latestOnly=true&deleted=true&limit=2")
    assert [(each["subject"], each["version"], each["deleted"]) for each in found] == [
        ("a", 2, False),
        ("gone", 1, True),
    ]


def test_compatibility_says_why(filled: Api) -> None:
    """With `verbose` each finding says its kind, its place and the version that it breaks."""
    _, found = filled.ask("POST", "/compatibility/subjects/a/versions/1?verbose=True", {"schema": TEXT})
    assert not found["is_compatible"]
    (first, *rest) = found["messages"]
    assert "TYPE_MISMATCH" in first
    assert "/fields/0/type" in first
    assert any("oldSchemaVersion: 1" in each for each in rest)
    _, found = filled.ask("POST", "/compatibility/subjects/a/versions?verbose=true", {"schema": "{"})
    assert (found["is_compatible"], found["messages"][0][:14]) == (False, "Invalid schema")


def _reference(version: int) -> dict[str, object]:
    return {"name": "r", "subject": "a", "version": version}


@pytest.mark.parametrize(
    ("method", "target", "body", "status", "code"),
    [
        ("GET", "/nowhere", None, 404, 404),
        ("GET", "/subjects/a/versions/1/nowhere", None, 404, 404),
        ("GET", "/subjects/%ff/versions", None, 404, 404),
        ("GET", "/subjects?limit=x", None, 404, 404),
        ("GET", f"/subjects?offset={1 << 63}", None, 404, 404),
        ("GET", f"/schemas?limit={-1 << 70}", None, 404, 404),
        ("GET", "/schemas/ids/x", None, 404, 404),
        ("PATCH", "/subjects", None, 405, 405),
        ("GET", "/subjects/a", None, 405, 405),
        ("GET", "/subjects/none/versions", None, 404, 40401),
        ("GET", "/subjects/gone/versions/latest", None, 404, 40401),
        ("DELETE", "/subjects/none", None, 404, 40401),
        ("DELETE", "/config/none", None, 404, 40401),
        ("POST", "/subjects/none", {}, 404, 40401),
        ("GET", "/subjects/a/versions/9", None, 404, 40402),
        ("POST", "/compatibility/subjects/a/versions/9", {"schema": INT}, 404, 40402),
        ("GET", "/schemas/ids/99", None, 404, 40403),
        ("GET", "/schemas/ids/0", None, 404, 40403),
        ("GET", "/schemas/ids/-1", None, 404, 40403),
        ("GET", "/schemas/ids/2147483648", None, 404, 40403),
        ("GET", "/schemas/ids/99/versions", None, 404, 40403),
        ("GET", "/schemas/guids/none", None, 404, 40403),
        ("POST", "/subjects/a", {"schema": TEXT}, 404, 40403),
        ("DELETE", "/subjects/gone", None, 404, 40404),
        ("DELETE", "/subjects/a?permanent=true", None, 404, 40405),
        ("DELETE", "/subjects/gone/versions/1", None, 404, 40406),
        ("DELETE", "/subjects/a/versions/1?permanent=true", None, 404, 40407),
        ("GET", "/config/a", None, 404, 40408),
        ("GET", "/mode/a", None, 404, 40409),
        ("GET", "/associations/resources/-/topic?resourceType=topic", None, 404, 40410),
        ("POST", "/subjects/a/versions", {"schema": TEXT}, 409, 409),
        ("POST", "/subjects/a/versions", {"schema": "{"}, 422, 42201),
        ("POST", "/subjects/a/versions", {}, 422, 42201),
        ("POST", "/subjects/a/versions", {"schema": INT, "schemaType": "XML"}, 422, 42201),
        ("POST", "/subjects/new/versions", {"schema": '{"type":"int","n":1e999}'}, 422, 42201),
        ("POST", "/subjects/a/versions", {"schema": INT, "references": [_reference(1 << 63)]}, 422, 42201),
        ("POST", "/subjects/a", {"schema": INT, "references": [_reference(-1 << 70)]}, 422, 42201),
        ("POST", "/compatibility/subjects/a/versions", {"schema": "{"}, 422, 42201),
        ("GET", "/subjects/a/versions/0", None, 422, 42202),
        ("GET", "/subjects/a/versions/-2", None, 422, 42202),
        ("GET", "/subjects/a/versions/2147483648", None, 422, 42202),
        ("GET", "/subjects/a/versions/newest", None, 422, 42202),
        ("PUT", "/config", {"compatibility": "SOME"}, 422, 42203),
        ("PUT", "/config", {}, 422, 42203),
        ("PUT", "/mode", {"mode": "SOME"}, 422, 42204),
        ("PUT", "/mode", {"mode": "IMPORT"}, 422, 42205),
        ("POST", "/associations", {}, 422, 42205),
        ("DELETE", "/subjects/inner", None, 422, 42206),
        ("DELETE", "/subjects/inner/versions/1", None, 422, 42206),
        ("GET", "/subjects/%00/versions", None, 422, 42208),
        ("POST", "/subjects/bad%0D%0Aname/versions", {"schema": INT}, 422, 42208),
        ("GET", f"/subjects/{'x' * 10_000}/versions", None, 422, 42208),
        ("GET", "/subjects//versions", None, 422, 42208),
        ("POST", "/subjects/a/versions", {"schema": INT, "unknown": 1}, 422, 422),
        ("POST", "/subjects/a/versions", {"schema": 7}, 422, 422),
        ("POST", "/subjects/a/versions", {"schema": INT, "references": [{}]}, 422, 422),
        ("PUT", "/config", {"compatibility": "FULL", "alias": "b"}, 422, 422),
        ("POST", "/subjects/a/versions", [], 400, 400),
        ("POST", "/subjects/a/versions", {"schema": " " * (5 << 20)}, 422, 42209),
    ],
)  # fmt: skip
def test_refusals(filled: Api, method: str, target: str, body: object, status: int, code: int) -> None:
    """Each code in the form of all, and the next request is served (B67 to B72)."""
    found, answer = filled.ask(method, target, body)
    assert (found, answer["error_code"]) == (status, code)
    assert answer["message"]
    assert set(answer) == {"error_code", "message"}
    assert filled.ask("GET", "/subjects/a/versions") == (200, [1, 2])


@pytest.mark.parametrize("number", [0, 1 << 31, 1 << 63, 1 << 70])
def test_imported_numbers(api: Api, number: int) -> None:
    """An import with an id or a version that none can have is refused, and leaves nothing (B72)."""
    assert api.ask("PUT", "/mode", {"mode": "IMPORT"})[0] == 200
    for more in ({"id": number}, {"id": 7, "version": number}) if number else ({"id": number},):
        status, answer = api.ask("POST", "/subjects/a/versions", {"schema": INT, **more})
        assert (status, answer["error_code"]) == (422, 42205)
        assert str(number) in answer["message"]
    assert api.ask("GET", "/subjects") == (200, [])
    assert api.register("a", INT, id=7) == 7


def test_no_number_after_the_last(api: Api) -> None:
    """After the highest possible version none is added; it is not the database that fails (B72)."""
    assert api.ask("PUT", "/mode/a", {"mode": "IMPORT"})[0] == 200
    api.register("a", INT, id=7, version=(1 << 31) - 1)
    assert api.ask("POST", "/subjects/a/versions", {"schema": INT_MORE, "id": 8})[1]["error_code"] == 42205
    assert api.ask("DELETE", "/mode/a")[0] == 200
    assert api.ask("POST", "/subjects/a/versions", {"schema": INT_MORE})[1]["error_code"] == 42205


def test_every_number_has_a_case() -> None:
    """The table above has every number that the door gives, but the database's (50001) and a permission's (40301)."""
    sources = (asgi, application, bodies, routes)
    statuses = {
        each for module in sources for each in re.findall(r"HttpError\((\d{3}),", Path(module.__file__).read_text())
    }
    (table,) = [each for each in test_refusals.pytestmark if each.name == "parametrize"]  # type: ignore[attr-defined]
    cases = {row[4] for row in table.args[1]}
    assert set(errors.NUMBERS.values()) - cases == {50001, 40301}
    assert {int(each) for each in statuses} - cases == {406, 413, 415, 500}  # test_content_types, test_bodies


def test_every_error_has_a_number() -> None:
    """Each error that the domain names has a number of Confluent's; one that a plug-in names has its kind's status."""
    named = set(re.findall(r'RegistryError\(Kind\.\w+, "(\w+)"', Path(domain_errors.__file__).read_text()))
    assert named == set(errors.NUMBERS)
    for kind, status in ((Kind.NOT_FOUND, 404), (Kind.CONFLICT, 409), (Kind.REFUSED, 422), (Kind.FAILED, 500)):
        assert errors.error_body(RegistryError(kind, "OURS", "words")) == errors.ErrorBody(status, "words")


@pytest.mark.parametrize("name", ["a/b", "..%2f", "%3B", "*", "a b", "ü/日本", ".", "a?b#c", ":.ctx:s", "-1"])
def test_names_of_subjects_are_data(api: Api, name: str) -> None:
    """A subject may be called nearly anything, escapes and slashes included; nothing of it is read as a path (B71)."""
    escaped = quote(name, safe="").replace(".", "%2E")
    api.register(escaped, INT)
    assert api.ask("GET", "/subjects") == (200, [name])
    assert api.ask("GET", f"/subjects/{escaped}/versions/1")[1]["subject"] == name
    assert api.ask("DELETE", f"/subjects/{escaped}") == (200, [1])


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ("", None), ("*/*", V1), ("*", V1), ("*/anything", V1), ("application/*", V1),
        ("application/json", "application/json"),
        ("application/vnd.schemaregistry+json; q=0.9, application/json; q=0.1", "application/vnd.schemaregistry+json"),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", V1), ("application/json;q=0", None),
        ("application/vnd.schemaregistry.v2+json", None), ("text/*", None), ("application/octet-stream", None),
        (f"{V1}, application/vnd.schemaregistry+json, application/json", V1), ("application/json;q=x", None),
    ],
)  # fmt: skip
def test_content_types(api: Api, accept: str, found: str | None) -> None:
    """The answer has the preferred type of those that the client takes, or is 406."""
    status, headers, content = api.raw("GET", "/subjects", headers={"accept": accept})
    assert status == (200 if found else 406)
    assert headers["content-type"] == (found or V1)
    assert found or json.loads(content) == {"error_code": 406, "message": "HTTP 406 Not Acceptable"}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b'{"compatibility":"FULL"}', 200),
        ({"content-type": "application/octet-stream"}, b'{"compatibility":"FULL"}', 200),
        ({"content-type": f"{V1}; charset=utf-8"}, b'{"compatibility":"FULL"}', 200),
        ({"content-type": f"{V1}; charset=utf-16"}, '{"compatibility":"FULL"}'.encode("utf-16"), 200),
        ({"content-type": f"{V1}; charset=utf-16"}, b"{", 400),
        ({"content-type": f"{V1}; charset=utf-7"}, b"{}", 415),
        ({"content-type": "text/html"}, b'{"compatibility":"FULL"}', 415),
        ({"content-type": V1, "content-encoding": "gzip"}, gzip.compress(b" " * 10_000_000), 415),
        ({"content-type": V1, "content-length": "2", "transfer-encoding": "chunked"}, b"{}", 400),
        ({"content-type": V1}, b"not JSON", 400),
        ({"content-type": V1}, b'{"compatibility":"\xff"}', 400),
        ({"content-type": V1}, b"[" * 100_000, 400),
        ({"content-type": V1}, b" " * (17 << 20), 413),
    ],
    ids=range(13),
)
def test_bodies(api: Api, headers: dict[str, str], body: bytes, status: int) -> None:
    """A body has one length, a type and a character set that are known, no encoding (B74, B75), and is JSON."""
    found, _, content = api.raw("PUT", "/config", body, headers)
    assert found == status, content
    assert status == 200 or set(json.loads(content)) == {"error_code", "message"}


def test_unknown_members_of_lenient_clients(api: Api) -> None:
    """Members that nobody knows are passed over if the client says so, those that would be lost never."""
    headers = {"content-type": V1, "Confluent-Accept-Unknown-Properties": "true"}
    body = json.dumps({"schema": INT, "unknown": 1}).encode()
    assert api.raw("POST", "/subjects/a/versions", body, headers)[0] == 200
    assert api.raw("PUT", "/config", b'{"compatibility":"FULL","overrideRuleSet":{}}', headers)[0] == 422


def test_head(api: Api) -> None:
    """HEAD is GET without the content."""
    status, headers, content = api.raw("HEAD", "/subjects")
    assert (status, headers["content-length"], content) == (200, "2", b"")


def test_routes_are_documented() -> None:
    """docs/registry.md names every route."""
    text = (ROOT / "docs/registry.md").read_text()
    assert [path for _, path, _ in ROUTES if f"`{path}`" not in text] == []
