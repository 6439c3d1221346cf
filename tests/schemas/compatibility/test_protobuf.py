"""Protobuf's compatibility by Confluent's rules: each kind of change, where it is, and whether it breaks."""

from __future__ import annotations

import time
from functools import cache

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from native.errors import SchemaError
from schemas import protoc
from schemas.compatibility import Document, Sides, differences, of_protobuf, protobuf, read
from tests.schemas.compatibility.support import protobuf as compared
from tests.schemas.compatibility.support import told

P2, P3, P2023 = 'syntax = "proto2";', 'syntax = "proto3";', 'edition = "2023";'


def message(body: str, head: str = P3) -> str:
    return f"{head} message T {{ {body} }}"


TYPE_GROUPS = [
    ["int32", "int64", "uint32", "uint64", "bool", "E"], ["sint32", "sint64"], ["string", "bytes"],
    ["fixed32", "sfixed32"], ["fixed64", "sfixed64"], ["float"], ["double"],
]  # fmt: skip
SCALARS = [(name, at) for at, group in enumerate(TYPE_GROUPS) for name in group]

# What is found from the first file to the second; an exclamation mark stands before what breaks.
CASES: list[tuple[str, str, str, list[str]]] = [
    ("nothing", message("string a = 1;"), message("string a=1; /* the same */"), []),
    ("a field is added", message(""), message("string a = 1;"), ["FIELD_ADDED #/T/1"]),
    ("a field is removed", message("string a = 1;"), message(""), ["FIELD_REMOVED #/T/1"]),
    ("a field's number", message("string a = 1;"), message("string a = 2;"),
     ["FIELD_REMOVED #/T/1", "FIELD_ADDED #/T/2"]),
    ("a field is renamed", message("string a = 1;"), message("string b = 1;"), ["FIELD_NAME_CHANGED #/T/1"]),
    ("a required field is added", message("", P2), message("required string a = 1;", P2),
     ["!REQUIRED_FIELD_ADDED #/T/1"]),
    ("a required field is removed", message("required string a = 1;", P2), message("", P2),
     ["!REQUIRED_FIELD_REMOVED #/T/1"]),
    ("required in an edition", message("", P2023),
     message("string a = 1 [features.field_presence = LEGACY_REQUIRED];", P2023), ["!REQUIRED_FIELD_ADDED #/T/1"]),
    ("numbers become many", message("optional int32 a = 1;"), message("repeated int32 a = 1;"),
     ["!FIELD_NUMERIC_LABEL_CHANGED #/T/1"]),
    ("numbers without a label become many", message("int32 a = 1;"), message("repeated int32 a = 1;"),
     ["!FIELD_NUMERIC_LABEL_CHANGED #/T/1"]),
    ("a number is no longer required", message("required int32 a = 1;", P2), message("optional int32 a = 1;", P2),
     ["!FIELD_NUMERIC_LABEL_CHANGED #/T/1"]),
    ("texts become many", message("string a = 1;"), message("repeated bytes a = 1;"),
     ["FIELD_STRING_OR_BYTES_LABEL_CHANGED #/T/1"]),
    ("messages become many", message("T a = 1;"), message("repeated T a = 1;"), []),
    ("presence becomes explicit", message("int32 a = 1;"), message("optional int32 a = 1;"), []),
    ("a message for a scalar", message("int32 a = 1;"), message("T a = 1;"), ["!FIELD_KIND_CHANGED #/T/1"]),
    ("a map for a list", message("repeated T a = 1;"), message("map<string, T> a = 1;"), ["!FIELD_KIND_CHANGED #/T/1"]),
    ("a group for a message", message("optional G g = 1; message G {}", P2), message("optional group G = 1 {}", P2),
     ["!FIELD_KIND_CHANGED #/T/1"]),
    ("a map's keys", message("map<int32, int32> a = 1;"), message("map<string, int32> a = 1;"),
     ["!FIELD_SCALAR_KIND_CHANGED #/T/1"]),
    ("a map's values", message("map<string, int32> a = 1;"), message("map<string, string> a = 1;"),
     ["!FIELD_SCALAR_KIND_CHANGED #/T/1"]),
    ("a map's values are promoted", message("map<string, int32> a = 1;"), message("map<string, int64> a = 1;"), []),
    ("another type", message("A a = 1; message A {} message B {}"), message("B a = 1; message A {} message B {}"),
     ["!FIELD_NAMED_TYPE_CHANGED #/T/1"]),
    ("a message is added", message(""), message("") + " message U {}", ["MESSAGE_ADDED #/U"]),
    ("a message is removed", message("") + " message U {}", message(""), ["!MESSAGE_REMOVED #/U"]),
    ("a message inside is removed", message("message U {}"), message(""), ["!MESSAGE_REMOVED #/T/U"]),
    ("a message moves", message("") + " message U {}", f"{P3} message U {{}} message T {{}}",
     ["MESSAGE_MOVED #/T", "MESSAGE_MOVED #/U"]),
    ("a map's own message is not one", message("map<string, int32> a = 1;"), message(""), ["FIELD_REMOVED #/T/1"]),
    ("a field of a message inside", message("message U { int32 a = 1; }"), message("message U { string a = 1; }"),
     ["!FIELD_SCALAR_KIND_CHANGED #/T/U/1"]),
    ("an enum is added", message(""), message("enum E { A = 0; }"), ["ENUM_ADDED #/T/E"]),
    ("an enum is removed", message("enum E { A = 0; }"), message(""), ["ENUM_REMOVED #/T/E"]),
    ("symbols", f"{P3} enum E {{ A = 0; B = 1; C = 2; }}", f"{P3} enum E {{ A = 0; X = 1; D = 3; }}",
     ["ENUM_CONST_CHANGED #/E/1", "ENUM_CONST_REMOVED #/E/2", "ENUM_CONST_ADDED #/E/3"]),
    ("a oneof is added around one field", message("string a = 1;"), message("oneof o { string a = 1; int32 b = 2; }"),
     ["ONEOF_ADDED #/T/o"]),
    ("a oneof is added around two", message("string a = 1; string b = 2;"),
     message("oneof o { string a = 1; string b = 2; }"),
     ["ONEOF_ADDED #/T/o", "!MULTIPLE_FIELDS_MOVED_TO_ONEOF #/T/o"]),
    ("a field joins a oneof", message("string a = 1; oneof o { string b = 2; }"),
     message("oneof o { string a = 1; string b = 2; }"), ["!FIELD_MOVED_TO_EXISTING_ONEOF #/T/o"]),
    ("a field leaves a oneof", message("oneof o { string a = 1; string b = 2; }"),
     message("string a = 1; oneof o { string b = 2; }"), ["ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/T/1"]),
    ("a oneof gains a field", message("oneof o { string a = 1; }"), message("oneof o { string a = 1; string b = 2; }"),
     ["ONEOF_FIELD_ADDED #/T/o/2"]),
    ("a oneof loses a field", message("oneof o { string a = 1; string b = 2; }"), message("oneof o { string a = 1; }"),
     ["!ONEOF_FIELD_REMOVED #/T/o/2"]),
    ("a oneof is removed", message("oneof o { string a = 1; }"), message(""), ["ONEOF_REMOVED #/T/o"]),
    ("a oneof is renamed", message("oneof o { string a = 1; }"), message("oneof p { string a = 1; }"),
     ["ONEOF_REMOVED #/T/o", "ONEOF_ADDED #/T/p"]),
    ("a type inside a oneof", message("oneof o { string a = 1; }"), message("oneof o { int32 a = 1; }"),
     ["!FIELD_SCALAR_KIND_CHANGED #/T/o/1"]),
    ("a type on the way into a oneof", message("string a = 1;"), message("oneof o { int32 a = 1; }"),
     ["ONEOF_ADDED #/T/o", "!FIELD_SCALAR_KIND_CHANGED #/T/1"]),
    ("reserved", message("reserved 5;"), message("reserved 5, 6;"), []),
]  # fmt: skip


