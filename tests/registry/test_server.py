"""The server as a process, and the clients that the world uses against it."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from confluent_kafka.schema_registry import (
    AsyncSchemaRegistryClient,
    Schema,
    SchemaReference,
    SchemaRegistryClient,
    header_schema_id_serializer,
)
from confluent_kafka.schema_registry.avro import (
    AsyncAvroDeserializer,
    AsyncAvroSerializer,
    AvroDeserializer,
    AvroSerializer,
)
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.json_schema import (
    AsyncJSONDeserializer,
    AsyncJSONSerializer,
    JSONDeserializer,
    JSONSerializer,
)
from confluent_kafka.schema_registry.protobuf import (
    AsyncProtobufDeserializer,
    AsyncProtobufSerializer,
    ProtobufDeserializer,
    ProtobufSerializer,
)
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

import translator
from registry.client import RegistryClient
from schemas import protobuf
from tests.registry.support import INT, INT_MORE, ROOT, TEXT, command, record, server

TARGET = {
    "title": "T",
    "type": "object",
    "properties": {"x": {"type": "integer", "format": "int32"}},
    "required": ["x"],
}
VALUE = MessageField.VALUE


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one server for all tests here; each takes subjects of its own."""
    with server(tmp_path_factory.mktemp("server") / "registry.db") as (address, _):
        yield address


@pytest.fixture
def confluent(url: str) -> Iterator[SchemaRegistryClient]:
    with SchemaRegistryClient({"url": url}) as client:
        yield client


def about(topic: str, headers: Any = None) -> SerializationContext:
    return SerializationContext(topic, VALUE, headers)


@pytest.fixture(scope="module")
def messages() -> dict[str, type[Message]]:
    """Message classes of two .proto files, one of which imports the other, as protoc's own modules would have them."""
    pool = descriptor_pool.DescriptorPool()
    texts = {
        "main.proto": 'syntax="proto3"; package p; import "dir/other.proto"; import "google/protobuf/timestamp.proto";'
                      " message First {} message M { int32 x = 1; Other o = 2; google.protobuf.Timestamp t = 3;"
                      " message In { int32 x = 1; } }",
        "dir/other.proto": 'syntax="proto3"; package p; message Other { string s = 1; }',
    }  # fmt: skip
    from schemas import protoc

    for file in descriptor_pb2.FileDescriptorSet.FromString(protoc.compiled(texts)).file:
        pool.Add(file)
    return {name: GetMessageClass(pool.FindMessageTypeByName(f"p.{name}")) for name in ("M", "M.In", "Other", "First")}


# --- Confluent's clients ---


def test_confluents_client(confluent: SchemaRegistryClient) -> None:
    """Each method of confluent-kafka's client gets what it expects."""
    subject = "client/with a slash"
    first = confluent.register_schema(subject, Schema(INT, "AVRO"))
    second = confluent.register_schema_full_response(subject, Schema(INT_MORE, "AVRO"), normalize_schemas=True)
    assert confluent.get_schema(first).schema_str == INT
    assert confluent.get_schema_by_guid(str(second.guid)).schema_str == INT_MORE
    assert set(confluent.get_schema_types()) == {"AVRO", "JSON", "PROTOBUF"}
    assert confluent.get_subjects_by_schema_id(first) == [subject]
    assert [each.version for each in confluent.get_schema_versions(first)] == [1]
    assert confluent.lookup_schema(subject, Schema(INT_MORE)).version == 2
    assert subject in confluent.get_subjects()
    assert confluent.get_latest_version(subject).version == 2
    assert confluent.get_version(subject, 1, deleted=True).schema_id == first
    assert confluent.get_versions(subject) == [1, 2]
    assert confluent.get_referenced_by(subject, 1) == []
    assert confluent.test_compatibility(subject, Schema(INT))
    assert not confluent.test_compatibility_all_versions(subject, Schema(TEXT))
    assert confluent.set_compatibility(subject, "full") == {"compatibility": "FULL"}
    assert confluent.get_compatibility(subject) == "FULL"
    assert confluent.get_config(subject).compatibility_level == "FULL"
    assert confluent.update_mode(subject, "READONLY") == "READONLY"
    assert confluent.get_mode(subject) == "READONLY"
    assert confluent.delete_mode(subject) == "READONLY"
    assert confluent.get_global_mode() == "READWRITE"
    assert confluent.get_contexts() == ["."]
    assert confluent.delete_version(subject, 2) == 2
    assert confluent.delete_subject(subject) == [1]
    assert confluent.delete_subject(subject, permanent=True) == [1, 2]


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        (lambda client: client.get_latest_version("nobody"), 404, 40401),
        (lambda client: client.get_schema(1 << 20), 404, 40403),
        (lambda client: client.register_schema("bad", Schema("{")), 422, 42201),
        (lambda client: client.set_compatibility("s", "odd"), 422, 42203),
        (lambda client: client.get_associations_by_resource_name("t", "-", "topic"), 404, 40410),
    ],
)
def test_confluents_errors(confluent: SchemaRegistryClient, call: Any, status: int, code: int) -> None:
    """Confluent's client knows our refusals by their status and code."""
    with pytest.raises(SchemaRegistryError) as error:
        call(confluent)
    assert (error.value.http_status_code, error.value.error_code) == (status, code)
    assert error.value.error_message


