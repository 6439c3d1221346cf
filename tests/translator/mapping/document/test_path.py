"""Paths of a mapping: what each reads as, and the column of each mistake."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translator.mapping.document import Index, Key, Name, PathError, UnionBranch, format_path, parse_path, parse_target

PATHS = [
    ("a", (Name("a"),)),
    ("a.b-c.$d", (Name("a"), Name("b-c"), Name("$d"))),
    ("größe", (Name("größe"),)),
    ('a["any key"]', (Name("a"), Key("any key"))),
    ('["odd name"].b', (Key("odd name"), Name("b"))),
    ('a["]\\"\\u00e9"]', (Name("a"), Key(']"é'))),
    ('a[""]', (Name("a"), Key(""))),
    ("a[0][12].b", (Name("a"), Index(0), Index(12), Name("b"))),
    ("a[4294967294]", (Name("a"), Index(4294967294))),
    ("data:string", (Name("data"), UnionBranch("string"))),
    ("data:AvroCloudEventData.value[0]", (Name("data"), UnionBranch("AvroCloudEventData"), Name("value"), Index(0))),
    ('data:"com.example.Event".id', (Name("data"), UnionBranch("com.example.Event"), Name("id"))),
]


@pytest.mark.parametrize(("text", "segments"), PATHS)
def test_path(text: str, segments: Any) -> None:
    """Paths read as their segments, and segments print as a path that reads back."""
    assert parse_path(text) == segments
    assert parse_path(format_path(segments)) == segments


WRONG_PATHS = [
    ("", 1, "a path can't be empty"),
    (".a", 1, "begins with a name"),
    (":a", 1, "begins with a name"),
    ("[0]", 1, "the message itself is not a list"),
    ("a..b", 3, 'a name must follow "."'),
    ("a.", 3, 'a name must follow "."'),
    ("a b", 2, "is not allowed here"),
    ("a\n", 2, "is not allowed here"),
    ("a[-1]", 3, "counts from 0"),
    ("a[01]", 3, "is not an item number"),
    ("a[٣]", 3, "an item's number or a key in double quotes"),
    ("a[4294967295]", 3, "is not an item number"),
    ("a[" + "9" * 9999 + "]", 3, "is not an item number"),
    ("a['b']", 3, "an item's number or a key in double quotes"),
    ("a[", 3, "an item's number or a key in double quotes"),
    ("a[0", 4, '"]" must follow: it closes the "[" at column 2'),
    ('a["b"', 6, '"]" must follow'),
    ('a["b', 3, "a closing quote is missing"),
    ('a["\\x"]', 3, "is not a JSON string"),
    ('a["\\ud800"]', 3, "is not a JSON string"),
    ('a["\n"]', 3, "is not a JSON string"),
    ("a:", 3, "a branch's type name"),
    ("a.b" + ".c" * 63, 128, "at most 64 parts"),
]


@pytest.mark.parametrize(("text", "column", "reason"), WRONG_PATHS)
def test_wrong_path(text: str, column: int, reason: str) -> None:
    """A path's mistake is told with its column."""
    with pytest.raises(PathError) as caught:
        parse_path(text)
    assert caught.value.column == column
    assert reason in caught.value.reason


@pytest.mark.parametrize("text", ["a[0]", "a:b", ""])
def test_targets_have_names_and_keys_only(text: str) -> None:
    """What is written has a place of its own: no item of a list, no branch."""
    with pytest.raises(PathError):
        parse_target(text)


@given(st.text(max_size=20) | st.text('ab.[]":0-\\', max_size=12))
def test_any_text_is_a_path_or_refused(text: str) -> None:
    """Whatever the text, it is a path or a PathError, and a path prints as itself."""
    try:
        segments = parse_path(text)
    except PathError:
        return
    assert parse_path(format_path(segments)) == segments
