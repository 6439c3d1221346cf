"""The lock file: field and enum numbers that stay from one conversion to the next."""

from __future__ import annotations

import re

import pytest

from native.errors import SchemaError
from schemas.model import Enum, Field, Int, Record, Schema
from schemas.writing import Lock, Written
from schemas.writing.lock import Numbers, Wanted, read
from tests.schemas.writing.support import written


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


def test_protobufs_own_numbers() -> None:
    """A Protobuf source keeps its numbers; one that the lock has for another is given anew."""
    root = Record("p.M", [Field("a", Int(), number=7), Field("b", Int(), number=1)])
    schema = Schema(root, "protobuf")
    assert numbers(written(schema, "protobuf")) == {"a": 7, "b": 1}
    assert numbers(written(schema, "protobuf", lock=made("x", lock=None).lock)) == {"a": 7, "b": 2}


def test_numbers_of_protobufs_own_range_are_passed_over() -> None:
    """19000 to 19999, and there are no numbers over 2^29-1."""
    full = Numbers({"a": 1}, reserved=[*range(2, 19000)])
    assert full.settle([Wanted("a"), Wanted("b")]) == {"a": 1, "b": 20000}


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"version": 2}', '{"version": 1, "messages": []}', '{"version": 1, "messages": {"M": {}}}',
     '{"version": 1, "messages": {"M": {"numbers": {"a": "1"}, "reserved": [], "reserved_names": []}}}'],
)  # fmt: skip
def test_what_is_no_lock(text: str) -> None:
    with pytest.raises(SchemaError):
        read(text)
