"""Registering, without sockets: which id and which version a schema gets."""

from __future__ import annotations

import pytest

from registry.domain import names
from registry.domain.errors import Kind, RegistryError
from registry.domain.model import Breakage, Candidate, Config, Page
from tests.registry.support import INT, INT_MORE, TEXT, Commands, Queries, avro, jsonschema, proto, record

ALL = Page()


def code(error: pytest.ExceptionInfo[RegistryError]) -> str:
    return error.value.code


def test_ids_and_versions_grow(commands: Commands, queries: Queries) -> None:
    """Each new schema gets the next id, and the next version of its subject."""
    found = [
        commands.register("a", avro(INT)),
        commands.register("a", avro(INT_MORE)),
        commands.register("b", avro(TEXT)),
    ]
    assert [(each.subject, each.number, each.schema.id) for each in found] == [("a", 1, 1), ("a", 2, 2), ("b", 1, 3)]
    assert queries.numbers("a", deleted=False, only_deleted=False) == [1, 2]


def test_one_schema_has_one_id(commands: Commands) -> None:
    """The same schema under another subject keeps its id, however it is written."""
    first = commands.register("a", avro(INT))
    again = commands.register(
        "b", avro(' {"name": "R", "type": "record", "fields": [{"type": {"type": "int"}, "name": "x"}]}')
    )
    assert (again.number, again.schema.id, again.schema.guid) == (1, first.schema.id, first.schema.guid)


def test_registering_again_changes_nothing(commands: Commands, queries: Queries) -> None:
    """A schema that the subject has is found, also if it isn't the newest."""
    commands.register("a", avro(INT))
    commands.register("a", avro(INT_MORE))
    assert commands.register("a", avro(INT)).number == 1
    assert queries.numbers("a", deleted=False, only_deleted=False) == [1, 2]


def test_deleted_softly_and_registered_again(commands: Commands) -> None:
    """A schema that was deleted softly gets a new version, and keeps its id."""
    first = commands.register("a", avro(INT))
    commands.delete_subject("a")
    again = commands.register("a", avro(INT))
    assert (again.number, again.schema.id) == (2, first.schema.id)


def test_ids_are_never_used_again(commands: Commands) -> None:
    """An id that was deleted permanently is given to no other schema; the same schema gets it back."""
    first = commands.register("a", avro(INT))
    for permanent in (False, True):
        commands.delete_subject("a", permanent=permanent)
    assert commands.register("a", avro(TEXT)).schema.id == first.schema.id + 1
    assert commands.register("b", avro(INT)).schema.id == first.schema.id


def test_an_import_takes_over_a_former_id(commands: Commands) -> None:
    """An id that an import gave to another schema isn't given back."""
    first = commands.register("a", avro(INT))
    for permanent in (False, True):
        commands.delete_subject("a", permanent=permanent)
    commands.set_mode("a", "IMPORT")
    commands.register("a", avro(TEXT, id=first.schema.id, version=1))
    assert commands.register("b", avro(INT)).schema.id == first.schema.id + 1


@pytest.mark.parametrize(
    "candidate",
    [
        avro('{"type":"record","name":"R"}'),
        avro("{"),
        avro('{"type":"string"} {}'),
        avro('{"type":"record","name":"a/../b","fields":[]}'),
        avro(""),
        avro("  \n"),
        avro("[" * 5000),
        avro("\ud800"),
        proto("message M {"),
        proto("AAAA"),
        proto('import "../../etc/passwd.proto";'),
        proto('syntax = "proto3"; import "nowhere.proto";'),
        jsonschema('{"type": 7}'),
        jsonschema('{"$ref": "http://169.254.169.254/latest/meta-data"}'),
        jsonschema('{"$ref": "file:///etc/passwd"}'),
        jsonschema('{"$ref": "#"}'),
    ],
    ids=range(16),
)
def test_what_is_no_schema_is_refused(commands: Commands, queries: Queries, candidate: Candidate) -> None:
    """A text that its language's reader refuses is refused, and nothing is kept (B38, B53, B67, B68)."""
    with pytest.raises(RegistryError) as error:
        commands.register("a", candidate)
    assert code(error) == ("INVALID_SCHEMA" if candidate.text.strip() else "EMPTY_SCHEMA")
    assert queries.subjects("", ALL, deleted=True, only_deleted=False) == []


def test_too_large(commands: Commands) -> None:
    """A text over the limit is refused with SCHEMA_TOO_LARGE before it is read."""
    with pytest.raises(RegistryError) as error:
        commands.register("a", avro(" " * (5 << 20)))
    assert code(error) == "SCHEMA_TOO_LARGE"