def test_confluents_async_client(url: str) -> None:
    """Confluent's asynchronous client gets what it expects, and the statuses of refusals."""

    async def run() -> None:
        async with AsyncSchemaRegistryClient({"url": url}) as client:
            id_ = await client.register_schema("async", Schema(INT))
            assert (await client.get_schema(id_)).schema_str == INT
            assert (await client.lookup_schema("async", Schema(INT))).version == 1
            assert (await client.get_latest_version("async")).schema_id == id_
            assert not await client.test_compatibility("async", Schema(TEXT))
            assert await client.set_compatibility("async", "NONE") == {"compatibility": "NONE"}
            assert await client.delete_subject("async") == [1]
            with pytest.raises(SchemaRegistryError) as error:
                await client.get_versions("async")
            assert (error.value.http_status_code, error.value.error_code) == (404, 40401)

    asyncio.run(run())


def _by_us(url: str, message: bytes, kind: str, own: object = None) -> bytes:
    """A message as we write it again by its subject's schema (or by our `own`), once we have read x = 5 out of it."""
    target = {"type": "object", "properties": {"x": {"type": "integer", "format": "int32"}}}
    subject = f"async-{kind}-value"
    with RegistryClient(url) as source:
        found = source.by_subject(subject)
        assert source.id_of(found, subject) == int.from_bytes(message[1:5], "big")
        assert json.loads(translator.adapter(source, ("json", target)).translate(message).data) == {"x": 5}
        adapter = translator.adapter(source, (kind, own or found), out="confluent", subject=subject)
        return adapter.translate(message).data


def test_avro_asynchronously(url: str) -> None:
    """Confluent's asynchronous Avro serializer and deserializer, and we, read what each other writes."""

    async def run() -> None:
        async with AsyncSchemaRegistryClient({"url": url}) as client:
            message = await (await AsyncAvroSerializer(client, INT))({"x": 5}, about("async-avro"))
            assert message is not None
            assert message[5:] == b"\x0a"
            own = await asyncio.to_thread(_by_us, url, message, "avro")
            assert await (await AsyncAvroDeserializer(client))(own, about("async-avro")) == {"x": 5}

    asyncio.run(run())


def test_json_asynchronously(url: str) -> None:
    """The same in JSON."""

    async def run() -> None:
        text = json.dumps(TARGET)
        async with AsyncSchemaRegistryClient({"url": url}) as client:
            message = await (await AsyncJSONSerializer(text, client))({"x": 5}, about("async-json"))
            assert message is not None
            own = await asyncio.to_thread(_by_us, url, message, "json")
            reader = await AsyncJSONDeserializer(text, schema_registry_client=client)
            assert await reader(own, about("async-json")) == {"x": 5}

    asyncio.run(run())


def test_protobuf_asynchronously(url: str, messages: dict[str, type[Message]]) -> None:
    """The same in Protobuf, by a message inside the second of a file that imports another."""

    schema = protobuf.read_descriptor_set(_files(messages["M"]), message="p.M.In")

    async def run() -> None:
        value = messages["M.In"](x=5)
        async with AsyncSchemaRegistryClient({"url": url}) as client:
            message = await (await AsyncProtobufSerializer(messages["M.In"], client))(value, about("async-protobuf"))
            assert message is not None
            own = await asyncio.to_thread(_by_us, url, message, "protobuf", schema)
            reader = await AsyncProtobufDeserializer(messages["M.In"], {}, client)
            assert await reader(own, about("async-protobuf")) == value

    asyncio.run(run())


