"""Random schemas: whatever is written is accepted by others and reads back as it says."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from native.errors import SchemaError
from schemas import avro, canonical
from schemas.model import Language, Schema, Type
from schemas.writing import Choices
from tests.properties import examples
from tests.schemas.test_canonical import documents
from tests.schemas.writing.models import models, plain_models
from tests.schemas.writing.support import ANY_AS_JSON, LANGUAGES, notes, written

REASONS = ("is another name of the file", "without branches")
SYNTAXES: list[Any] = ["proto3", "2023"]


def refused(error: SchemaError) -> None:
    """Only for what the documentation says."""
    assert any(each in str(error) for each in REASONS), error


@examples(100)
@given(models(), st.sampled_from(LANGUAGES), st.sampled_from(LANGUAGES), st.sampled_from(SYNTAXES))
def test_anything_is_written_or_refused(root: Type, source: Language, target: Language, syntax: Any) -> None:
    """Any graph of types is written, and reads back as said; what is refused is refused as a schema's error. What was
    written is written again as it is."""
    schema = Schema(root, source)
    choices = Choices(any="json", syntax=syntax)
    try:
        made = written(schema, target, choices=choices)
    except SchemaError as error:
        refused(error)
        return
    again = written(made.schema, target, choices=choices)
    assert again.text == made.text
    assert notes(again) == [each for each in notes(again) if "Value" in each[2] or "other form" in each[2]]


@examples(100)
@given(documents(), st.sampled_from(LANGUAGES))
def test_avro_schemas_of_all_kinds(document: Any, target: Language) -> None:
    """Avro's random schemas, in every language; in Avro without any loss."""
    schema = avro.read(json.dumps(document), endless=True)
    try:
        made = written(schema, target, choices=ANY_AS_JSON)
    except SchemaError as error:
        refused(error)
        return
    if target == "avro":
        assert canonical.differences(schema.root, made.schema.root) == []
        assert notes(made) == []


@examples(30)
@given(plain_models())
def test_wrappers_are_undone(root: Type) -> None:
    """S33: from Avro to Protobuf, wrapped, and back: the same schema."""
    try:
        there = written(Schema(root, "avro"), "protobuf", choices=Choices(syntax="2023"))
    except SchemaError:
        assume(False)
    back = written(there.schema, "avro")
    assert canonical.differences(root, back.schema.root, defaults=False) == []
