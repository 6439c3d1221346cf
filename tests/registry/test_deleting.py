"""Deleting, settings, imports and references, without sockets."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from registry.domain import names
from registry.domain.errors import RegistryError
from registry.domain.model import Candidate, Config, Page
from tests.registry.support import INT, INT_MORE, TEXT, Commands, Queries, avro, proto, record

INNER = '{"type":"record","name":"in.Inner","fields":[{"name":"x","type":"int"}]}'
PRINTED = '{"type":"record","name":"Inner","namespace":"in","fields":[{"name":"x","type":"int"}]}'
OUTER = '{"type":"record","name":"Outer","fields":[{"name":"i","type":"in.Inner"}]}'


def refused(code: str, run: Callable[[], object]) -> str:
    """Runs what must be refused with this code; the message."""
    with pytest.raises(RegistryError) as error:
        run()
    assert error.value.code == code
    return error.value.message


def test_soft_then_permanent(commands: Commands, queries: Queries) -> None:
    """A version goes softly first, when it can still be read by its id, and then for good."""
    id_ = commands.register("a", avro(INT)).schema.id
    commands.register("a", avro(INT_MORE))
    refused("VERSION_NOT_DELETED", lambda: commands.delete_version("a", 1, permanent=True))
    assert commands.delete_version("a", 1) == 1
    refused("VERSION_DELETED", lambda: commands.delete_version("a", 1))
    refused("VERSION_NOT_FOUND", lambda: queries.version("a", 1))
    assert queries.version("a", 1, deleted=True).deleted
    assert queries.schema(id_).text == INT
    assert queries.uses(id_) == []
    assert commands.delete_version("a", 1, permanent=True) == 1
    refused("SCHEMA_NOT_FOUND", lambda: queries.schema(id_))
    assert queries.numbers("a", deleted=True, only_deleted=False) == [2]


def test_subjects_are_deleted_whole(commands: Commands, queries: Queries) -> None:
    """A subject is deleted softly with its settings, then for good, and then its versions count from 1 again."""
    commands.register("a", avro(INT))
    commands.register("a", avro(INT_MORE))
    commands.set_config("a", Config("FULL"))
    refused("SUBJECT_NOT_DELETED", lambda: commands.delete_subject("a", permanent=True))
    assert commands.delete_subject("a") == [1, 2]
    refused("SUBJECT_DELETED", lambda: commands.delete_subject("a"))
    refused("SUBJECT_NOT_FOUND", lambda: queries.numbers("a", deleted=False, only_deleted=False))
    refused("CONFIG_NOT_FOUND", lambda: queries.config("a"))
    assert queries.numbers("a", deleted=True, only_deleted=False) == [1, 2]
    assert commands.delete_subject("a", permanent=True) == [1, 2]
    refused("SUBJECT_NOT_FOUND", lambda: commands.delete_subject("a", permanent=True))
    assert commands.register("a", avro(TEXT)).number == 1


def test_a_schema_lives_as_long_as_a_version(commands: Commands, queries: Queries) -> None:
    """A schema that another subject has stays when one is deleted permanently."""
    id_ = commands.register("a", avro(INT)).schema.id
    commands.register("b", avro(INT))
    commands.delete_subject("a")
    commands.delete_subject("a", permanent=True)
    assert [each.subject for each in queries.uses(id_)] == ["b"]


def test_latest_is_deleted_by_name(commands: Commands) -> None:
    """`latest` is the newest that is left."""
    commands.register("a", avro(INT))
    commands.register("a", avro(INT_MORE))
    assert commands.delete_version("a", -1) == 2
    assert commands.delete_version("a", -1) == 1
    refused("SUBJECT_NOT_FOUND", lambda: commands.delete_version("a", -1))


# --- references ---


def test_what_is_referred_to_stays(commands: Commands, queries: Queries) -> None:
    """A version that a schema refers to can't be deleted; one that is deleted can't be referred to again."""
    commands.register("inner", avro(INNER))
    outer = commands.register("outer", avro(OUTER, ("in.Inner", "inner", 1)))
    assert queries.referring("inner", 1) == [outer.schema.id]
    assert "version 1 of subject 'inner'" in refused("REFERENCED", lambda: commands.delete_version("inner", 1))
    refused("REFERENCED", lambda: commands.delete_subject("inner"))
    commands.delete_subject("outer")
    assert queries.referring("inner", 1) == []
    assert queries.referring("inner", 1, deleted=True) == [outer.schema.id]
    assert commands.delete_subject("inner") == [1]
    refused("INVALID_SCHEMA", lambda: commands.register("outer", avro(OUTER, ("in.Inner", "inner", 1))))
    assert queries.lookup("outer", avro(OUTER, ("in.Inner", "inner", 1)), deleted=True).number == 1


def test_a_deleted_schema_keeps_what_it_refers_to(commands: Commands, queries: Queries) -> None:
    """What is deleted permanently is gone, but a schema that was only deleted softly can still be read whole."""
    inner = commands.register("inner", avro(INNER))
    outer = commands.register("outer", avro(OUTER, ("in.Inner", "inner", 1)))
    commands.delete_subject("outer")
    commands.delete_subject("inner")
    assert commands.delete_subject("inner", permanent=True) == [1]
    assert queries.subjects("", Page(), deleted=True, only_deleted=False) == ["outer"]
    assert queries.all_versions("inner", Page(), deleted=True, latest=False) == []
    refused("SUBJECT_NOT_FOUND", lambda: queries.version("inner", 1, deleted=True))
    refused("SCHEMA_NOT_FOUND", lambda: queries.schema(inner.schema.id))
    refused("SCHEMA_NOT_FOUND", lambda: queries.schema_by_guid(inner.schema.guid))
    refused("SCHEMA_NOT_FOUND", lambda: queries.uses(inner.schema.id))
    refused("SUBJECT_NOT_FOUND", lambda: commands.delete_subject("inner", permanent=True))
    assert queries.documents(queries.schema(outer.schema.id)) == {"in.Inner": PRINTED}
    commands.set_mode("inner", "IMPORT")
    refused("NOT_PERMITTED", lambda: commands.register("inner", avro(INT, id=9, version=1)))
    commands.set_mode("inner", "READWRITE")
    assert commands.register("inner", avro(INT)).number == 2
    assert commands.delete_subject("outer", permanent=True) == [1]
    assert queries.store.read(lambda snapshot: snapshot.version("inner", 1, erased=True)) is None
    assert queries.store.read(lambda snapshot: snapshot.kept_schema(inner.schema.id)) is None


def test_references_are_part_of_the_schema(commands: Commands, queries: Queries) -> None:
    """A reference to the latest version (-1) is kept by its number; a schema is found without its references too."""
    commands.register("inner", avro(INNER))
    outer = commands.register("outer", avro(OUTER, ("in.Inner", "inner", -1)))
    assert [each.version for each in outer.schema.references] == [1]
    whole = f'{{"type":"record","name":"Outer","fields":[{{"name":"i","type":{INNER}}}]}}'
    assert queries.lookup("outer", avro(whole)).number == outer.number
    assert "No schema reference found" in refused(
        "INVALID_SCHEMA", lambda: commands.register("outer", avro(OUTER, ("in.Inner", "inner", 7)))
    )


def test_references_of_protobuf(commands: Commands) -> None:
    """A .proto file imports what it refers to, and that what it refers to in turn; compatibility sees into it."""
    base, middle = 'syntax="proto3"; package p; message A {', 'syntax="proto3"; package p; import "a.proto"; '
    commands.register("a", proto(base + "int32 x = 1; }"))
    commands.register("b", proto(middle + "message B { A a = 1; }", ("a.proto", "a", 1)))
    top = 'syntax="proto3"; package p; import "b.proto"; message C { B b = 1; }'
    assert commands.register("c", proto(top, ("b.proto", "b", 1))).number == 1
    refused("INVALID_SCHEMA", lambda: commands.register("d", proto(top)))
    refused("INVALID_SCHEMA", lambda: commands.register("d", proto(top, ("b.proto", "a", 1))))


# --- modes and imports ---


@pytest.mark.parametrize("mode", ["READONLY", "READONLY_OVERRIDE"])
def test_read_only(commands: Commands, queries: Queries, mode: str) -> None:
    """Nothing changes where the mode says so; a subject's own mode may allow it, but not over the override."""
    commands.register("a", avro(INT))
    commands.set_mode(names.ALL, mode)  # type: ignore[arg-type]
    refused("NOT_PERMITTED", lambda: commands.register("a", avro(INT_MORE)))
    refused("NOT_PERMITTED", lambda: commands.delete_subject("a"))
    refused("NOT_PERMITTED", lambda: commands.set_config("a", Config("NONE")))
    commands.set_mode("a", "READWRITE")
    if mode == "READONLY":
        assert commands.register("a", avro(INT_MORE)).number == 2
    else:
        refused("NOT_PERMITTED", lambda: commands.register("a", avro(INT_MORE)))
        assert queries.mode("other") == mode
    commands.set_mode(names.ALL, None)
    assert commands.register("b", avro(INT)).number == 1


