"""Running the .proto compiler: what it may read, and how it ends."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from native.errors import SchemaError
from schemas import protobuf, protoc
from schemas.model import Record


def refusal(body: str) -> SchemaError:
    """What is said of a proto3 file with this body."""
    with pytest.raises(SchemaError) as caught:
        protobuf.read({"a.proto": f'syntax = "proto3";\n{body}'})
    return caught.value


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_imports_are_found_from_the_files_folder_upwards(tmp_path: Path) -> None:
    """The root of the tree is where the import resolves; the main file gets its name from there."""
    write(
        tmp_path,
        {
            "x/y/main.proto": 'syntax = "proto3"; import public "x/z/b.proto"; message M { B b = 1; }',
            "x/z/b.proto": 'syntax = "proto3"; /* import "no"; */ import "x/" \'c.proto\'; message B { C c = 1; }',
            "x/c.proto": 'syntax = "proto3"; message C { string import = 1; } // import "no.proto";',
        },
    )
    assert list(protoc.gather(tmp_path / "x/y/main.proto")) == ["x/y/main.proto", "x/z/b.proto", "x/c.proto"]
    assert protobuf.read(tmp_path / "x/y/main.proto").names.keys() == {"M", "B", "C"}


def test_imports_are_found_in_given_folders_first(tmp_path: Path) -> None:
    """`include` goes before the file's own folder."""
    write(
        tmp_path,
        {
            "a/main.proto": 'syntax = "proto3"; import "b.proto"; message M { B b = 1; }',
            "a/b.proto": "broken",
            "other/b.proto": 'syntax = "proto3"; message B {}',
        },
    )
    assert protobuf.read(tmp_path / "a/main.proto", include=[tmp_path / "other"]).names.keys() == {"M", "B"}


@pytest.mark.parametrize(
    "name",
    [
        "../x.proto",
        "a/../../x.proto",
        "/etc/x.proto",
        "a\\\\x.proto",
        "\\x2e\\x2e/x.proto",
        "./x.proto",
        "a//x.proto",
        "",
    ],
)
def test_an_import_can_not_leave_its_folder(name: str) -> None:
    """B53: parent folders, absolute paths and backslashes are refused, before the compiler sees them."""
    assert refusal(f'import "{name}";').message.endswith("is not a plain relative path")


def test_only_proto_files_are_imported() -> None:
    """B53, B56: neither a password file nor a Python module is ever copied."""
    assert refusal('import "grpc_tools/protoc.py";').message.endswith("is not the name of a .proto file")


@pytest.mark.parametrize("name", ["../a.proto", "/a.proto", "b\\a.proto", "a.py"])
def test_a_sources_name_can_not_leave_its_folder(name: str) -> None:
    """B53 holds for the names of texts as well."""
    with pytest.raises(SchemaError):
        protobuf.read({"m.proto": 'syntax = "proto3"; message M {}', name: ""})


def test_a_link_out_of_the_tree_is_refused(tmp_path: Path) -> None:
    """B53: an import must lie where its name says."""
    write(tmp_path, {"in/main.proto": 'syntax = "proto3"; import "b.proto";', "out/secret": "root:x"})
    (tmp_path / "in/b.proto").symlink_to(tmp_path / "out/secret")
    with pytest.raises(SchemaError, match="is a link that leaves"):
        protobuf.read(tmp_path / "in/main.proto")


def test_an_import_cycle_is_refused(tmp_path: Path) -> None:
    """B54: between two files, and of one with itself."""
    write(
        tmp_path,
        {
            "p/a.proto": 'syntax = "proto3"; import "p/b.proto"; message A {}',
            "p/b.proto": 'syntax = "proto3"; import "p/a.proto";',
            "self.proto": 'syntax = "proto3"; import "self.proto";',
        },
    )
    for name in ("p/a.proto", "self.proto"):
        with pytest.raises(SchemaError, match="recursively imports itself"):
            protobuf.read(tmp_path / name)


