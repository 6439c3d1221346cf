"""A testee for Protobuf's conformance runner: our core's answers to its questions, and nobody else's.

    python -m tests.conformance.runners

On stdin and stdout: a length (four bytes, little-endian), then a ConformanceRequest or ConformanceResponse; these too
are read and written by our plans. What isn't built yet is `skipped`, never answered wrongly. HAL9_CONFORMANCE_PROTOS
names the folder of the schemas; without it they are in ../shared/data/protobuf-conformance.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import IO

import msgspec

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from native.errors import DataError  # noqa: E402  (run as a script, this file's folder is what Python looks in)
from schemas import protobuf  # noqa: E402
from schemas.model import Schema  # noqa: E402
from translator import formats  # noqa: E402
from translator.engine.plan import Plan  # noqa: E402
from translator.plan.compiler import Side  # noqa: E402
from translator.policies import Policies  # noqa: E402

PROTOS = Path(os.environ.get("HAL9_CONFORMANCE_PROTOS") or ROOT.parent / "shared/data/protobuf-conformance")
_PACKAGE = "protobuf_test_messages"
MESSAGES = {
    f"{_PACKAGE}.proto2.TestAllTypesProto2": "google/protobuf/test_messages_proto2.proto",
    f"{_PACKAGE}.proto3.TestAllTypesProto3": "google/protobuf/test_messages_proto3.proto",
    f"{_PACKAGE}.editions.proto2.TestAllTypesProto2": "editions/golden/test_messages_proto2_editions.proto",
    f"{_PACKAGE}.editions.proto3.TestAllTypesProto3": "editions/golden/test_messages_proto3_editions.proto",
    f"{_PACKAGE}.editions.TestAllTypesEdition2023": "conformance/test_protos/test_messages_edition2023.proto",
}
"""The test messages, and the files that they are in."""
FAILURES = "conformance.FailureSet"
FORMATS = {"PROTOBUF": "protobuf", "JSON": "protojson", "TEXT_FORMAT": "txtpb"}
_PAYLOADS = {"protobuf": "protobuf_payload", "protojson": "json_payload", "txtpb": "text_payload"}
Answer = dict[str, str | bytes]


class Request(msgspec.Struct, kw_only=True):
    """A ConformanceRequest, less what only others' formats need."""

    protobuf_payload: bytes | None = None
    json_payload: str | None = None
    jspb_payload: str | None = None
    text_payload: str | None = None
    requested_output_format: str | int = "UNSPECIFIED"
    message_type: str = ""
    test_category: str | int = "UNSPECIFIED_TEST"
    print_unknown_fields: bool = False

    @property
    def payload(self) -> tuple[str, bytes] | None:
        """Its format and the message; None: it is in a format that we don't have."""
        if self.protobuf_payload is not None:
            return "protobuf", self.protobuf_payload
        if self.text_payload is not None:
            return "txtpb", self.text_payload.encode()
        return None if self.json_payload is None else ("protojson", self.json_payload.encode())

    @property
    def ignores(self) -> bool:
        """Whether what the schema doesn't know is left out."""
        unprinted = self.requested_output_format == "TEXT_FORMAT" and not self.print_unknown_fields
        return unprinted or self.test_category == "JSON_IGNORE_UNKNOWN_PARSING_TEST"


# --- answers ---


def answer(request: Request) -> Answer:
    """What a ConformanceResponse says to `request`: its one member."""
    if request.message_type == FAILURES:
        return {"protobuf_payload": b""}
    target = FORMATS.get(str(request.requested_output_format))
    if request.message_type not in MESSAGES:
        return {"skipped": f"no message type {request.message_type}"}
    if request.payload is None:
        return {"skipped": "payloads are protobuf, JSON or text"}
    if target is None:
        return {"skipped": f"no output format {request.requested_output_format}"}
    return translated(request.message_type, *request.payload, target, request.ignores and request.text_payload is None)


def translated(type_: str, source: str, message: bytes, target: str, ignores: bool) -> Answer:
    """`message` from one format to the other; refused where it is read, or where it can't be said."""
    try:
        result = plan(type_, source, target, ignores).translate(message)
    except DataError as error:
        fault = "serialize_error" if source != target and readable(type_, source, message, ignores) else "parse_error"
        return {fault: str(error)}
    return {_PAYLOADS[target]: result if target == "protobuf" else result.decode()}


def readable(type_: str, source: str, message: bytes, ignores: bool) -> bool:
    """Whether `message` is one of its type, whatever can be said of it elsewhere."""
    try:
        plan(type_, source, source, ignores).translate(message)
    except DataError:
        return False
    return True


@cache
def plan(type_: str, source: str, target: str, ignores: bool) -> Plan:
    """The plan for one test message."""
    policies = Policies(unknown="ignore" if ignores else "default")
    return between(schema(MESSAGES[type_], type_), source, target, policies)


@cache
def schema(file: str, type_: str) -> Schema:
    return protobuf.read(PROTOS / file, message=type_)


def between(messages: Schema, source: str, target: str, policies: Policies | None = None) -> Plan:
    return Plan(Side(formats.get(source), messages), Side(formats.get(target), messages), policies=policies)


# --- the protocol ---


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answers one request after another until they end."""
    ask, tell = (
        between(schema("conformance/conformance.proto", f"conformance.{name}"), "protobuf", "protobuf")
        for name in ("ConformanceRequest", "ConformanceResponse")
    )
    while head := requests.read(4):
        request = requests.read(int.from_bytes(head, "little"))
        try:
            said = answer(ask.decode(request, Request))
        except Exception as error:
            said = {"runtime_error": f"{type(error).__name__}: {error}"}
        reply = tell.encode(said)
        answers.write(len(reply).to_bytes(4, "little") + reply)
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
