"""B8 on compiled plans: every allocation fails once (tests/native/c/test_alloc.c), sanitized; here are its cases."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from native.binding import MESSAGES
from native.errors import DataError
from schemas import avro, jsonschema, protobuf
from tests import each_vectors, vectors
from tests.native import images
from translator import formats
from translator.engine.plan import Plan
from translator.mapping import document
from translator.mapping.program import compile_mapping
from translator.plan.compiler import Side, compile_pair
from translator.policies import Policies

ROOT = Path(__file__).resolve().parents[2]
CODES = {name: code for code, (name, _) in MESSAGES.items()}
FLAGS = ["-std=c11", "-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-math-errno"]
INCLUDES = ["-Inative/include", "-Inative/src", "-Itests/native/c"]

LARGE: dict[str, Any] = vectors.SIGNAL | {
    "metadata": {f"key {i:05}": "value" * (i % 7) for i in range(1200)},
    "payload": vectors.SIGNAL["payload"]
    | {
        "activation": vectors.SIGNAL["payload"]["activation"] | {"features": {f"f{i:04}": i / 4 for i in range(300)}},
        "gradient": vectors.SIGNAL["payload"]["gradient"] | {"adjustments": ["é\n" * i for i in range(60)]},
    },
}
"""A signal for which the arena, a map's table of keys and the output must grow."""

TREE = {
    "type": "record",
    "name": "Tree",
    "fields": [
        {"name": "name", "type": "string", "default": "tree"},
        {"name": "raw", "type": "bytes", "default": ""},
        {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "choice", "type": ["null", "string", "boolean", {"type": "array", "items": "double"}]},
        {"name": "children", "type": {"type": "array", "items": "Tree"}},
        {"name": "table", "type": {"type": "map", "values": ["null", "long"]}},
    ],
}
LEAF = b'{"name":"b\\u00e9","raw":"AP8=","amount":"1.25","choice":[1,2.5],"children":[],"table":{"a":1,"b":null}}'
TREE_JSON = b'{"name":"a","raw":"","amount":"-7","choice":"x","children":[' + LEAF + b"," + LEAF + b'],"table":{}}'
MAPPING = """
version = 1
[fields]
"name" = { join = ["name", { const = "!" }], upper = true }
"raw" = "raw"
"amount" = "amount"
"choice" = "choice"
"children" = "children"
"table" = "table"
"""
ANY_JSON = b'{"a":[1,-2.5,1e400,true,null,"\\u00e9\\n"],"b":{"c":[[],{}]},"n":123456789012345678901234567890}'
ANY_PROTO = """
syntax = "proto3";
import "google/protobuf/any.proto";
message M { repeated google.protobuf.Any a = 1; google.protobuf.Any one = 2; map<string, string> text = 3; }
"""
ANY_MESSAGE = b"""{"a":[{"value":{"value":{"a":[{},[],"x"],"b":1},"@type":"u/google.protobuf.Struct"},
"@type":"u/google.protobuf.Any"},{},{"@type":"u/google.protobuf.Duration","value":"1s"}],
"one":{"text":{"k":"v"},"one":{"@type":"u/M"},"\\u0040type":"u/M"}}"""
MANY_KEYS = b"{" + b",".join(b'"k%d":[%d]' % (i, i) for i in range(3000)) + b"}"


def case(plan: Plan, image: bytes, messages: list[bytes]) -> bytes:
    """What test_alloc.c reads: the plan's image and its messages, each with what is to come of it."""
    parts = [struct.pack("<I", len(image)), image, struct.pack("<I", len(messages))]
    for message in messages:
        code, out, items = each(plan, message) if plan.many else (*one(plan, message), [])
        parts += [struct.pack("<II", code, len(message)), message, struct.pack("<I", len(out)), out]
        parts += [struct.pack("<I", len(items)), *(struct.pack("<II", *item) for item in items)]
    return b"".join(parts)


def one(plan: Plan, message: bytes) -> tuple[int, bytes]:
    """A message's code and result."""
    try:
        return 0, plan.translate(message)
    except DataError as error:
        return CODES[error.code], b""


def each(plan: Plan, message: bytes) -> tuple[int, bytes, list[tuple[int, int]]]:
    """A message's code, its results together, and of each item its code and its result's size."""
    batch = plan.translate_each(message)
    whole = [error for error in batch.errors if error.item is None]
    if whole:
        return CODES[whole[0].code], b"", []
    found = {error.item: (CODES[error.code], 0) for error in batch.errors if error.item is not None}
    found |= {item: (0, len(batch[i])) for i, item in enumerate(batch.items)}
    assert sorted(found) == list(range(len(found)))
    return 0, batch.data, [found[item] for item in range(len(found))]


def pair(source: Side, target: Side, messages: list[bytes]) -> bytes:
    return case(Plan(source, target), compile_pair(source, target, Policies()).image, messages)


def signals() -> Iterator[tuple[str, bytes]]:
    """Every pair of formats on the neuron signal: good ones alone, and with refused ones between them."""
    start = vectors.side("json")
    large = {name: Plan(start, vectors.side(name)).translate(vectors.compact(LARGE)) for name in vectors.LANGUAGES}
    for source in vectors.LANGUAGES:
        good = [vectors.golden(label)[source] for label in ("signal", "forward", "vector")]
        for target in vectors.LANGUAGES:
            if source != target and {source, target} & vectors.DIALECTS:
                continue  # JSON's reader and writer, which the other pairs have
            sides = vectors.side(source), vectors.side(target)
            bad = [good[0][:-1], b"", good[1], b"\xff" + good[2]]
            yield f"{source}-{target}", pair(*sides, [*good, large[source]])
            yield f"{source}-{target}-refused", pair(*sides, [good[0], *bad, large[source][:-3], good[2]])


