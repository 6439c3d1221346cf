"""The registry's rules, each alone: nothing is read or written, and no schema's text matters."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from registry.domain import names, rules
from registry.domain.errors import RegistryError
from registry.domain.model import Candidate, Config, Mode, Version
from registry.domain.parsing import Parsed
from schemas.compatibility import Level

Given = Config | None


def parsed(content: str = "A", *, metadata: dict[str, object] | None = None) -> Parsed:
    return Parsed("AVRO", content, (), metadata, None, (), content.encode())


def version(number: int, content: str = "A", *, id_: int = 1, deleted: bool = False, **more: object) -> Version:
    return Version("s", number, parsed(content, **more).stored(id_), deleted)  # type: ignore[arg-type]


def numbers(found: list[Version]) -> list[int]:
    return [each.number for each in found]


def refusal(run: Callable[[], object]) -> str | None:
    """The code of the refusal; None: nothing was refused."""
    try:
        run()
    except RegistryError as error:
        return error.code
    return None


LIVE = [version(1, "A"), version(2, "B", deleted=True), version(3, "C"), version(4, "D")]
GONE = [version(1, "A", deleted=True), version(2, "B", deleted=True)]


# --- settings ---


@pytest.mark.parametrize(
    ("own", "all_", "wanted"),
    [
        (None, None, Config("BACKWARD")),
        (None, Config("FULL", True), Config("FULL", True)),
        (Config("NONE"), Config("FULL", True), Config("NONE", True)),
        (Config(normalize=False), Config("FULL", True), Config("FULL", False)),
    ],
)
def test_what_holds(own: Given, all_: Given, wanted: Config) -> None:
    """A subject's own settings come first, each for itself, then those for all, then BACKWARD."""
    assert rules.effective_config(own, all_) == wanted


def test_what_is_not_said_stays() -> None:
    """Changes set what they say, and leave the rest."""
    assert rules.changed_config(None, Config("FULL")) == Config("FULL")
    assert rules.changed_config(Config("FULL", True), Config(normalize=False)) == Config("FULL", False)
    assert rules.changed_config(Config("FULL", True), Config("NONE")) == Config("NONE", True)


@pytest.mark.parametrize(
    ("own", "all_", "wanted"),
    [
        (None, None, "READWRITE"),
        (None, "READONLY", "READONLY"),
        ("IMPORT", "READONLY", "IMPORT"),
        ("READWRITE", "READONLY_OVERRIDE", "READONLY_OVERRIDE"),
    ],
)
def test_modes(own: Mode | None, all_: Mode | None, wanted: Mode) -> None:
    """A subject's own mode comes first, but for READONLY_OVERRIDE for all."""
    assert rules.effective_mode(own, all_) == wanted


@pytest.mark.parametrize(
    ("mode", "writable", "is_open", "imports"),
    [
        ("READWRITE", True, True, False),
        ("READONLY", False, False, False),
        ("READONLY_OVERRIDE", False, False, False),
        ("IMPORT", True, False, True),
    ],
)
def test_what_a_mode_allows(mode: Mode, writable: bool, is_open: bool, imports: bool) -> None:
    """Read-only modes allow no change, IMPORT only what comes with its id, READWRITE all but that."""
    checks = (rules.check_writable, writable), (rules.check_open, is_open), (rules.check_import, imports)
    for check, allowed in checks:
        assert refusal(lambda check=check: check(mode, "s")) == (None if allowed else "NOT_PERMITTED")


@pytest.mark.parametrize(
    ("now", "wanted", "used", "force", "allowed"),
    [
        ("READWRITE", "IMPORT", False, False, True),
        ("READWRITE", "IMPORT", True, False, False),
        ("READWRITE", "IMPORT", True, True, True),
        ("IMPORT", "IMPORT", True, False, True),
        ("READWRITE", "READONLY", True, False, True),
    ],
)
def test_changing_to_import(now: Mode, wanted: Mode, used: bool, force: bool, allowed: bool) -> None:
    """IMPORT needs a place without versions, or force."""
    found = refusal(lambda: rules.check_mode_change(now, wanted, used=used, force=force))
    assert found == (None if allowed else "NOT_PERMITTED")


def test_only_what_is_set_is_dropped() -> None:
    """A subject without settings has none to drop; those for all can always be dropped."""
    assert refusal(lambda: rules.check_set("s", None)) == "SUBJECT_NOT_FOUND"
    assert refusal(lambda: rules.check_set("s", "IMPORT")) is None
    assert refusal(lambda: rules.check_set(names.ALL, None)) is None