def test_avro_both_ways(url: str, confluent: SchemaRegistryClient) -> None:
    """What Confluent's Avro serializer writes we read by the registry, and it reads what we write."""
    message = AvroSerializer(confluent, INT)({"x": -7}, about("avro"))
    with RegistryClient(url) as source:
        assert json.loads(translator.adapter(source, ("json", TARGET)).translate(message).data) == {"x": -7}
        back = translator.adapter(source, ("avro", source.by_subject("avro-value")), out="confluent")
        assert back.translate(message).data == message
    assert AvroDeserializer(confluent)(message, about("avro")) == {"x": -7}


def test_guids_in_headers(url: str, confluent: SchemaRegistryClient) -> None:
    """A GUID that Confluent's serializer puts into a header is found in the registry."""
    headers: list[tuple[str, bytes]] = []
    serializer = AvroSerializer(confluent, INT, conf={"schema.id.serializer": header_schema_id_serializer})
    message = serializer({"x": 9}, about("headers", headers))
    assert message == b"\x12"
    with RegistryClient(url) as source:
        found = translator.adapter(source, ("json", TARGET)).translate(message, headers=headers)
    assert json.loads(found.data) == {"x": 9}


def test_avro_references(url: str, confluent: SchemaRegistryClient) -> None:
    """A schema that names a type of another subject is written and read with it, by them and by us."""
    inner = '{"type":"record","name":"ref.Inner","fields":[{"name":"x","type":"int"}]}'
    outer = '{"type":"record","name":"ref.Outer","fields":[{"name":"i","type":"ref.Inner"}]}'
    confluent.register_schema("ref-inner", Schema(inner))
    schema = Schema(outer, "AVRO", [SchemaReference("ref.Inner", "ref-inner", 1)])
    message = AvroSerializer(confluent, schema)({"i": {"x": 3}}, about("ref"))
    assert AvroDeserializer(confluent, schema)(message, about("ref")) == {"i": {"x": 3}}
    target = {"type": "object", "properties": {"i": TARGET}}
    with RegistryClient(url) as source:
        assert json.loads(translator.adapter(source, ("json", target)).translate(message).data) == {"i": {"x": 3}}
    with pytest.raises(SchemaRegistryError) as error:
        confluent.delete_subject("ref-inner")
    assert error.value.error_code == 42206


@pytest.mark.parametrize("name", ["M", "M.In", "First"])
def test_protobuf_both_ways(
    url: str, confluent: SchemaRegistryClient, messages: dict[str, type[Message]], name: str
) -> None:
    """The same for Protobuf, at any place in its file; the serialized descriptors are registered with their imports."""
    topic = f"proto-{name}"
    value = messages[name]()
    if name == "M":
        value.o.s = "text"  # type: ignore[attr-defined]
        value.t.seconds = 5  # type: ignore[attr-defined]
    if name != "First":
        value.x = 300  # type: ignore[attr-defined]
    written = ProtobufSerializer(messages[name], confluent)(value, about(topic))
    assert written is not None
    assert ProtobufDeserializer(messages[name], {}, confluent)(written, about(topic)) == value
    with RegistryClient(url) as source:
        found = source.by_subject(f"{topic}-value")
        own = protobuf.read_descriptor_set(_files(messages["M"]), message=f"p.{name}")
        adapter = translator.adapter(source, ("protobuf", own), out="confluent", subject=f"{topic}-value")
        assert adapter.translate(written).data == written
        assert source.id_of(own, f"{topic}-value") == source.id_of(found) == int.from_bytes(written[1:5], "big")
    assert "message M {" in str(httpx2.get(f"{url}/subjects/{topic}-value/versions/latest").json()["schema"])


def _files(message: type[Message]) -> bytes:
    """The file of a message with its imports, as a serialized FileDescriptorSet."""
    made = descriptor_pb2.FileDescriptorSet()
    for file in (*message.DESCRIPTOR.file.dependencies, message.DESCRIPTOR.file):
        file.CopyToProto(made.file.add())
    return made.SerializeToString()


def test_json_both_ways(url: str, confluent: SchemaRegistryClient) -> None:
    """The same for JSON."""
    text = json.dumps(TARGET)
    message = JSONSerializer(text, confluent)({"x": 11}, about("json"))
    assert message is not None
    assert JSONDeserializer(text, schema_registry_client=confluent)(message, about("json")) == {"x": 11}
    with RegistryClient(url) as source:
        found = translator.adapter(source, ("avro", INT)).translate(message)
        assert found.data == b"\x16"
        back = translator.adapter(source, ("json", source.by_subject("json-value")), out="confluent").translate(message)
    assert JSONDeserializer(text, schema_registry_client=confluent)(back.data, about("json")) == {"x": 11}


