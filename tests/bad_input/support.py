"""What the tests of bad input share (docs/rules/bad-input.md): plans by format and schema, refusals, time, memory."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import translator
from native.errors import DataError
from schemas import avro, protobuf
from tests.pace import in_time
from translator.engine.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
FORMATS = ("avro", "avro-json", "cbor", "json", "msgpack", "otlp-json", "protobuf", "protojson")


def avro_plan(schema: Any, target: str = "json", wanted: Any = None, **options: Any) -> Plan:
    """From Avro by `schema` to `target`, by the same schema or `wanted`."""
    return plan(("avro", schema), (target, avro.read(wanted if wanted is not None else schema)), **options)


def protobuf_plan(body: str, target: str = "protojson", **options: Any) -> Plan:
    """From the Protobuf message `M` of a file that begins with `syntax`, which `body` may leave out."""
    text = body if "syntax" in body else f'syntax = "proto3"; {body}'
    schema = protobuf.read({"m.proto": text}, message="M")
    return plan(("protobuf", schema), (target, schema), **options)


def untyped(source: str, target: str = "msgpack", **options: Any) -> Plan:
    return plan(source, target, **options)


def plan(source: Any, target: Any, **options: Any) -> Plan:
    made = translator.compile(source, target, **options)
    assert isinstance(made, Plan)
    return made


def refused(translate: Callable[[bytes], bytes], message: bytes) -> DataError:
    """The refusal of `message`, given within a second or two."""
    with in_time(), pytest.raises(DataError) as caught:
        translate(message)
    assert 0 <= caught.value.offset <= len(message)
    return caught.value


def place(translate: Callable[[bytes], bytes], message: bytes) -> tuple[str, int]:
    """Why and where `message` is refused."""
    error = refused(translate, message)
    return error.code, error.offset


def in_little_memory(code: str, *arguments: str, megabytes: int = 400) -> str:
    """What `code` prints, in a process that may have no more address space than that."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, preexec_fn=limit)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def zigzag(number: int) -> bytes:
    """Avro's int or long."""
    return varint(number << 1 if number >= 0 else (-number << 1) - 1)


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field(number: int, content: bytes) -> bytes:
    """A length-delimited Protobuf field."""
    return varint(number << 3 | 2) + varint(len(content)) + content