def test_settings_that_are_not_its_own() -> None:
    """Those for all are told of a subject only if the caller says so, or if they come first anyway."""
    assert refusal(lambda: rules.check_config_shown("s", None, inherit=False)) == "CONFIG_NOT_FOUND"
    assert refusal(lambda: rules.check_config_shown("s", None, inherit=True)) is None
    assert refusal(lambda: rules.check_config_shown("s", Config(), inherit=False)) is None
    assert refusal(lambda: rules.check_config_shown(names.ALL, None, inherit=False)) is None
    assert refusal(lambda: rules.check_mode_shown("s", None, "READWRITE", inherit=False)) == "MODE_NOT_FOUND"
    assert refusal(lambda: rules.check_mode_shown("s", None, "READONLY_OVERRIDE", inherit=False)) is None
    assert refusal(lambda: rules.check_mode_shown("s", "READWRITE", "READWRITE", inherit=False)) is None


# --- versions ---


def test_soft_deletion_hides() -> None:
    """Deleted versions are seen by those who ask for them."""
    assert numbers(rules.shown(LIVE, deleted=False)) == [1, 3, 4]
    assert numbers(rules.shown(LIVE, deleted=True)) == [1, 2, 3, 4]
    assert numbers(rules.shown(LIVE, deleted=False, only_deleted=True)) == [2]


def test_the_same_schema() -> None:
    """The newest version with the schema is found, a deleted one if it may be."""
    versions = [version(1, "A"), version(2, "A"), version(3, "B", deleted=True)]
    assert rules.same(versions, parsed("A")) == versions[1]
    assert rules.same(versions, parsed("B")) is None
    assert rules.same(versions, parsed("B"), deleted=True) == versions[2]


def test_metadata_that_is_not_said() -> None:
    """A schema without metadata is the same with any; one with metadata only with that; an exact match comes first."""
    versions = [version(1, "A"), version(2, "A", metadata={"k": "v"})]
    assert rules.same(versions, parsed("A")) == versions[0]
    assert rules.same(versions[1:], parsed("A")) == versions[1]
    assert rules.same(versions, parsed("A", metadata={"k": "v"})) == versions[1]
    assert rules.same(versions, parsed("A", metadata={"k": "w"})) is None


def test_properties() -> None:
    """The newest version whose metadata has all the properties that are asked for."""
    versions = [
        version(1, metadata={"properties": {"a": "1", "b": "2"}}),
        version(2, metadata={"properties": {"a": "1"}}),
        version(3),
    ]
    assert rules.matching(versions, {"a": "1"}, deleted=False) == versions[1]
    assert rules.matching(versions, {"a": "1", "b": "2"}, deleted=False) == versions[0]
    assert rules.matching(versions, {"b": "3"}, deleted=False) is None


@pytest.mark.parametrize(
    ("level", "wanted"), [("NONE", []), ("BACKWARD", [4]), ("FULL", [4]), ("FORWARD_TRANSITIVE", [1, 3, 4])]
)
def test_what_is_compared(level: Level, wanted: list[int]) -> None:
    """A new version is compared with the newest, by a transitive level with all; never with deleted ones."""
    assert numbers(rules.compared(LIVE, level)) == wanted
    assert rules.compared(GONE, level) == []


def test_comparing_with_one() -> None:
    """A version can be named, or the latest, which may not exist; a version that isn't there can't."""
    assert numbers(rules.asked_for(LIVE, 1)) == [1]
    assert numbers(rules.asked_for(LIVE, names.LATEST)) == [4]
    assert rules.asked_for(GONE, names.LATEST) == []
    for number in (2, 9):
        assert refusal(lambda number=number: rules.asked_for(LIVE, number)) == "VERSION_NOT_FOUND"


# --- registering and importing ---


@pytest.mark.parametrize(
    ("id_", "number", "wanted"),
    [(None, None, True), (1, None, True), (2, None, False), (1, 3, True), (1, 4, False), (None, 4, False)],
)
def test_what_is_there_already(id_: int | None, number: int | None, wanted: bool) -> None:
    """A version is what was asked for if it has the id and the number that were named."""
    assert rules.settles(version(3), Candidate(text="", id=id_, version=number)) is wanted


@pytest.mark.parametrize(
    ("mode", "id_", "wanted"),
    [("READWRITE", None, True), ("IMPORT", None, True), ("READONLY", None, False), ("READWRITE", 7, False)],
)
def test_registering_again(mode: Mode, id_: int | None, wanted: bool) -> None:
    """Registering what is there needs no writing; an import may, and where nothing may be written it is refused."""
    assert rules.needs_no_writing(mode, Candidate(text="", id=id_)) is wanted