def trees() -> Iterator[tuple[str, bytes]]:
    """Unions, defaults, decimals, recursion; with a mapping, too."""
    schema = avro.read(TREE)
    sides = {name: Side(formats.get(name), schema) for name in ("avro", "avro-json", "cbor", "json", "msgpack")}
    seeds = {name: Plan(sides["json"], side).translate(TREE_JSON) for name, side in sides.items()}
    mapping = document.load(MAPPING)
    for source, seed in seeds.items():
        for target in sides:
            yield f"tree-{source}-{target}", pair(sides[source], sides[target], [seed, seed])
        read, written = sides[source], sides["json"]
        image = compile_mapping(read, written, mapping, Policies()).image
        yield f"mapped-{source}", case(Plan(read, written, mapping=mapping), image, [seed, seed])


def untyped() -> Iterator[tuple[str, bytes]]:
    sides = {name: Side(formats.get(name), None) for name in ("cbor", "json", "msgpack")}
    number = ANY_JSON.replace(b"1e400", b"1.5e40").replace(b"1234567890" * 3, b"-1")
    seeds = {
        name: [Plan(sides["json"], side).translate(each) for each in (number, MANY_KEYS)]
        for name, side in sides.items()
    }
    for source in sides:
        for target in sides:
            yield f"any-{source}-{target}", pair(sides[source], sides[target], seeds[source])


def any_messages() -> Iterator[tuple[str, bytes]]:
    """Messages in an Any: shown, packed, looked for ahead, of unknown types."""
    schema = protobuf.read({"any.proto": ANY_PROTO}, message="M")
    sides = {name: Side(formats.get(name), schema) for name in ("protojson", "protobuf", "msgpack")}
    seeds = {name: Plan(sides["protojson"], side).translate(ANY_MESSAGE) for name, side in sides.items()}
    seeds["protojson"] = ANY_MESSAGE
    for source, target in (("protojson", "protobuf"), ("protobuf", "protojson"), ("msgpack", "protojson")):
        yield f"message-{source}-{target}", pair(sides[source], sides[target], [seeds[source], seeds[source][:-3]])


def typed_into_untyped() -> Iterator[tuple[str, bytes]]:
    """A whole record as an untyped value."""
    record = avro.read({"type": "record", "name": "Around", "fields": [{"name": "a", "type": TREE}]})
    source, anything = Side(formats.get("avro"), record), jsonschema.read({"type": "object", "properties": {"a": {}}})
    seed = Plan(Side(formats.get("json"), record), source).translate(b'{"a":' + TREE_JSON + b"}")
    for target in ("json", "msgpack"):
        yield f"untyped-{target}", pair(source, Side(formats.get(target), anything), [seed, seed[:-2]])


def loops() -> Iterator[tuple[str, bytes]]:
    """One message into many: refused items, lists in lists, whole values as text; and messages that are refused."""
    formats_of = {"avro", "cbor", "json", "protobuf", "msgpack"}  # the dialects have JSON's reader and writer
    for name, plan, seed in each_vectors.plans():
        if not formats_of >= {plan.source.format, plan.target.format}:
            continue
        assert plan.mapping is not None
        image = compile_mapping(*plan.sides, plan.mapping, Policies()).image
        unread = seed.replace(b'"value":-4.0', b'"value":"no"')
        yield f"each-{name}", case(plan, image, [seed, seed[:-1], unread])
        if plan.source.format == "json":  # so many refusals that there must be more room for them
            yield f"each-{name}-more", case(plan, image, [seed, unread] * 3)


def build(folder: Path) -> Path:
    """The core and test_alloc.c under sanitizers."""
    compiler = os.environ.get("CC") or shutil.which("cc") or pytest.skip("there is no C compiler")
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    sources = [*sorted((ROOT / "native/src").rglob("*.c")), ROOT / "tests/native/c/test_alloc.c"]

    def run(*arguments: str) -> None:
        done = subprocess.run([compiler, *FLAGS, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    headers = folder / "images"
    headers.mkdir()
    (headers / "alloc.h").write_text("".join(f"{line}\n" for line in images.lines("alloc")))
    includes = [*INCLUDES, f"-I{folder}"]
    objects = [str(folder / f"{number}.o") for number, _ in enumerate(sources)]
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        list(
            pool.map(lambda pair: run(*includes, "-c", str(pair[0]), "-o", pair[1]), zip(sources, objects, strict=True))
        )
    program = folder / "test_alloc"
    run(*objects, "-o", str(program), "-lm")
    return program


@pytest.mark.heavy
def test_b8_every_allocation_fails_once(tmp_path: Path) -> None:
    """B8: the N-th allocation fails, for every N: a typed refusal, no leak, and right again afterwards."""
    program = build(tmp_path)
    files = []
    for name, content in (*signals(), *trees(), *untyped(), *any_messages(), *typed_into_untyped(), *loops()):
        path = tmp_path / f"{name}.case"
        path.write_bytes(content)
        files.append(str(path))
    environment = {name: value for name, value in os.environ.items() if name not in ("LD_PRELOAD", "ASAN_OPTIONS")}
    halves = [files[0::2], files[1::2]]
    with ThreadPoolExecutor(2) as pool:
        ended = pool.map(
            lambda half: subprocess.run([program, *half], env=environment, capture_output=True, text=True), halves
        )
        for done in ended:
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
            assert done.stdout.endswith(" passed, 0 failed\n")
