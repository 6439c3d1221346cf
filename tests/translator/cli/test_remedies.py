"""Hints are tried before they are given: whoever follows one gets another outcome."""

from __future__ import annotations

import json
import re

import pytest

from translator.cli.shared.remedies import LIMITS, TRIED
from translator.policies import choices

PROTO = 'syntax = "proto3"; message R { string a = 1; }'
CLOSED = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}
OPEN = {"type": "object", "properties": {"a": {"type": "string"}}}


def avro(type_):
    return json.dumps({"type": "record", "name": "R", "fields": [{"name": "a", "type": type_}]})


ENUM = {"type": "enum", "name": "E", "symbols": ["A"]}
TIME = {"type": "long", "logicalType": "timestamp-millis"}
CASES = [
    ("UNKNOWN_FIELD", b'{"b":1}', ("json", json.dumps(CLOSED)), ("json", json.dumps(CLOSED)), ()),
    ("DUPLICATE", b'{"a":1,"a":2}', ("json", None), ("msgpack", None), ()),
    ("INEXACT", b'{"a":16777217}', ("json", avro("float")), ("avro-json", avro("float")), ()),
    ("INEXACT", b'{"a":"2026-01-01T00:00:00.1234Z"}', ("json", avro(TIME)), ("avro-json", avro(TIME)), ()),
    ("INEXACT", b'{"a":1.5}', ("json", avro("int")), ("avro-json", avro("int")), ()),
    ("NULL", b'{"a":null}', ("json", avro(["null", "string"])), ("protobuf", PROTO), ()),
    ("NULL", b'{"a":null}', ("json", json.dumps(OPEN)), ("json", json.dumps(OPEN)), ()),
    ("BYTES", b'{"a":"\xc3\xbf-"}', ("json", avro("bytes")), ("avro-json", avro("bytes")), ()),
    ("TYPE", b'{"a":"x"}', ("json", avro("int")), ("avro-json", avro("int")), ()),
    ("SYMBOL", b'{"a":"N"}', ("json", avro(ENUM)), ("avro-json", avro(ENUM)), ()),
    ("DEPTH", b"[[[[1]]]]", ("json", None), ("msgpack", None), ("--max-depth", "2")),
    ("ITEMS", b"[1,2,3,4]", ("json", None), ("msgpack", None), ("--max-items", "2")),
    ("STRING", b'["aaaaaaaaa"]', ("json", None), ("msgpack", None), ("--max-string", "4")),
]  # fmt: skip
SUFFIX = {"{": ".avsc", "s": ".proto"}


@pytest.mark.parametrize(("code", "data", "source", "target", "limits"), CASES)
def test_each_hint_changes_the_outcome(run, tmp_path, code, data, source, target, limits):
    """What is named is followed here; what is not named would have changed nothing."""
    (tmp_path / "in.ndjson").write_bytes(data + b"\n")
    command = ["convert", tmp_path / "in.ndjson", tmp_path / "out", "-f", source[0], "-t", target[0]]
    for option, text in (("-s", source[1]), ("-T", target[1])):
        if text:
            suffix = ".json" if '"object"' in text else SUFFIX[text[0]]
            (tmp_path / f"{option}{suffix}").write_text(text)
            command += [option, tmp_path / f"{option}{suffix}"]
    first = run(*command, *limits)
    assert (first.code, f": {code}: " in first.err) == (3, True), first.err
    named = re.findall(r"--policy (\w+=\w+)", first.err)
    for policy in {each for each, _ in TRIED.get(code, ())} | set(named):
        other = run(*command, *limits, "--policy", policy)
        changed = other.code == 0 or other.err.splitlines()[0] != first.err.splitlines()[0]
        assert changed == (policy in named), (policy, other.err)
    assert (f"{LIMITS[code][1]} allows more" in first.err) if limits else "--max" not in first.err
    assert not limits or run(*command).code == 0


def test_what_is_tried_are_policies():
    """The table names no policy and no value that isn't there."""
    for policy, _ in (each for tried in TRIED.values() for each in tried):
        name, value = policy.split("=")
        assert value in choices()[name]


def test_a_policy_that_takes_no_problem_away_is_not_named(run, tmp_path):
    """`unions=first` helps where branches look alike, and isn't named for what it doesn't help with."""
    (tmp_path / "u.avsc").write_text(avro(["int", "long"]))
    (tmp_path / "s.avsc").write_text(avro("string"))
    alike = run("check", tmp_path / "u.avsc", tmp_path / "u.avsc", "-f", "avro", "-t", "json")
    assert (alike.code, "--policy unions=first" in alike.err) == (1, True), alike.err
    helped = run("check", tmp_path / "u.avsc", tmp_path / "u.avsc", "-f", "avro", "-t", "json", "-p", "unions=first")
    assert helped.code == 0
    assert "--policy" not in run("check", tmp_path / "u.avsc", tmp_path / "s.avsc").err
