"""The client as a source of schemas: what it finds, what it keeps, and how it fails."""

from __future__ import annotations

import pickle
import uuid
from collections.abc import Callable, Iterator

import httpx2
import pytest

from native.errors import SchemaError
from registry.client import URL_VARIABLE, RegistryClient, open_source
from registry.client.answers import AnswerError
from registry.domain.errors import Kind, RegistryError
from registry.domain.model import Reference
from schemas import avro, places, protobuf
from schemas.canonical import same
from schemas.model import Record
from tests.registry.support import INT, INT_MORE, TEXT, Api, Transport
from translator.engine.sources import SchemaSource

PROTO = 'syntax = "proto3"; package p; import "other.proto"; message M { Other o = 1; message In {} } message N {}'
OTHER = 'syntax = "proto3"; package p; message Other { int32 x = 1; }'


@pytest.fixture
def client(api: Api) -> Iterator[RegistryClient]:
    with RegistryClient("http://registry", transport=Transport(api)) as made:
        yield made


def replies(answers: list[httpx2.Response | Exception], **options: float) -> tuple[RegistryClient, list[str]]:
    """A client whose registry gives these answers in turn, and what it was asked."""
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    return RegistryClient("http://registry", transport=httpx2.MockTransport(answer), pause=0, **options), asked


def test_it_is_a_source(client: RegistryClient) -> None:
    """It has all that a source of schemas has; of fingerprints it knows none, and says so."""
    assert isinstance(client, SchemaSource)
    with pytest.raises(SchemaError, match="fingerprints"):
        client.by_fingerprint(b"12345678")


def test_found_by_each_name(api: Api, client: RegistryClient) -> None:
    """A schema is the same object by its id, its GUID, its subject and its version, and the way back."""
    id_ = client.register("a", INT)
    newest = client.register("a", INT_MORE)
    schema = client.by_id(id_)
    assert isinstance(schema.root, Record)
    assert client.by_subject("a", 1) is schema
    assert client.by_guid(client.guid_of(schema)) is schema
    assert client.by_subject("a") is client.by_id(newest)
    assert (client.id_of(schema), client.id_of(client.by_subject("a"))) == (id_, newest)


def test_schemas_from_elsewhere(api: Api, client: RegistryClient) -> None:
    """A schema that came from a file has the id of the same one under its subject, if that has it."""
    id_ = client.register("a", INT)
    client.register("a", INT_MORE)
    own = avro.read(INT)
    assert client.id_of(own, "a") == id_
    with pytest.raises(SchemaError, match="name the subject"):
        client.id_of(own)
    for subject in ("none", "a"):
        with pytest.raises(SchemaError):
            client.id_of(avro.read(TEXT), subject)


def test_any_message_of_a_file(client: RegistryClient) -> None:
    """In Protobuf the schema with another root has the same id, from here and from elsewhere."""
    id_ = client.register("o", OTHER + " message More { string s = 1; }", "PROTOBUF")
    more = places.at(client.by_id(id_), (1,))
    assert client.id_of(more) == id_
    own = protobuf.read({"x.proto": OTHER + " message More { string s = 1; }"}, message=(1,))
    assert client.id_of(own, "o") == id_


def test_it_pickles(client: RegistryClient) -> None:
    """A client pickles as the place where it looks, so that what translates with it can go to other processes."""
    with RegistryClient("http://other:1", tries=7) as given, pickle.loads(pickle.dumps(given)) as again:
        assert again._made_by == given._made_by
        assert (str(again._connection.http.base_url).rstrip("/"), again._connection.tries) == ("http://other:1", 7)


def test_references_are_followed(client: RegistryClient) -> None:
    """Imports are fetched with what they import; the root of a Protobuf file is its first message."""
    client.register("other", OTHER, "PROTOBUF")
    id_ = client.register("m", PROTO, "PROTOBUF", (Reference("other.proto", "other", 1),))
    root = client.by_id(id_).root
    assert isinstance(root, Record)
    assert root.name == "p.M"
    client.register("inner", '{"type":"record","name":"Inner","fields":[]}')
    outer = '{"type":"record","name":"Outer","fields":[{"name":"i","type":"Inner"}]}'
    id_ = client.register("outer", outer, "AVRO", (Reference("Inner", "inner", -1),))
    inlined = (
        '{"type":"record","name":"Outer","fields":[{"name":"i","type":{"type":"record","name":"Inner","fields":[]}}]}'
    )
    assert same(client.by_id(id_).root, avro.read(inlined).root)
    address = (
        '{"$id":"https://e.org/address.json","type":"object","properties":{"c":{"$ref":"https://e.org/country.json"}}}'
    )
    client.register("country", '{"$id":"https://e.org/country.json","type":"object"}', "JSON")
    client.register("address", address, "JSON", (Reference("any name", "country", 1),))
    client.register("base", '{"type":"object","properties":{"n":{"type":"integer"}}}', "JSON")
    id_ = client.register("user", '{"$ref":"base.json"}', "JSON", (Reference("base.json", "base", 1),))
    assert isinstance(client.by_id(id_).root, Record)