def test_a_missing_import_is_named() -> None:
    """The compiler's message is passed on."""
    assert "gone.proto" in str(refusal('import "gone.proto";'))


def test_an_error_has_its_file_and_line() -> None:
    """The path is file:line; the message is the compiler's."""
    error = refusal("message M {\n  Gone a = 1;\n}")
    assert (error.path, error.message) == ("a.proto:3", '"Gone" is not defined.')


def test_a_file_that_can_not_be_read_is_a_schema_error(tmp_path: Path) -> None:
    """One that is missing, and one that is not text."""
    (tmp_path / "b.proto").write_bytes(b"\xff\xfe")
    for name in ("gone.proto", "b.proto"):
        with pytest.raises(SchemaError, match="can't be read"):
            protobuf.read(tmp_path / name)
    with pytest.raises(SchemaError, match="is given"):
        protobuf.read({})


@pytest.mark.parametrize("depth", [40, 10_000])
def test_messages_nested_too_deep_are_refused(depth: int) -> None:
    """B55: a clean error, and nothing crashes."""
    assert isinstance(refusal("message M { " * depth + "}" * depth), SchemaError)


def test_a_deep_message_that_the_compiler_allows_is_read() -> None:
    """B55: below the compiler's limit nesting is not an error."""
    assert len(protobuf.read({"a.proto": 'syntax = "proto3";' + "message M { " * 30 + "}" * 30}).names) == 30


def test_names_and_options_are_never_evaluated(tmp_path: Path) -> None:
    """B56: what looks like code, a shell's command or an argument file is a name or a text."""
    mark = tmp_path / "mark"
    text = f"""syntax = "proto2"; option java_package = "$(touch {mark})"; package __import__;
        message eval {{ optional string exec = 1 [default = "__import__('os').system('touch {mark}')"]; }}"""
    root = protobuf.read({f"@$(touch {mark.name}).proto": text}).root
    assert isinstance(root, Record)
    assert root.name == "__import__.eval"
    assert not mark.exists()


def test_a_slow_compiler_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The child has a time limit."""
    monkeypatch.setattr(protoc, "SECONDS", 0.0001)
    with pytest.raises(SchemaError, match="took over"):
        protobuf.read({"slow.proto": 'syntax = "proto3"; message Slow {}'})


def test_the_same_texts_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second reading runs no child."""
    sources = {"once.proto": 'syntax = "proto3"; message Once {}'}
    protobuf.read(sources)
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert protobuf.read(sources).names.keys() == {"Once"}


ENTRY = """message M {
  repeated MEntry m = 1;  // option map_entry = true;
  message MEntry { option map_entry = true; KEY key = 1; VALUE value = 2; }
}"""


@pytest.mark.parametrize("head", ['syntax = "proto2";', 'syntax = "proto3";', 'edition = "2023";'])
def test_an_entry_that_is_written_out(head: str) -> None:
    """A text as it is printed from descriptors says of a map what the compiler would make of it."""
    label = "optional " if "proto2" in head else ""
    body = ENTRY.replace("KEY", f"{label}string").replace("VALUE", f"{label}int32")
    written = protobuf.read({"a.proto": f"{head}\n{body}"})
    plain = protobuf.read({"a.proto": f"{head}\nmessage M {{ map<string, int32> m = 1; }}"})
    assert str(written.root) == str(plain.root)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "message M { repeated E m = 1; message E { option map_entry = true; int32 key = 1; int32 value = 3; } }",
            "key 1",
        ),
        ("message M { E m = 1; message E { option map_entry = true; int32 key = 1; int32 value = 2; } }", "repeated"),
        ("message E { option map_entry = true; int32 key = 1; int32 value = 2; }", "in the one that has the map"),
    ],
)
def test_an_entry_that_is_none(body: str, reason: str) -> None:
    """An entry has a key and a value, and one repeated field is of it."""
    assert reason in str(refusal(body))
