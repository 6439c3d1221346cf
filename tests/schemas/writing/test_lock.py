"""The lock file: field and enum numbers that stay from one conversion to the next."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from native.errors import SchemaError
from schemas.model import Enum, Field, Int, Record, Schema
from schemas.writing import Lock, Naming, Written
from schemas.writing.lock import NumberRequest, Numbers, read
from tests.schemas.writing.support import notes, written


def made(*names: str, lock: Lock | None = None, aliases: tuple[str, ...] = ()) -> Written:
    fields = [Field(each, Int(), aliases=aliases if each == names[-1] else ()) for each in names]
    return written(Schema(Record("p.M", fields), "avro"), "protobuf", lock=lock)


def numbers(found: Written) -> dict[str, int]:
    return {name: int(number) for name, number in re.findall(r"int64 (\w+) = (\d+);", found.text)}


def test_an_addition_takes_a_new_number() -> None:
    """Wherever it stands, the others keep theirs."""
    first = made("a", "b")
    assert numbers(made("new", "b", "a", lock=first.lock)) == {"a": 1, "b": 2, "new": 3}
    assert numbers(made("new", "b", "a")) == {"new": 1, "b": 2, "a": 3}


def test_a_removed_number_is_never_given_again() -> None:
    """It is reserved, in the lock and in the .proto, also when the name comes back."""
    second = made("a", lock=made("a", "b").lock)
    assert 'reserved 2;\n  reserved "b";' in second.text
    third = made("a", "c", lock=second.lock)
    assert numbers(third) == {"a": 1, "c": 3}
    fourth = made("a", "b", lock=third.lock)
    assert numbers(fourth) == {"a": 1, "b": 4}
    assert "reserved 2, 3;" in fourth.text
    assert 'reserved "c";' in fourth.text


def test_a_rename() -> None:
    """With the old name as an alias it keeps its number, without it is new."""
    first = made("a", "old")
    assert numbers(made("a", "new", lock=first.lock, aliases=("old",))) == {"a": 1, "new": 2}
    assert numbers(made("a", "new", lock=first.lock)) == {"a": 1, "new": 3}


def test_the_lock_that_was_given_stays_as_it_is() -> None:
    lock = made("a").lock
    before = lock.text()
    made("b", lock=lock)
    assert lock.text() == before


def test_the_same_schema_again() -> None:
    """Neither the .proto nor the lock changes, from text and back."""
    first = made("a", "b")
    again = made("a", "b", lock=read(first.lock.text()))
    assert (again.text, again.lock.text()) == (first.text, first.lock.text())


def test_a_message_that_is_gone_is_remembered() -> None:
    lock = made("x", "a").lock
    other = written(Schema(Record("p.Other", [Field("f", Int())]), "avro"), "protobuf", lock=lock).lock
    assert numbers(made("a", "x", lock=other)) == {"a": 2, "x": 1}


def test_enums() -> None:
    """Symbols keep their numbers, and those of removed ones are reserved."""

    def enum(*names: str, lock: Lock | None = None) -> Written:
        type_ = Enum("p.E", tuple((each, at) for at, each in enumerate(names)))
        return written(Schema(Record("p.M", [Field("f", type_)]), "avro"), "protobuf", lock=lock)

    first = enum("A", "B", "C")
    second = enum("A", "NEW", "C", lock=first.lock)
    assert 'reserved 1;\n  reserved "B";\n  A = 0;\n  NEW = 3;\n  C = 2;' in second.text
    third = enum("C", lock=second.lock)
    assert "E_UNSPECIFIED = 0;" in third.text


def test_a_rename_beside_its_old_name() -> None:
    """A field that is still there keeps its number, though a new one names it as an alias."""
    assert numbers(made("a", "b", lock=made("a").lock, aliases=("a",))) == {"a": 1, "b": 2}


def test_a_naming_policy_keeps_the_numbers() -> None:
    """Fields and symbols that a policy renames are not new."""
    state = Enum("p.State", (("OPEN", 0), ("DONE", 1)))
    root = Schema(Record("p.M", [Field("fooBar", Int()), Field("b", Int()), Field("state", state)]), "avro")
    first = written(root, "protobuf")
    reordered = Schema(Record("p.M", root.root.fields[1:] + root.root.fields[:1]), "avro")  # type: ignore[attr-defined]
    again = written(reordered, "protobuf", lock=first.lock, naming=Naming("snake", "prefixed"))
    assert numbers(again) == {"foo_bar": 1, "b": 2}
    assert "STATE_DONE = 1;" in again.text


def test_a_renamed_message_and_enum() -> None:
    """With the old name as an alias (Avro) their numbers are the old ones."""

    def root(name: str, symbols: str, **more: Any) -> Schema:
        enum = Enum(f"p.{name}E", tuple((f"E_{each}", at) for at, each in enumerate(symbols)))
        enum.aliases = tuple(f"{each}E" for each in more.get("aliases", ()))
        fields = [Field(each, Int()) for each in symbols]
        return Schema(Record(f"p.{name}", [*fields, Field("e", enum)], **more), "avro")

    first = written(root("Old", "AB"), "protobuf")
    second = written(root("New", "BA", aliases=("p.Old",)), "protobuf", lock=first.lock)
    assert numbers(second) == {"A": 1, "B": 2}
    assert "E_A = 0;\n  E_B = 1;" in second.text
    assert {*second.lock.messages, *second.lock.enums} == {"p.New", "p.NewE"}


def test_symbols_that_share_a_number() -> None:
    """Protobuf's aliases among symbols stay so, also in a lock; a removed one's number stays with the other."""

    def enum(*symbols: tuple[str, int], lock: Lock | None = None) -> Written:
        type_ = Enum("p.E", symbols, open=True)
        return written(Schema(Record("p.M", [Field("f", type_, number=1)]), "protobuf"), "protobuf", lock=lock)

    first = enum(("A", 0), ("B", 1), ("B2", 1))
    assert "allow_alias = true;" in first.text
    second = enum(("A", 0), ("B2", 1), ("B3", 1), lock=read(first.lock.text()))
    assert "B2 = 1;\n  B3 = 1;" in second.text


def test_numbers_that_the_lock_overrules_are_told() -> None:
    """A Protobuf source's own numbers give way to the lock's, and the report says so."""
    schema = Schema(Record("p.M", [Field("a", Int(), number=7)]), "protobuf")
    found = written(schema, "protobuf", lock=made("a").lock)
    assert numbers(found) == {"a": 1}
    assert notes(found) == [("", "dropped", "the number 7 of a: the lock has it as 1")]


def test_protobufs_own_numbers() -> None:
    """A Protobuf source keeps its numbers; one that the lock has for another is replaced."""
    root = Record("p.M", [Field("a", Int(), number=7), Field("b", Int(), number=1)])
    schema = Schema(root, "protobuf")
    assert numbers(written(schema, "protobuf")) == {"a": 7, "b": 1}
    assert numbers(written(schema, "protobuf", lock=made("x", lock=None).lock)) == {"a": 7, "b": 2}


def test_numbers_of_protobufs_own_range_are_passed_over() -> None:
    """19000 to 19999, and there are no numbers over 2^29-1."""
    full = Numbers({"a": 1}, reserved=[*range(2, 19000)])
    assert full.settle([NumberRequest("a"), NumberRequest("b")]) == {"a": 1, "b": 20000}


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"version": 2}', '{"version": 1, "messages": []}', '{"version": 1, "messages": {"M": {}}}',
     '{"version": 1, "messages": {"M": {"numbers": {"a": "1"}, "reserved": [], "reserved_names": []}}}'],
)  # fmt: skip
def test_what_is_no_lock(text: str) -> None:
    with pytest.raises(SchemaError):
        read(text)


@pytest.mark.parametrize(
    ("numbers_", "reserved", "names", "told"),
    [
        ({"a": 1, "b": 1}, [], [], "a and b both have 1"),
        ({"a": 1}, [1], [], "a has 1, which is reserved"),
        ({"a": 1}, [], ["a"], "is a reserved name"),
        ({"a": 19500}, [], [], "which no field can have"),
        ({"a": 0}, [], [], "which no field can have"),
    ],
)
def test_a_lock_that_contradicts_itself(numbers_: Any, reserved: Any, names: Any, told: str) -> None:
    """As two branches of a history leave it when they are merged: told with its place, never written."""
    row = {"numbers": numbers_, "reserved": reserved, "reserved_names": names}
    with pytest.raises(SchemaError, match=f"lock/messages/p.M.*{told}|{told}.*lock/messages/p.M"):
        read(json.dumps({"version": 1, "messages": {"p.M": row}}))
