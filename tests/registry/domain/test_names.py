"""What subjects and versions may be called (B71, B72)."""

from __future__ import annotations

import pytest

from registry.domain import names
from registry.domain.errors import RegistryError


@pytest.mark.parametrize("name", ["a", "a/b", "../..", "ü/日本", " ", "%2f", "x" * 1024])
def test_names_are_data(name: str) -> None:
    """A subject may be called nearly anything."""
    assert names.subject(name) == name


@pytest.mark.parametrize("name", ["", "__GLOBAL", "__EMPTY", "a\0", "a\r\nb", "\x7f", "\x85", "x" * 1025])
def test_names_that_none_can_have(name: str) -> None:
    """Not nothing, no control characters, no name with a meaning of its own, and not without end."""
    with pytest.raises(RegistryError) as error:
        names.subject(name)
    assert error.value.code == "INVALID_SUBJECT"


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("2147483647", names.MAX_NUMBER), ("latest", -1), ("-1", -1)])
def test_versions(text: str, number: int) -> None:
    """A version is a number of 31 bits, or the latest."""
    assert names.version(text) == number


@pytest.mark.parametrize("text", ["0", "-2", "2147483648", "9" * 100, "newest", "1.0", "", "١"])
def test_versions_that_can_not_be(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(RegistryError) as error:
        names.version(text)
    assert error.value.code == "INVALID_VERSION"
