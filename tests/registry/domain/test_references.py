"""What a schema refers to, gathered: in order, bounded, and refused where it forms a circle."""

from __future__ import annotations

import pytest

from registry.domain import references
from registry.domain.errors import RegistryError
from registry.domain.model import Reference, StoredSchema, Version


def versions(*rows: tuple[str, int, list[tuple[str, str, int]]]) -> references.Find:
    """A look-up in these versions: subject, number, and what each refers to."""
    found = {
        (subject, number): Version(
            subject, number,
            StoredSchema(id=at + 1, guid="", type="AVRO", text=f"{subject}{number}", metadata=None, rules=None,
                         identity=b"", references=tuple(Reference(*each) for each in refers_to)),
        )
        for at, (subject, number, refers_to) in enumerate(rows)
    }  # fmt: skip
    newest = {subject: max(n for s, n in found if s == subject) for subject, _ in found}
    return lambda subject, number: found.get((subject, newest.get(subject, 0) if number == -1 else number))


def test_what_is_referred_to_comes_first() -> None:
    """Each text comes after those that it refers to, and once, however many ways lead to it."""
    find = versions(("a", 1, [("B", "b", 1), ("C", "c", 1)]), ("b", 1, [("C", "c", 1)]), ("c", 1, []))
    assert references.gather([Reference("A", "a", 1)], find) == (("C", "c1"), ("B", "b1"), ("A", "a1"))
    assert references.gather([], find) == ()


def test_the_latest_is_resolved() -> None:
    """A reference to -1 is one to the number that is the latest now."""
    find = versions(("a", 1, []), ("a", 4, []))
    assert references.resolved([Reference("A", "a", -1)], find) == (Reference("A", "a", 4),)


def test_one_text_may_stand_twice_under_one_name() -> None:
    """Two versions with the same text under one name are one; with other texts they are refused."""
    same = versions(("a", 1, []), ("b", 1, [("X", "a", 1)]))
    assert references.gather([Reference("X", "a", 1), Reference("B", "b", 1)], same) == (("X", "a1"), ("B", "b1"))
    other = versions(("a", 1, []), ("a", 2, []), ("b", 1, [("X", "a", 2)]))
    with pytest.raises(RegistryError, match="two of the schemas"):
        references.gather([Reference("X", "a", 1), Reference("B", "b", 1)], other)


@pytest.mark.parametrize(
    ("find", "reason"),
    [
        (versions(("a", 1, [("A", "a", 1)])), "lead back"),
        (versions(("a", 1, [("B", "b", 1)]), ("b", 1, [("A2", "a", 1)])), "lead back"),
        (versions(*((f"{'a' * at}", 1, [(f"N{at}", "a" * (at + 1), 1)]) for at in range(1, 60))), "50 deep"),
        (versions(("a", 1, [(f"N{at}", "b", at) for at in range(1, 1100)]), *(("b", at, []) for at in range(1, 1100))),
         "more than 1000"),
        (versions(("a", 1, [("B", "b", 7)])), 'subject "b" and version 7'),
    ],
    ids=["itself", "cycle", "deep", "many", "missing"],
)  # fmt: skip
def test_no_end(find: references.Find, reason: str) -> None:
    """References in a circle, too deep, to too many or to nothing are refused with INVALID_SCHEMA (B73)."""
    with pytest.raises(RegistryError, match=reason) as error:
        references.gather([Reference("A", "a", 1)], find)
    assert error.value.code == "INVALID_SCHEMA"
