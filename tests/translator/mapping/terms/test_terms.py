"""The kinds of terms are a closed set, and what is asked of any term is known of each."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import get_args

from schemas.model import String
from translator.mapping.terms import terms
from translator.mapping.terms.terms import Const, Every, First, Join, Require, Tagged, Term, Uuid5, When

TEXT = String()
X, Y = Const(TEXT, "x", "x"), Const(TEXT, "y", "y")


def test_the_union_has_them_all() -> None:
    """Every class with a type and a key is a kind of term, but for the one whose type isn't settled."""
    base = Const.__mro__[1]
    made = {each for each in vars(terms).values() if isinstance(each, type) and issubclass(each, base)} - {base}
    assert made == {*get_args(Term), Tagged}
    assert all(is_dataclass(each) for each in made)


def test_absence() -> None:
    """A value on a condition may be absent; so may a text made of it, the first of several only where all may be."""
    maybe = When(TEXT, "k", X, Y)
    assert terms.optional(maybe)
    assert not terms.optional(X)
    assert terms.optional(Join(TEXT, "k", [X, maybe]))
    assert not terms.optional(First(TEXT, "k", [maybe, X]))
    assert terms.optional(First(TEXT, "k", [maybe, maybe]))
    assert not terms.optional(Require(TEXT, "k", maybe))
    assert not terms.optional(Every(TEXT, "k", [maybe], whole=True))


def test_demands() -> None:
    """A demand refuses only where the value may be absent, however deep it stands."""
    maybe = When(TEXT, "k", X, Y)
    assert terms.may_refuse(Uuid5(TEXT, "k", b"", [X, Require(TEXT, "k", maybe)]))
    assert not terms.may_refuse(Require(TEXT, "k", X))
    assert terms.parts(maybe) == [X, Y]


def test_terms_are_themselves() -> None:
    """Equal terms are two, since each has a register of its own."""
    assert Const(TEXT, "x", "x") != X
    assert len({X, Y, Const(TEXT, "x", "x")}) == 3
