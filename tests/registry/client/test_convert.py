"""`translator convert`, `check` and `inspect` with a registry: a real server, and Confluent's serializers around it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from registry.client import URL_VARIABLE
from tests.registry.support import server
from tests.translator.cli.support import Shell, values
from tests.translator.containers.support import messages
from translator import containers
from translator.contract import delimiter
from translator.engine import sources

OLD = '{"type":"record","name":"e2e.Order","fields":[{"name":"id","type":"string"},{"name":"total","type":"int"}]}'
NEW = (
    '{"type":"record","name":"e2e.Order","fields":[{"name":"id","type":"string"},{"name":"total","type":"double"},'
    '{"name":"note","type":["null","string"],"default":null}]}'
)
JSON = json.dumps(
    {
        "title": "Order",
        "type": "object",
        "properties": {"id": {"type": "string"}, "total": {"type": "number"}},
        "required": ["id", "total"],
    }
)
PROTO = """syntax = "proto3"; package e2e;
message First { string a = 1; }
message Orders { message Order { string id = 1; double total = 2; } }
"""
VALUE = MessageField.VALUE
frame = delimiter("varint")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one server for all tests here."""
    with server(tmp_path_factory.mktemp("server") / "registry.db") as (address, _):
        yield address
    sources.close()


@pytest.fixture(scope="module")
def confluent(url: str) -> Iterator[SchemaRegistryClient]:
    with SchemaRegistryClient({"url": url}) as client:
        yield client


@pytest.fixture(scope="module")
def order() -> type[Message]:
    """The message class Orders.Order, as protoc's own module would have it."""
    from schemas import protoc

    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(protoc.compiled({"e2e.proto": PROTO})).file:
        pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("e2e.Orders.Order"))


@pytest.fixture(scope="module")
def written(confluent: SchemaRegistryClient, order: type[Message]) -> list[bytes]:
    """One order by each of Confluent's serializers: two Avro schemas, Protobuf and JSON, all of one topic's kind."""
    return [
        AvroSerializer(confluent, OLD)({"id": "avro-1", "total": 1}, about("avro-old")),
        AvroSerializer(confluent, NEW)({"id": "avro-2", "total": 2.5, "note": "n"}, about("avro-new")),
        ProtobufSerializer(order, confluent)(order(id="proto", total=3.5), about("proto")) or b"",
        JSONSerializer(JSON, confluent)({"id": "json", "total": 4.5}, about("json")) or b"",
    ]


@pytest.fixture
def stream(tmp_path: Path, written: list[bytes]) -> Path:
    """They stand in a file, each with its length in front."""
    path = tmp_path / "orders.delim"
    path.write_bytes(b"".join(map(frame, written)))
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


def about(topic: str) -> SerializationContext:
    return SerializationContext(topic, VALUE)


def framed(path: Path) -> list[bytes]:
    with path.open("rb") as stream:
        return messages(containers.get("delimited").reader(stream))


ORDERS = [
    {"id": "avro-1", "total": 1},
    {"id": "avro-2", "total": 2.5},
    {"id": "proto", "total": 3.5},
    {"id": "json", "total": 4.5},
]


def test_a_stream_of_all_languages(run: Shell, url: str, stream: Path, tmp_path: Path) -> None:
    """Each message by the schema whose id it has, Avro, Protobuf and JSON alike, in their order (S32)."""
    target = tmp_path / "order.json"
    target.write_text(JSON)
    done = run("convert", stream, tmp_path / "o.ndjson", "--registry", url, "-T", target, "--drop", "note")
    assert done.code == 0, done.err
    assert values((tmp_path / "o.ndjson").read_bytes()) == ORDERS