def test_the_documented_example(url: str) -> None:
    """The example of docs/registry.md runs."""
    (code,) = re.findall(r"```python norun\n(.*?)```", (ROOT / "docs/registry.md").read_text(), re.DOTALL)
    found: dict[str, Any] = {}
    exec(code.replace("http://127.0.0.1:8081", url), found)
    assert found["adapter"]


# --- many at once, and the end of the process ---


def test_many_clients(url: str) -> None:
    """64 clients at once register one schema, which gets one id (F16), and one each, which get 64 (F17)."""
    start = threading.Barrier(64)

    def run(at: int) -> tuple[int, int]:
        with RegistryClient(url) as client:
            start.wait(30)
            return client.register("crowd", record("Crowd")), client.register(f"crowd-{at}", record(f"Crowd{at}"))

    with ThreadPoolExecutor(64) as pool:
        found = list(pool.map(run, range(64)))
    assert len({same for same, _ in found}) == 1
    assert len({own for _, own in found}) == 64


def until(true: Callable[[], object]) -> None:
    """Waits for it, for 30 seconds at most."""
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def listens(host: str, port: int) -> bool:
    """Whether anybody takes connections there."""
    with socket.socket() as asking:
        return asking.connect_ex((host, port)) == 0


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_clean_stop(tmp_path: Path, stop: signal.Signals) -> None:
    """Told to stop, the server answers the request that it has begun to read, ends with 0, and leaves one file."""
    path = tmp_path / "registry.db"
    with server(path) as (address, process):
        body = json.dumps({"schema": INT}).encode()
        head = f"Host: x\r\nExpect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n"
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), 10) as connection:
            connection.sendall(f"POST /subjects/a/versions HTTP/1.1\r\n{head}".encode())
            assert connection.recv(4096).startswith(b"HTTP/1.1 100")
            process.send_signal(stop)
            until(lambda: not listens(host, int(port)))
            connection.sendall(body)
            answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 200"), answer
        assert process.wait(30) == 0
    assert [each.name for each in tmp_path.iterdir()] == ["registry.db"]
    with server(path) as (address, _):
        assert httpx2.get(f"{address}/schemas/ids/1").json()["schema"] == INT


def test_killed_under_load(tmp_path: Path) -> None:
    """Killed with -9 under load, the server has all that it acknowledged when it is started again (F2)."""
    path = tmp_path / "registry.db"
    acknowledged: dict[int, str] = {}

    def run(address: str, at: int) -> None:
        with httpx2.Client(base_url=address) as client:
            for count in range(10_000):
                text = record(f"R{at}_{count}")
                try:
                    answer = client.post(f"/subjects/{at}-{count}/versions", json={"schema": text})
                except httpx2.TransportError:
                    return
                acknowledged[answer.json()["id"]] = text

    with server(path) as (address, process):
        threads = [threading.Thread(target=run, args=(address, at)) for at in range(4)]
        for each in threads:
            each.start()
        deadline = time.monotonic() + 30
        while len(acknowledged) < 30 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        for each in threads:
            each.join(30)
    assert acknowledged
    with server(path) as (address, _), httpx2.Client(base_url=address) as client:
        found = {each["id"]: each["schema"] for each in _pages(client)}
    assert {id_: found.get(id_) for id_ in acknowledged} == acknowledged


def _pages(client: httpx2.Client) -> Iterator[dict[str, Any]]:
    offset = 0
    while page := client.get(f"/schemas?offset={offset}").json():
        yield from page
        offset += len(page)


def test_what_it_can_not_serve(tmp_path: Path) -> None:
    """A port that is taken and a file that is not a database end the command with 2 and a reason."""
    (tmp_path / "text").write_text("no database" * 1000)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for options in (["--port", port, "--database", str(tmp_path / "r.db")], ["--database", str(tmp_path / "text")]):
            done = subprocess.run(command(*options), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 2
            assert done.stderr.startswith("translator: ")


def test_two_lengths_on_the_wire(url: str) -> None:
    """A request with a Content-Length and a Transfer-Encoding is refused, and the next one is served (B75)."""
    host, port = url.removeprefix("http://").split(":")
    request = b"PUT /config HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall(request)
        assert connection.recv(4096).startswith(b"HTTP/1.1 400")
    assert httpx2.get(f"{url}/subjects").status_code == 200