def test_the_next_number() -> None:
    """A new version has the next number, and no other; there is none after the last (B72)."""
    assert rules.number_for(Candidate(text=""), 5) == 5
    assert rules.number_for(Candidate(text="", version=5), 5) == 5
    assert refusal(lambda: rules.number_for(Candidate(text="", version=6), 5)) == "INVALID_SCHEMA"
    assert refusal(lambda: rules.number_for(Candidate(text=""), names.MAX_NUMBER + 1)) == "NOT_PERMITTED"


def test_metadata_is_taken_over() -> None:
    """A candidate that says nothing of metadata gets that of the newest version that is not deleted."""
    versions = [version(1, metadata={"k": "v"}), version(2, metadata={"k": "w"}, deleted=True)]
    assert rules.described(parsed("B"), Candidate(text=""), versions).metadata == {"k": "v"}
    assert rules.described(parsed("B"), Candidate(text="", metadata={}), versions).metadata is None
    assert rules.described(parsed("B"), Candidate(text=""), []).metadata is None


@pytest.mark.parametrize("number", [0, -1, names.MAX_NUMBER + 1, 1 << 70])
def test_numbers_that_none_can_have(number: int) -> None:
    """An import names an id, and perhaps a number, that a schema and a version can have (B72)."""
    assert rules.imported_as(Candidate(text="", id=7), 3) == (7, 3)
    assert rules.imported_as(Candidate(text="", id=7, version=9), 3) == (7, 9)
    assert refusal(lambda: rules.imported_as(Candidate(text="", id=number), 3)) == "NOT_PERMITTED"
    if number:
        assert refusal(lambda: rules.imported_as(Candidate(text="", id=7, version=number), 3)) == "NOT_PERMITTED"


def test_an_id_that_is_taken() -> None:
    """An id that is taken goes to a schema that differs in metadata only, when no version that is left uses it."""
    holder = parsed("A").stored(7)
    gone, live = [version(1, deleted=True)], [version(1)]
    renamed, other = parsed("A", metadata={"k": "v"}), parsed("B")
    assert refusal(lambda: rules.check_id(renamed, holder, gone)) is None
    assert refusal(lambda: rules.check_id(renamed, holder, live)) == "NOT_PERMITTED"
    assert refusal(lambda: rules.check_id(other, holder, gone)) == "NOT_PERMITTED"


def test_a_place_that_is_taken() -> None:
    """An import takes a free place or a deleted version's; one with the same schema; not another schema's."""
    assert refusal(lambda: rules.check_place("s", 1, None, 7, erased=False)) is None
    assert refusal(lambda: rules.check_place("s", 1, version(1, id_=7), 7, erased=False)) is None
    assert refusal(lambda: rules.check_place("s", 1, version(1, id_=8, deleted=True), 7, erased=False)) is None
    assert refusal(lambda: rules.check_place("s", 1, version(1, id_=8), 7, erased=False)) == "NOT_PERMITTED"
    assert refusal(lambda: rules.check_place("s", 1, None, 7, erased=True)) == "NOT_PERMITTED"


# --- deleting ---


@pytest.mark.parametrize(
    ("versions", "permanent", "wanted"),
    [
        (LIVE, False, [1, 3, 4]),
        (LIVE, True, "SUBJECT_NOT_DELETED"),
        (GONE, False, "SUBJECT_DELETED"),
        (GONE, True, [1, 2]),
        ([], False, "SUBJECT_NOT_FOUND"),
        ([], True, "SUBJECT_NOT_FOUND"),
    ],
)
def test_deleting_a_subject(versions: list[Version], permanent: bool, wanted: list[int] | str) -> None:
    """What is left is deleted softly; when nothing is left, all is deleted permanently."""
    if isinstance(wanted, str):
        assert refusal(lambda: rules.deletable("s", versions, permanent=permanent)) == wanted
    else:
        assert rules.deletable("s", versions, permanent=permanent) == wanted


def test_deleting_a_version() -> None:
    """Softly first, then permanently."""
    live, gone = version(1), version(1, deleted=True)
    assert refusal(lambda: rules.check_deletable(live, permanent=False)) is None
    assert refusal(lambda: rules.check_deletable(gone, permanent=True)) is None
    assert refusal(lambda: rules.check_deletable(live, permanent=True)) == "VERSION_NOT_DELETED"
    assert refusal(lambda: rules.check_deletable(gone, permanent=False)) == "VERSION_DELETED"


def test_what_is_referred_to_stays() -> None:
    """A version that a schema refers to is not deleted."""
    assert refusal(lambda: rules.check_unreferenced("s", 1, [])) is None
    assert refusal(lambda: rules.check_unreferenced("s", 1, [5])) == "REFERENCED"