@cache
def documents(side: int) -> dict[str, Document]:
    """The first or second files of all cases, compiled at once (the compiler's start is slow), each in its package."""
    texts = {f"c{n}.proto": case[side].replace(";", f"; package c{n};", 1) for n, case in enumerate(CASES)}
    main = {"main.proto": P3 + "".join(f'import "{name}";' for name in texts)}
    files = FileDescriptorSet.FromString(protoc.compiled({**main, **texts})).file
    return {each.name: of_protobuf(FileDescriptorSet(file=[each])) for each in files}


@pytest.mark.parametrize("case", range(len(CASES)), ids=[case[0] for case in CASES])
def test_changes(case: int) -> None:
    """A change has its kind, place and verdict; what is told is what breaks."""
    old, new = (documents(side)[f"c{case}.proto"] for side in (1, 2))
    expected = CASES[case][3]
    found = protobuf.differences(old, new, Sides())
    marked = [("!" if protobuf.breaks(each) else "") + text for each, text in zip(found, told(found), strict=True)]
    assert marked == expected
    assert [f"!{each}" for each in told(differences(old, new))] == [each for each in expected if each.startswith("!")]


def test_packages() -> None:
    """Another package breaks; how a name is written does not matter."""
    texts = [f"{P3} package {name}; message T {{ {type_} a = 1; message A {{}} }}"
             for name, type_ in (("a", "A"), ("a", ".a.T.A"), ("b", "A"))]  # fmt: skip
    assert told(compared(texts[0], texts[1])) == []
    assert told(compared(texts[0], texts[2])) == ["PACKAGE_CHANGED #/"]


