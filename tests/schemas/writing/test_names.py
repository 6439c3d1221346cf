"""Naming policies (S35): named, never guessed."""

from __future__ import annotations

import pytest

from native.errors import SchemaError
from schemas.model import Enum, Field, Int, Record, Schema
from schemas.writing import Naming, write
from schemas.writing.names import camel, identifier, parse, pascal, snake
from tests.schemas.writing.support import LANGUAGES, written

STATUS = Enum("Status", (("STATUS_ACTIVE", 0), ("STATUS_OFF", 1)))
ROOT = Schema(Record("a.R", [Field("fooBar", Int()), Field("status", STATUS, default="STATUS_OFF")]), "avro")


@pytest.mark.parametrize(
    ("name", "snaked", "cameled"),
    [("fooBar", "foo_bar", "fooBar"), ("foo_bar", "foo_bar", "fooBar"), ("HTTPServer", "http_server", "HTTPServer"),
     ("_a_b", "_a_b", "_aB"), ("id2Name", "id2_name", "id2Name"), ("a__b", "a__b", "aB")],
)  # fmt: skip
def test_snake_and_camel(name: str, snaked: str, cameled: str) -> None:
    assert (snake(name), camel(name)) == (snaked, cameled)


def test_made_up_names() -> None:
    """Of whatever a schema calls its fields."""
    assert (pascal("foo-bar_baz"), identifier("1st"), identifier("ü")) == ("FooBarBaz", "_1st", "_")


@pytest.mark.parametrize(
    ("text", "naming"),
    [("exact", Naming()), ("", Naming()), ("snake", Naming("snake")), ("bare", Naming("exact", "bare")),
     ("camel, prefixed", Naming("camel", "prefixed"))],
)  # fmt: skip
def test_what_a_text_names(text: str, naming: Naming) -> None:
    assert parse(text) == naming


@pytest.mark.parametrize("text", ["snek", "snake,camel", "bare,prefixed"])
def test_what_names_nothing(text: str) -> None:
    with pytest.raises(SchemaError):
        parse(text)


def test_names_stay_unless_a_policy_is_named() -> None:
    """Nothing is guessed."""
    for language in LANGUAGES:
        text = written(ROOT, language).text
        assert "fooBar" in text
        assert "STATUS_ACTIVE" in text


def test_policies() -> None:
    """Fields and symbols, defaults too; Avro keeps the old name as an alias."""
    text = written(ROOT, "avro", naming=Naming("snake", "bare")).text
    assert '"name": "foo_bar", "type": "long", "aliases": ["fooBar"]' in text
    assert '["ACTIVE", "OFF"]' in text
    assert '"default": "OFF"' in text
    bare = written(ROOT, "avro", naming=Naming("exact", "bare")).schema
    assert "STATUS_ACTIVE" in written(bare, "protobuf", naming=Naming("exact", "prefixed")).text


def test_a_policy_that_makes_two_names_one() -> None:
    """Refused: fields and symbols."""
    fields = Record("R", [Field("fooBar", Int()), Field("foo_bar", Int())])
    symbols = Record("R", [Field("f", Enum("E", (("E_A", 0), ("A", 1))))])
    for root in (fields, symbols):
        with pytest.raises(SchemaError, match="two names"):
            write(Schema(root, "avro"), "avro", naming=Naming("snake", "bare"))