def test_imports_keep_ids_and_versions(commands: Commands, queries: Queries) -> None:
    """In mode IMPORT a schema has the id and the version that it is given; ids given later are higher."""
    commands.set_mode(names.ALL, "IMPORT")
    found = commands.register("a", avro(INT, id=100, version=7))
    assert (found.schema.id, found.number) == (100, 7)
    assert commands.register("a", avro(TEXT, id=50, version=8)).number == 8  # compatibility isn't asked
    assert commands.register("a", avro(INT)).schema.id == 100
    refused("NOT_PERMITTED", lambda: commands.register("a", avro(INT_MORE)))
    refused("NOT_PERMITTED", lambda: commands.register("b", avro(INT_MORE, id=100, version=1)))
    refused("NOT_PERMITTED", lambda: commands.register("a", avro(INT_MORE, id=101, version=7)))
    commands.set_mode(names.ALL, "READWRITE")
    assert commands.register("b", avro(INT_MORE)).schema.id == 101


def test_imports_of_one_schema(commands: Commands) -> None:
    """One schema may come with two ids, or as two versions; the same import again changes nothing."""
    commands.set_mode("a", "IMPORT")
    for id_, version in ((1, 1), (1, 2), (1, 1), (2, 3)):
        assert commands.register("a", avro(INT, id=id_, version=version)).schema.id == id_
    commands.set_mode("a", "READWRITE")
    assert commands.register("b", avro(INT)).schema.id == 1