def test_asked_once(api: Api, client: RegistryClient) -> None:
    """What was found isn't asked for again, and for a while neither what wasn't (B76)."""
    id_ = client.register("a", INT)
    api.asked.clear()
    for _ in range(3):
        client.by_id(id_)
        client.by_subject("a")
        for missing in (
            lambda: client.by_id(99),
            lambda: client.by_guid(uuid.UUID(int=0)),
            lambda: client.by_subject("x"),
        ):
            with pytest.raises(SchemaError, match=r"99|00000|'x'"):
                missing()
    assert len(api.asked) == len(set(api.asked)) == 5


def test_what_was_unknown_is_found_later(api: Api) -> None:
    """An id that was unknown is asked for again when its time is over, and so is the newest version."""
    transport = Transport(api)
    with RegistryClient("http://r", transport=transport, unknown_seconds=-1, latest_seconds=-1) as client:
        with pytest.raises(SchemaError):
            client.by_id(1)
        client.register("a", INT)
        first = client.by_id(1)
        assert client.by_subject("a") is first
        client.register("a", INT_MORE)
        assert client.by_subject("a") is not first


def test_caches_are_bounded(api: Api) -> None:
    """A flood of unknown ids keeps no more than the limit (B76)."""
    with RegistryClient("http://r", transport=Transport(api), cache=10) as client:
        for id_ in range(1, 50):
            with pytest.raises(SchemaError):
                client.by_id(id_)
        assert len(client._unknown) == 10


OK = httpx2.Response(200, json={"schema": INT})


@pytest.mark.parametrize(
    ("answers", "tries"),
    [
        ([httpx2.ConnectError("refused"), OK], 2),
        ([httpx2.ReadTimeout("slow"), httpx2.Response(503), OK], 3),
        ([httpx2.Response(429), OK], 2),
    ],
)  # fmt: skip
def test_tried_again(answers: list[httpx2.Response | Exception], tries: int) -> None:
    """A request that fails on the way, or that the registry can't serve now, is made again."""
    client, asked = replies(list(answers))
    assert isinstance(client.by_id(7).root, Record)
    assert asked == ["/schemas/ids/7"] * tries


@pytest.mark.parametrize(
    ("answers", "kind", "code"),
    [
        ([httpx2.ConnectError("refused")] * 3, Kind.FAILED, "REGISTRY_UNREACHABLE"),
        ([httpx2.Response(500, json={"error_code": 50001, "message": "disk"})] * 3, Kind.FAILED, 50001),
        ([httpx2.Response(502, content=b"<html>")] * 3, Kind.FAILED, 502),
        ([httpx2.Response(401, json={"error_code": 401, "message": "who?"})], Kind.REFUSED, 401),
        ([httpx2.Response(302)], Kind.REFUSED, 302),
        ([httpx2.Response(200, content=b"<html>")], Kind.FAILED, "REGISTRY_ANSWER"),
        ([httpx2.Response(200, content=b"[]")], Kind.FAILED, "REGISTRY_ANSWER"),
        ([httpx2.Response(200, json={"id": 1})], Kind.FAILED, "REGISTRY_ANSWER"),
        ([httpx2.Response(200, json={"schema": "x", "schemaType": "XML"})], Kind.FAILED, "REGISTRY_ANSWER"),
    ],
    ids=range(9),
)
def test_refused(answers: list[httpx2.Response | Exception], kind: Kind, code: str | int) -> None:
    """What can't be fetched is a RegistryError of its kind; what a registry answered has the number that it gave."""
    client, asked = replies(list(answers))
    with pytest.raises(RegistryError) as found:
        client.by_id(7)
    assert found.value.kind is kind
    assert code == (found.value.number if isinstance(found.value, AnswerError) else found.value.code)
    assert len(asked) == len(answers)


@pytest.mark.parametrize("content", [b"", b'{"schema":"{"}'], ids=["not found", "not a schema"])
def test_no_schema(content: bytes) -> None:
    """Where the registry has no such schema, or what it has can't be read, it is a SchemaError, and asked once."""
    client, asked = replies([httpx2.Response(200 if content else 404, content=content)])
    with pytest.raises(SchemaError):
        client.by_id(7)
    assert asked == ["/schemas/ids/7"]


def test_failures_are_not_kept() -> None:
    """That the registry didn't answer is forgotten at once."""
    client, asked = replies([httpx2.ConnectError("refused")] * 3 + [OK])
    with pytest.raises(RegistryError):
        client.by_id(7)
    assert isinstance(client.by_id(7).root, Record)
    assert len(asked) == 4


def test_where_the_registry_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry point's source is at the URL that is named, or at the environment's, or on this machine."""
    found: Callable[[RegistryClient], str] = lambda client: str(client._connection.http.base_url)  # noqa: E731
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    assert found(open_source()).rstrip("/") == "http://127.0.0.1:8081"
    monkeypatch.setenv(URL_VARIABLE, "http://other:1")
    assert found(open_source()).rstrip("/") == "http://other:1"
    assert found(open_source("https://named/api")).rstrip("/") == "https://named/api"
    with pytest.raises(RegistryError, match="begins with http"):
        open_source("ftp://x")