@pytest.mark.parametrize(
    ("level", "second", "breaks"),
    [
        ("BACKWARD", TEXT, True), ("BACKWARD", INT_MORE, False), ("FORWARD", TEXT, True), ("FULL", TEXT, True),
        ("NONE", TEXT, False),
    ],
)  # fmt: skip
def test_compatibility_decides(commands: Commands, queries: Queries, level: str, second: str, breaks: bool) -> None:
    """A version that breaks the one before it is refused by the subject's level, with what it breaks."""
    commands.register("a", avro(INT))
    commands.set_config("a", Config(level))  # type: ignore[arg-type]
    assert (queries.breakage("a", avro(second), -1) is not None) == breaks
    if not breaks:
        assert commands.register("a", avro(second)).number == 2
        return
    with pytest.raises(RegistryError) as error:
        commands.register("a", avro(second))
    assert (code(error), error.value.kind) == ("INCOMPATIBLE", Kind.CONFLICT)
    found = error.value.facts["breakage"]
    assert isinstance(found, Breakage)
    assert (found.newest.number, found.level) == (1, level)


def test_transitive_levels_look_at_all(commands: Commands, queries: Queries) -> None:
    """A transitive level compares with every version, the others with the newest; a single version can be asked for."""
    one, two, three = (
        f'{{"type":"record","name":"R","fields":[{",".join(fields)}]}}'
        for fields in (
            ['{"name":"f1","type":"string"}', '{"name":"f2","type":"string"}'],
            ['{"name":"f1","type":"string"}'],
            ['{"name":"f1","type":"string"}', '{"name":"f3","type":"string"}'],
        )
    )
    commands.register("a", avro(one))
    commands.register("a", avro(two))
    commands.set_config("a", Config("FORWARD_TRANSITIVE"))
    assert queries.breakage("a", avro(three), -1) is None
    assert queries.breakage("a", avro(three), 1) is not None
    found = queries.breakage("a", avro(three), None)
    assert found is not None
    assert found.newest.number == 1


def test_deleted_versions_break_nothing(commands: Commands) -> None:
    """A version that was deleted softly is not compared with."""
    commands.register("a", avro(INT))
    commands.delete_version("a", 1)
    assert commands.register("a", avro(TEXT)).number == 2


def test_another_language_is_incompatible(commands: Commands) -> None:
    """A schema in another language may follow only where nothing is compared."""
    commands.register("a", avro(INT))
    with pytest.raises(RegistryError) as error:
        commands.register("a", jsonschema('{"type":"object"}'))
    assert code(error) == "INCOMPATIBLE"
    commands.set_config("a", Config("NONE"))
    assert commands.register("a", jsonschema('{"type":"object"}')).number == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (avro('{"type":"string","b":1,"a":{"d":1,"c":[]}}'), avro('{"type":"string","a":{"c":[],"d":1},"b":1}')),
        (jsonschema('{"type":"string","title":"t"}'), jsonschema('{"title":"t","type":"string"}')),
        (
            proto('syntax="proto3"; /* a */ message M { int32 a = 1; }'),
            proto('syntax="proto3"; message M {int32 a=1;}'),
        ),
    ],
    ids=["avro", "json", "protobuf"],
)
def test_normal_forms(commands: Commands, first: Candidate, second: Candidate) -> None:
    """`normalize` makes schemas the same that differ in order or comments only; without it they differ."""
    commands.set_config("plain", Config("NONE"))
    assert commands.register("plain", first).schema.id != commands.register("plain", second).schema.id
    ids = {commands.register("normal", each, normalize=True).schema.id for each in (first, second)}
    assert len(ids) == 1
    commands.set_config(names.ALL, Config(normalize=True))
    assert commands.register("other", first).schema.id in ids


def test_metadata_is_part_of_the_schema(commands: Commands) -> None:
    """Other metadata is another schema; a new version that says nothing takes over the metadata before it."""
    first = commands.register("a", avro(INT, metadata={"properties": {"owner": "x"}}))
    second = commands.register("a", avro(INT, metadata={"properties": {"owner": "y"}}))
    third = commands.register("a", avro(INT_MORE))
    assert [first.schema.id, second.schema.id, third.number] == [1, 2, 3]
    assert third.schema.metadata == {"properties": {"owner": "y"}}
    assert commands.register("a", avro(INT_MORE)).number == 3


def test_lookup(commands: Commands, queries: Queries) -> None:
    """A schema is found only under its subject, a deleted one if it is asked for."""
    commands.register("a", avro(INT))
    commands.register("b", avro(TEXT))
    assert queries.lookup("a", avro(INT)).number == 1
    for subject, text, wanted in (
        ("a", TEXT, "SCHEMA_NOT_FOUND"),
        ("none", INT, "SUBJECT_NOT_FOUND"),
        ("a", "{", "INVALID_SCHEMA"),
    ):
        with pytest.raises(RegistryError) as error:
            queries.lookup(subject, avro(text))
        assert code(error) == wanted
    commands.delete_subject("a")
    assert queries.lookup("a", avro(INT), deleted=True).deleted


def test_pages_of_subjects(commands: Commands, queries: Queries) -> None:
    """Subjects come in order, by their beginning, in pages, and without those that are deleted."""
    for name in ("b1", "a1", "b2", "b3"):
        commands.register(name, avro(record("R")))
    commands.delete_subject("b2")
    found = queries.subjects("b", ALL, deleted=False, only_deleted=False)
    assert found == ["b1", "b3"]
    assert queries.subjects("", Page(1, 2), deleted=True, only_deleted=False) == ["b1", "b2"]
    assert queries.subjects("", ALL, deleted=False, only_deleted=True) == ["b2"]