def test_import_over_a_deleted_version(commands: Commands, queries: Queries) -> None:
    """A version that was deleted softly may be imported again, with other metadata too."""
    commands.register("a", avro(INT))
    commands.delete_subject("a")
    commands.set_mode(names.ALL, "IMPORT")
    assert commands.register("a", avro(INT, id=1, version=1, metadata={"properties": {"k": "v"}})).schema.id == 1
    assert queries.version("a", 1).schema.metadata == {"properties": {"k": "v"}}


@pytest.mark.parametrize(
    ("prepare", "candidate", "code"),
    [
        (None, avro(INT, id=7), "NOT_PERMITTED"),
        (None, avro(INT, version=2), "INVALID_SCHEMA"),
        ("IMPORT", avro(INT), "NOT_PERMITTED"),
    ],
)
def test_ids_only_in_imports(commands: Commands, prepare: str | None, candidate: Candidate, code: str) -> None:
    """An id is taken only in mode IMPORT, and needed there; a version must be the next one elsewhere."""
    if prepare:
        commands.set_mode("a", prepare)  # type: ignore[arg-type]
    refused(code, lambda: commands.register("a", candidate))


def test_import_mode_needs_an_empty_registry(commands: Commands) -> None:
    """IMPORT is refused where there are versions, unless it is forced; deleted ones don't count."""
    commands.register("a", avro(INT))
    refused("NOT_PERMITTED", lambda: commands.set_mode("a", "IMPORT"))
    refused("NOT_PERMITTED", lambda: commands.set_mode(names.ALL, "IMPORT"))
    commands.set_mode("b", "IMPORT")
    commands.set_mode("a", "IMPORT", force=True)
    commands.delete_subject("a")
    commands.set_mode(names.ALL, "IMPORT")


def test_the_highest_id_is_the_last(commands: Commands) -> None:
    """Ids fit the four bytes of a frame: no id is given after 2³¹−1, and the registry says so."""
    commands.set_mode("a", "IMPORT")
    commands.register("a", avro(INT, id=2**31 - 1, version=1))
    refused("STORE_FAILED", lambda: commands.register("b", avro(TEXT)))
    assert commands.register("c", avro(INT)).schema.id == 2**31 - 1


# --- settings ---


def test_levels_are_inherited(commands: Commands, queries: Queries) -> None:
    """A subject's level is its own, or that of all, which is BACKWARD until it is set."""
    assert queries.config().level == "BACKWARD"
    refused("CONFIG_NOT_FOUND", lambda: queries.config("a"))
    commands.set_config(names.ALL, Config("FULL"))
    assert queries.config("a", inherit=True).level == "FULL"
    commands.set_config("a", Config("NONE"))
    commands.set_config("a", Config(normalize=True))
    assert queries.config("a") == Config("NONE", normalize=True)
    assert commands.drop_config("a").level == "NONE"
    refused("SUBJECT_NOT_FOUND", lambda: commands.drop_config("a"))
    assert commands.drop_config().level == "FULL"
    assert queries.config().level == "BACKWARD"


def test_modes_are_inherited(commands: Commands, queries: Queries) -> None:
    """A subject's mode is its own, or that of all, which is READWRITE until it is set."""
    refused("MODE_NOT_FOUND", lambda: queries.mode("a"))
    assert queries.mode("a", inherit=True) == "READWRITE"
    commands.set_mode("a", "READONLY")
    assert queries.mode("a") == "READONLY"
    assert commands.drop_mode("a") == "READONLY"
    refused("SUBJECT_NOT_FOUND", lambda: commands.drop_mode("a"))
    assert commands.drop_mode() == "READWRITE"


def test_metadata_finds_a_version(commands: Commands, queries: Queries) -> None:
    """The newest version is found whose metadata has all the properties that are asked for."""
    for text, owner in ((record("A"), "x"), (record("B"), "x"), (record("C"), "y")):
        commands.set_config("a", Config("NONE"))
        commands.register("a", avro(text, metadata={"properties": {"owner": owner, "v": "1"}}))
    assert queries.matching("a", {"owner": "x", "v": "1"}).number == 2
    refused("SCHEMA_NOT_FOUND", lambda: queries.matching("a", {"owner": "z"}))
    refused("SUBJECT_NOT_FOUND", lambda: queries.matching("none", {}))