def test_from_the_environment_and_a_pipe(
    run: Shell, url: str, stream: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """$HAL9_REGISTRY_URL names the registry; without a name that tells, --container does."""
    monkeypatch.setenv(URL_VARIABLE, url)
    sources.close()
    plain = stream.rename(tmp_path / "orders")
    options = ("--framing", "confluent", "--to", "json")
    assert "doesn't tell the container" in run("convert", plain, tmp_path / "x.ndjson", *options).err
    done = run("convert", plain, tmp_path / "o.ndjson", *options, "--container", "delimited")
    assert done.code == 0, done.err
    assert [each["id"] for each in values((tmp_path / "o.ndjson").read_bytes())] == [each["id"] for each in ORDERS]
    sources.close()


def test_confluents_deserializers_read_the_output(
    run: Shell, url: str, confluent: SchemaRegistryClient, order: type[Message], stream: Path, tmp_path: Path
) -> None:
    """--out-framing puts the id of the subject's schema before each result, and Protobuf's indexes (S32)."""
    out = {name: tmp_path / f"{name}.delim" for name in ("avro", "protobuf", "json")}
    common = ("--registry", url, "--out-framing", "confluent", "--drop", "note")
    for name, subject in (("avro", "avro-new-value"), ("protobuf", "proto-value#Order"), ("json", "json-value@1")):
        to = ("--to", f"{name}:delimited", "--out-subject", subject)
        done = run("convert", stream, out[name], *common[: 4 if name == "avro" else 6], *to)
        assert done.code == 0, done.err
    avro = AvroDeserializer(confluent)
    found = [avro(each, about("avro-new")) for each in framed(out["avro"])]
    assert [{"id": each["id"], "total": each["total"]} for each in found] == ORDERS
    assert [each["note"] for each in found] == [None, "n", None, None]
    protobuf = ProtobufDeserializer(order, {}, confluent)
    assert [protobuf(each, about("proto")) for each in framed(out["protobuf"])] == [order(**each) for each in ORDERS]
    json_ = JSONDeserializer(JSON, schema_registry_client=confluent)
    assert [json_(each, about("json")) for each in framed(out["json"])] == ORDERS


def test_plain_messages_get_framed(
    run: Shell, url: str, confluent: SchemaRegistryClient, stream: Path, tmp_path: Path
) -> None:
    """Lines of JSON become what Confluent's serializer would have written, also where only the id is the registry's."""
    lines = tmp_path / "orders.ndjson"
    lines.write_text('{"id":"a","total":1.5,"note":null}\n{"id":"b","total":2,"note":"x"}\n')
    (tmp_path / "new.avsc").write_text(NEW)
    wanted = [
        AvroSerializer(confluent, NEW)(value, about("avro-new"))
        for value in ({"id": "a", "total": 1.5, "note": None}, {"id": "b", "total": 2.0, "note": "x"})
    ]
    common = ("--registry", url, "--framing", "plain", "--to", "avro:delimited", "--out-framing", "confluent")
    named = ("--out-subject", "avro-new-value")
    for options in (named, (*named, "-T", tmp_path / "new.avsc"), ("-T", "registry:avro-new-value@1")):
        out = tmp_path / "out"
        done = run("convert", lines, out, *common, *options)
        assert done.code == 0, done.err
        assert framed(out) == wanted


def test_the_schema_of_plain_messages(run: Shell, url: str, written: list[bytes], tmp_path: Path) -> None:
    """--subject names it, in a version or the newest, in Protobuf with its type; an Avro file takes one from there."""
    plain = tmp_path / "plain.delim"
    plain.write_bytes(frame(written[1][5:]))
    for subject in ("avro-new-value", "avro-new-value@1"):
        done = run("convert", plain, tmp_path / "o.ndjson", "--from", "avro", "--registry", url, "--subject", subject)
        assert done.code == 0, done.err
        assert values((tmp_path / "o.ndjson").read_bytes()) == [{"id": "avro-2", "total": 2.5, "note": "n"}]
    order = tmp_path / "order.pb"
    order.write_bytes(written[2][8:])
    done = run("convert", order, tmp_path / "o.json", "--registry", url, "--subject", "proto-value#Orders.Order")
    assert done.code == 0, done.err
    assert json.loads((tmp_path / "o.json").read_bytes()) == ORDERS[2]
    options = ("--from", "avro", "--registry", url, "--subject", "avro-new-value", "--out-subject", "avro-new-value")
    assert run("convert", plain, tmp_path / "o.avro", *options).code == 0
    assert run("convert", tmp_path / "o.avro", tmp_path / "o.ndjson").code == 0
    assert values((tmp_path / "o.ndjson").read_bytes()) == [{"id": "avro-2", "total": 2.5, "note": "n"}]


def test_an_unknown_id_is_refused_alone(run: Shell, url: str, stream: Path, tmp_path: Path) -> None:
    """B76: a dead letter with index, offset and bytes; the letters convert again when the schema is there."""
    good = stream.read_bytes()
    bad = b"\0\0\0\x03\xe7rest"
    stream.write_bytes(frame(bad) + good)
    options = ("--registry", url, "--to", "json:ndjson")
    done = run("convert", stream, tmp_path / "o", *options)
    assert done.code == 3
    assert "record 0 (at byte 1) is refused at its byte 0: FRAME_SCHEMA: schema id 999: Schema 999" in done.err
    assert not (tmp_path / "o").exists()
    letters = tmp_path / "dead.ndjson"
    assert run("convert", stream, tmp_path / "o", *options, "--dead-letter", letters).code == 1
    assert len(values((tmp_path / "o").read_bytes())) == 4
    (letter,) = values(letters.read_bytes())
    assert (letter["index"], letter["offset"], letter["code"], letter["format"]) == (0, 1, "FRAME_SCHEMA", "confluent")
    (tmp_path / "any.json").write_text("{}")
    done = run("convert", letters, tmp_path / "o", "--to", "json:ndjson")
    assert done.code == 2
    assert "--framing confluent with --registry URL or --schemas" in done.err
    done = run("convert", letters, tmp_path / "o", *options, "--dead-letter", tmp_path / "still.ndjson")
    assert done.code == 1
    assert values((tmp_path / "still.ndjson").read_bytes()) == [letter]


def test_a_registry_that_is_down(run: Shell, stream: Path, tmp_path: Path) -> None:
    """It is not the messages' fault: the run stops with 3, nothing is set aside, and no output is left."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
        for options in ((), ("--subject", "x", "--from", "avro")):
            done = run("convert", stream, tmp_path / "o.ndjson", "--registry", url, *options, "-d", tmp_path / "dead")
            assert done.code == 3
            assert "can't be reached" in done.err
            assert "$HAL9_REGISTRY_URL says where it is" in done.err
            assert not (tmp_path / "o.ndjson").exists()
        done = run("inspect", "--hex", "00 00000001 02", "--registry", url)
        assert (done.code, "can't be reached" in done.err) == (3, True)
    assert not (tmp_path / "dead").exists() or (tmp_path / "dead").read_bytes() == b""


def test_check(run: Shell, url: str, written: list[bytes]) -> None:
    """Both schemas may be the registry's; so may one that it doesn't have."""
    done = run("check", "registry:avro-old-value@1", "registry:json-value", "--registry", url, "--json")
    assert done.code == 0, done.err
    assert (done.json["from"], done.json["to"]) == ("avro", "json")
    done = run("check", "registry:nobody", "registry:json-value", "--registry", url)
    assert done.code == 2
    assert "nobody" in done.err


def test_inspect(run: Shell, url: str, written: list[bytes], stream: Path, tmp_path: Path) -> None:
    """A message's schema is found by its id, in all languages; of a file each record's."""
    for message, path in zip(written, ("note", "note", "total", "total"), strict=True):
        done = run("inspect", "--hex", message.hex(), "--registry", url, "--json")
        assert done.code == 0, done.err
        found: dict[str, Any] = done.json
        assert found["around"][0]["value"] == f"schema id {int.from_bytes(message[1:5], 'big')}"
        assert found["schema"]["name"].endswith("Order")
        assert not found["guessed"]
        assert {"id", "total"} <= {each["path"].lstrip("$.") for each in found["items"]}, path
    done = run("inspect", stream, "--registry", url, "--records", 9, "--json")
    assert done.code == 0, done.err
    assert (done.json["records"], [each["id"] for each in done.json["first"]]) == (4, [each["id"] for each in ORDERS])
    done = run("inspect", stream, "--registry", url, "--record", 2, "--json")
    assert (done.code, done.json["format"], done.json["schema"]["name"]) == (0, "protobuf", "e2e.Orders.Order")
    (tmp_path / "one").write_bytes(written[0])
    done = run("inspect", tmp_path / "one", "--registry", url, "--json")
    assert (done.code, done.json["format"]) == (0, "avro")
    done = run("inspect", "--hex", written[1][5:].hex(), "--registry", url, "--subject", "avro-new-value", "--json")
    assert (done.code, done.json["schema"]["name"]) == (0, "e2e.Order")
    done = run("inspect", "--hex", "00 000003e7 02", "--registry", url)
    assert done.code == 2
    assert "schema id 999: Schema 999 not found" in done.err
