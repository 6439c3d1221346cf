"""`translator schema compat`: whether a schema may follow the versions before it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schemas import protoc

V1 = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}
V2 = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}]}
V3 = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "long"}, {"name": "b", "type": "string"}]}


@pytest.fixture
def put(tmp_path: Path):
    def write(name: str, content: object) -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def test_compatible(run, put):
    """Exit 0, and it says with what: the last version, or all."""
    one, two, three = put("v1.avsc", V1), put("v2.avsc", V2), put("v3.avsc", V2)
    ran = run("schema", "compat", three, one, two)
    assert (ran.code, ran.out) == (0, f"{three} is BACKWARD compatible with {two}\n")
    ran = run("schema", "compat", three, one, two, "--level", "BACKWARD_TRANSITIVE")
    assert (ran.code, ran.out) == (0, f"{three} is BACKWARD_TRANSITIVE compatible with all 2 versions\n")


def test_not_compatible(run, put):
    """Exit 1, and a table of what breaks, where, and against which file."""
    old, new = put("v1.avsc", V1), put("v3.avsc", V3)
    ran = run("schema", "compat", new, old, "--level", "FULL")
    assert ran.code == 1
    first, _, *rows = ran.out.splitlines()
    assert first == f"{new} is not FULL compatible with {old}"
    assert [row.split()[:4] for row in rows] == [
        [str(old), "BACKWARD", "READER_FIELD_MISSING_DEFAULT_VALUE", "/fields/1"],
        [str(old), "FORWARD", "TYPE_MISMATCH", "/fields/0/type"],
    ]


def test_json(run, put):
    """One document with everything."""
    one, two = put("v1.avsc", V1), put("v2.avsc", V2)
    ran = run("schema", "compat", one, two, one, "--level", "BACKWARD_TRANSITIVE", "--json")
    assert ran.code == 1
    assert {name: ran.json[name] for name in ("ok", "exit", "level", "unknown")} == {
        "ok": False, "exit": 1, "level": "BACKWARD_TRANSITIVE", "unknown": False,
    }  # fmt: skip
    (found,) = ran.json["incompatibilities"]
    assert (found["kind"], found["version"], found["file"], found["unknown"]) == ("TYPE_MISMATCH", 1, str(two), False)


def test_proto_with_imports(run, put):
    """A .proto file finds its imports beside it; a descriptor set brings its own."""
    put("d.proto", 'syntax = "proto3"; message D { int32 x = 1; }')
    old = put("old.proto", 'syntax = "proto3"; import "d.proto"; message A { D d = 1; } enum E { Z = 0; }')
    new = put("new.proto", 'syntax = "proto3"; import "d.proto"; message A { D d = 1; } message B {}')
    assert run("schema", "compat", new, old).code == 0
    ran = run("schema", "compat", old, new, "--json")
    assert [each["kind"] for each in ran.json["incompatibilities"]] == ["MESSAGE_REMOVED"]
    compiled = put("set.binpb", "")
    compiled.write_bytes(protoc.compiled(protoc.gather(new)))
    assert run("schema", "compat", compiled, new, "--level", "FULL").code == 0


def test_references(run, put):
    """What schemas refer to is named with --reference."""
    put("a.avsc", V1)
    user = put("user.avsc", {"type": "record", "name": "U", "fields": [{"name": "r", "type": "R"}]})
    ran = run("schema", "compat", user, user, "--reference", f"R={user.parent / 'a.avsc'}")
    assert ran.code == 0
    assert run("schema", "compat", user, user).code == 2
    assert "NAME=FILE" in run("schema", "compat", user, user, "--reference", "nothing").err


def test_cannot_tell(run, put):
    """JSON Schema: what can't be told is not compatible, and it is said."""
    old = put("old.json", {"type": "object", "properties": {"a": {"type": "string"}}})
    new = put("new.json", {"type": "object", "properties": {"a": {"type": "string", "format": "date"}}})
    ran = run("schema", "compat", new, old)
    assert ran.code == 1
    assert ran.out.startswith(f"{new} may not be BACKWARD compatible with {old}\n")
    assert run("schema", "compat", old, new).code == 0


def test_wrong_usage(run, put):
    """No version to compare with, no such file, a file of no known language, no schema: exit 2, and what to do."""
    good, bad, text = put("v1.avsc", V1), put("bad.avsc", {"type": "nothing"}), put("x.txt", "{}")
    for arguments, words in (
        ((good,), "name the versions before it"),
        ((good, "nowhere.avsc"), "nowhere.avsc can't be read"),
        ((text, good), "--language"),
        ((good, bad), "bad.avsc"),
        ((good, good, "--level", "SIDEWAYS"), "SIDEWAYS"),
    ):
        ran = run("schema", "compat", *arguments)
        assert ran.code == 2
        assert words in ran.err