def test_scalars() -> None:
    """A scalar may become another one of its group, and none of the others (Protobuf's guide, updating)."""
    numbers = range(1, len(SCALARS) ** 2 + 1)
    pairs = dict(zip(numbers, ((old, new) for old in SCALARS for new in SCALARS), strict=True))
    files = [
        message(" ".join(f"{pair[side][0]} f{n} = {n};" for n, pair in pairs.items()) + " enum E { A = 0; }")
        for side in (0, 1)
    ]
    broken = [f"FIELD_SCALAR_KIND_CHANGED #/T/{n}" for n, (old, new) in pairs.items() if old[1] != new[1]]
    assert told(compared(*files)) == broken


def imported(package: str, kind: str) -> str:
    return f"{P3} package {package}; message Outer {{ message G {{ {kind} d = 1; }} }}"


def importing(file: str, package: str) -> str:
    return f'{P3} import "{file}"; message T {{ {package}.Outer.G x = 1; }}'


def test_imports_are_compared_by_what_they_hold() -> None:
    """Another file or package with the same message is not a change."""
    old, new = {"a.proto": imported("p", "int32")}, {"b.proto": imported("q", "int64")}
    assert told(compared(importing("a.proto", "p"), importing("b.proto", "q"), old, new)) == []


def test_a_broken_import_breaks_the_field() -> None:
    """What an imported message breaks is told there, and at each field that leads to it."""
    old, new = {"a.proto": imported("p", "int32")}, {"a.proto": imported("p", "string")}
    assert sorted(told(compared(*2 * [importing("a.proto", "p")], old, new))) == [
        "FIELD_NAMED_TYPE_CHANGED #/T/1",
        "FIELD_SCALAR_KIND_CHANGED #/Outer/G/1",
    ]


def test_moving_a_message_to_an_import() -> None:
    """A message that leaves the file is removed from it; one that comes in from an import is added."""
    own = f"{P3} message T {{ G g = 1; }} message G {{ int32 a = 1; }}"
    other = f'{P3} import "g.proto"; message T {{ p.G g = 1; }}'
    files = {"g.proto": f"{P3} package p; message G {{ int32 a = 1; }}"}
    assert told(compared(own, other, None, files)) == ["MESSAGE_REMOVED #/G"]
    assert told(compared(other, own, files, None)) == []


def test_types_that_contain_themselves() -> None:
    """Imported messages may lead back to themselves."""
    files = [{"n.proto": f"{P3} message N {{ N next = 1; {kind} v = 2; }}"} for kind in ("int32", "string")]
    main = f'{P3} import "n.proto"; message T {{ N n = 1; }}'
    assert sorted(told(compared(main, main, *files))) == [
        "FIELD_NAMED_TYPE_CHANGED #/N/1", "FIELD_NAMED_TYPE_CHANGED #/T/1", "FIELD_SCALAR_KIND_CHANGED #/N/2",
    ]  # fmt: skip


def test_long_chains_cost_no_stack() -> None:
    """3,000 imported messages, each used by the next one, are compared; the break at their end reaches the first."""

    def chain(kind: str) -> dict[str, str]:
        links = "".join(f"message C{i} {{ C{i + 1} x = 1; }}" for i in range(3000))
        return {"c.proto": f"{P3} {links} message C3000 {{ {kind} x = 1; }}"}

    main = f'{P3} import "c.proto"; message T {{ C0 c = 1; }}'
    old, new = read(main, "protobuf", chain("int32")), read(main, "protobuf", chain("string"))
    start = time.process_time()
    found = differences(old, new)
    assert len(found) == 3002
    assert told(found)[0] == "FIELD_NAMED_TYPE_CHANGED #/T/1"
    assert time.process_time() - start < 2


def test_files_without_messages() -> None:
    """A file may hold enums alone, or nothing."""
    assert told(compared(P3, f"{P3} enum E {{ A = 0; }}")) == []


def test_descriptor_sets() -> None:
    """A compiled file is compared as its text is; an empty set is refused."""
    text = read(message("int32 a = 1;"), "protobuf")
    compiled = of_protobuf(FileDescriptorSet.FromString(text.files.SerializeToString()))
    assert differences(text, compiled) == []
    with pytest.raises(SchemaError, match="empty"):
        of_protobuf(FileDescriptorSet())
