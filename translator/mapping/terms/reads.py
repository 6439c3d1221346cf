"""The terms of paths: what is read of the source, and as which type."""

from __future__ import annotations

from functools import partial

from schemas.model import Any, Bool, Enum, Float, Int, Null, Record, String, Type, Union
from translator.mapping.document import model
from translator.mapping.document.path import Name, Segment, UnionBranch
from translator.mapping.terms.constants import REAL, TEXT, TRUTH, WHOLE
from translator.mapping.terms.conversions import Conversions, way
from translator.mapping.terms.scopes import Scopes
from translator.mapping.terms.terms import Found, IsPresent, LoopKey, PathStart, Read, Tagged, TaggedMember, Wrong
from translator.mapping.terms.viewing import ANYTHING, HELD
from translator.mapping.terms.wants import NoSuchPath, branch_names
from translator.plan.convert import convert
from translator.plan.shapes import describe, is_choice


class Reads:
    """Makes terms of one mapping's paths.

    A path is read as its target wants it where that is known and safe, so that a value without modifiers costs no more
    than without a mapping. Else it is read as the source has it, and converted afterwards.
    """

    def __init__(self, conversions: Conversions, scopes: Scopes) -> None:
        self._convert = conversions
        self._context = conversions.context
        self._scopes = scopes

    def natural(self, source: model.Source) -> Type | None:
        """The type of what stands at a path, None where the source doesn't type it. Wrong: there is no such path."""
        if not isinstance(source, model.PathSource):
            return None
        try:
            place = self._scopes.place(source.path, source.key)
            return place.loop.keys if place.key and place.loop else place.view.natural(place.path)
        except NoSuchPath as error:
            raise Wrong(source.key, str(error)) from None

    def path(self, source: model.PathSource, wanted: Type | None, hint: Type) -> Found:
        """What stands at a path, as `wanted` where that can be. `hint`: what to read where the source doesn't say."""
        try:
            place = self._scopes.place(source.path, source.key)
            if place.key:
                assert place.loop is not None
                assert place.loop.keys is not None
                return LoopKey(place.loop.keys, source.key, place.loop)
            if place.base is not None and not place.path:
                raise NoSuchPath("what is selected can't be taken as a whole: name a member of it")
            return self._read(place, source.key, wanted, hint)
        except NoSuchPath as error:
            raise Wrong(source.key, str(error)) from None

    def presence(self, source: model.PathSource, key: str) -> IsPresent | None:
        """Whether there is a value at a path, where no more than that need be read: of records."""
        try:
            place = self._scopes.place(source.path, source.key)
            if place.base is not None and not place.path:
                return IsPresent(TRUTH, key, place.base)
            there = None if place.key else self._record_there(place, source.key)
        except NoSuchPath as error:
            raise Wrong(source.key, str(error)) from None
        return None if there is None else IsPresent(TRUTH, key, there)

    def _read(self, place: PathStart, key: str, wanted: Type | None, hint: Type) -> Found:
        natural = place.view.natural(place.path)
        if tagged := self._tagged(place, key, natural, wanted):
            return tagged
        type_ = self._read_as(natural, wanted, hint, place.view.within(place.path))
        if natural is not None and type_ is wanted:
            self._refuse_early(natural, type_, key)
        if natural is None and (place.view.alike or self._mixed(place, type_)):
            type_ = ANYTHING
        if natural is None and not isinstance(self._context.meaning(type_), Any):
            self._convert.losses.add(
                key, "checked", f"refused where the source has no {describe(self._context.meaning(type_))}"
            )
        want = place.view.want(place.path, type_, key)
        return Read(type_, key, want, place.base)

    def _mixed(self, place: PathStart, type_: Type) -> bool:
        """Whether a value is one of a list or map that may have others of other kinds: it is converted once it is
        found."""
        return place.view.within(place.path) and isinstance(self._context.meaning(type_), String | Int | Float | Bool)

    def _tagged(self, place: PathStart, key: str, natural: Type | None, wanted: Type | None) -> Tagged | None:
        """A value that says what it is: a record whose members are one oneof, where no record is wanted; a union."""
        if natural is None or natural in self._convert.expanding:
            return None
        if isinstance(natural, Union):
            raw = self._context.meaning(place.view.raw(place.path))
            branches = raw.branches if isinstance(raw, Union) else ()
            names = branch_names(branches)
            tails: list[Segment] = [
                UnionBranch(name) for name, each in zip(names, branches, strict=True) if not isinstance(each, Null)
            ]
            implied = False
        elif is_one_oneof(natural):
            assert isinstance(natural, Record)
            tails = [Name(each.name) for each in natural.fields]
            implied = True
        else:
            return None
        if wanted is not None and (not implied or isinstance(self._context.meaning(wanted), HELD[:3])):
            return None

        places = [PathStart(place.view, (*place.path, tail), place.base, place.loop) for tail in tails]
        members = [
            TaggedMember(place.view.natural(each.path), partial(self._read, each, key, hint=ANYTHING),
                         partial(self._there, each, key))
            for each in places
        ]  # fmt: skip
        return Tagged(natural, key, members, place.base, implied)

    def _there(self, place: PathStart, key: str) -> Found:
        """What is there where a value is, of whose content no more than that is read."""
        return self._record_there(place, key) or self._read(place, key, None, ANYTHING)

    @staticmethod
    def _record_there(place: PathStart, key: str) -> Read | None:
        want = place.view.presence(place.path, key)
        return None if want is None else Read(want.result, key, want, place.base)

    def _refuse_early(self, natural: Type, wanted: Type, key: str) -> None:
        """What reading would refuse with less to say."""
        meant = self._context.meaning(wanted)
        held = isinstance(meant, (*HELD, Any)) or isinstance(natural, Any)
        if held or convert(natural, meant, self._context.policies):
            return
        if isinstance(natural, Enum | String) and isinstance(meant, Enum | String):
            return
        raise Wrong(key, f"{describe(natural)} can't become {describe(meant)}{way(natural, meant)}")

    def _read_as(self, natural: Type | None, wanted: Type | None, hint: Type, within: bool) -> Type:
        """The type to read a path as. What is one of many is read as it is and then converted, so that what its
        neighbours can't become doesn't matter."""
        if natural is None:
            return wanted if wanted is not None else hint
        if isinstance(natural, Any) and wanted is not None and not isinstance(wanted, Any):
            return ANYTHING
        if wanted is None:
            return self._convert.twins.as_json(natural) if isinstance(natural, HELD[:3]) else self._shared(natural)
        meant = self._context.meaning(wanted)
        if isinstance(meant, Any) and not isinstance(natural, Any) and not self._convert.reading.format.self_describing:
            return self._convert.twins.as_untyped(natural)
        numbers = isinstance(natural, Int | Float) and isinstance(meant, Int | Float)
        if not within and _plain(natural) and type(natural) is type(meant) and _plain(meant):
            return self._shared(wanted)
        if not within or isinstance(meant, (*HELD[:3], Any)) or (numbers and self._convert.reading.format.text_numbers):
            return wanted
        return wanted if is_choice(wanted) and isinstance(natural, Union) else self._shared(natural)

    @staticmethod
    def _shared(type_: Type) -> Type:
        """Common types are one object, so that a member wanted twice in one type is read once."""
        match type_:
            case String(validated=True):
                return TEXT
            case Float(bits=64):
                return REAL
            case Int(bits=64, signed=True):
                return WHOLE
            case Bool():
                return TRUTH
            case _:
                return type_


def is_one_oneof(type_: Type) -> bool:
    """Whether a value is what one of its members says: all of them are in one oneof (OTLP's AnyValue)."""
    if not isinstance(type_, Record) or not type_.fields:
        return False
    return len({each.oneof for each in type_.fields}) == 1 and type_.fields[0].oneof is not None


def _plain(type_: Type) -> bool:
    """Whether no format refuses what the type holds, so that it may be read once for all."""
    return isinstance(type_, Int | Bool) or (isinstance(type_, String) and type_.validated)
