"""The registry's errors: their kinds, and what of them the documentation says."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

import translator
from registry.client.answers import AnswerError
from registry.domain import errors
from registry.domain.errors import Kind, RegistryError
from tests.registry.support import ROOT

MADE = re.findall(r'RegistryError\(Kind\.(\w+), "(\w+)"', Path(errors.__file__).read_text())


def test_codes_are_documented() -> None:
    """docs/registry.md has each code, beside its kind, and no other."""
    table = (ROOT / "docs/registry.md").read_text().partition("| kind | codes |")[2]
    rows = re.findall(r"^\| ([a-z ]+) \| (.+) \|$", table, re.MULTILINE)
    told = {(kind, code) for kind, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    assert told == {(Kind[kind].value, code) for kind, code in MADE}


def test_one_code_has_one_kind() -> None:
    """A code is made in one place."""
    assert len({code for _, code in MADE}) == len(MADE)


@pytest.mark.parametrize(
    "error", [errors.no_subject("a"), errors.empty_schema(), errors.no_schema(), AnswerError(40401, "words")]
)
def test_errors_pickle(error: RegistryError) -> None:
    """An error goes to another process whole."""
    again = pickle.loads(pickle.dumps(error))
    assert (again.kind, again.code, again.message, again.facts) == (error.kind, error.code, error.message, error.facts)
    assert str(again) == str(error)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(40401, Kind.NOT_FOUND), (404, Kind.NOT_FOUND), (409, Kind.CONFLICT), (40902, Kind.CONFLICT),
     (42201, Kind.REFUSED), (401, Kind.REFUSED), (50001, Kind.FAILED), (503, Kind.FAILED)],
)  # fmt: skip
def test_kinds_of_answers(number: int, kind: Kind) -> None:
    """What a registry answered is of the kind that its number says."""
    assert AnswerError(number, "words").kind is kind


def test_the_root() -> None:
    """Whoever catches the root of all errors catches the registry's."""
    assert issubclass(RegistryError, translator.TranslatorError)
