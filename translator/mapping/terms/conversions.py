"""Conversions between a mapping's values: each is exact or checked, and what must be asked for is made only then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from msgspec.structs import asdict
from msgspec.structs import replace as replaced

from native.binding import C
from schemas.model import (
    Any,
    Bool,
    Bytes,
    Date,
    Decimal,
    Enum,
    Fixed,
    Float,
    Int,
    String,
    Timestamp,
    Type,
    Union,
    nullable,
)
from translator.losses import Losses
from translator.mapping.document import model
from translator.mapping.terms.constants import REAL, TEXT, Outcome, branch_of, misfit, one, rounded, shown
from translator.mapping.terms.terms import Const, First, Found, Json, Shared, Steps, Tagged, Term, Untyped, Wrong
from translator.mapping.terms.viewing import HELD, Twins
from translator.plan import steps
from translator.plan.compilation import Compilation
from translator.plan.convert import checked, convert, parse, printed
from translator.plan.reading import Reading
from translator.plan.shapes import describe, is_choice, optional
from translator.policies import Policies

_NARROW = 1 << 31
"""A table's numbers have 32 bits."""


class Chosen(Policies, frozen=True, kw_only=True):
    """A value's own policies. `cut`: a number's fraction is cut off."""

    cut: bool = False


class Conversions:
    """Makes one term of another."""

    def __init__(self, context: Compilation, reading: Reading, twins: Twins) -> None:
        self.context = context
        self.reading = reading
        self.twins = twins
        self.policies = Chosen(**asdict(context.policies))
        """The plan's, for a value without its own."""
        self.losses = Losses()
        """What conversions may refuse, by the document's keys."""
        self.expanding: set[Type] = set()
        """The tagged types that are being taken apart, since one may contain itself."""

    # --- asked for ---

    def as_text(self, term: Found) -> Term:
        """A value as text: numbers in their shortest form, times in RFC 3339; lists, maps and records as JSON."""
        if isinstance(term, Tagged):
            return self._of_members(term, TEXT, self._member_text)
        if self.twins.is_json(term.type):
            return Json(TEXT, term.key, term)
        match term.type:
            case String():
                return term
            case Int() | Float() | Bool():
                return Steps(TEXT, term.key, term, [printed(term.type)])
            case Enum():
                return Steps(TEXT, term.key, term, [steps.enum_to_string(self.reading.enums.names(term.type))])
            case Any():
                return Steps(TEXT, term.key, term, [steps.any_to_string("kept")])
            case _:
                return self.into(term, TEXT, self.context.policies, term.key)

    def _member_text(self, member: Found) -> Term:
        """Bytes that may as well be a text, a number or a list are base64."""
        if isinstance(self.context.meaning(member.type), Bytes | Fixed) and not isinstance(member, Tagged):
            return Steps(TEXT, member.key, member, [steps.bytes_to_base64()])
        return self.as_text(member)

    def as_number(self, term: Found, key: str) -> Term:
        """An untyped value as the nearest float."""
        return self.cast(term, REAL, Chosen(rounding="round"), key)

    def cast(self, term: Found, target: Type, policies: Chosen, key: str) -> Term:
        """A conversion that must be asked for: text to numbers and back, besides the ordinary ones."""
        if isinstance(target, String):
            return self.as_text(term)
        if isinstance(self.context.meaning(target), Any) and isinstance(term.type, Any):
            return self.into(term, target, policies, key)
        if isinstance(term, Tagged):
            return self._of_members(term, target, lambda member: self.cast(member, target, policies, key))
        return self._cast(term, target, policies, key)

    def _cast(self, term: Term, target: Type, policies: Chosen, key: str) -> Term:
        if isinstance(term.type, Any) and isinstance(target, Float):
            return self._float_of_any(term, target, policies, key, text=True)
        if isinstance(term.type, Any | Outcome):
            term = self.as_text(term)
        rounds = policies.rounding == "round"
        fraction: steps.Fraction = "truncate" if policies.cut else "nearest" if rounds else "refuse"
        if isinstance(term.type, String) and (step := parse(target, fraction, rounds=rounds)):
            self.losses.add(key, "checked", f"refused unless the text is a {describe(target)}")
            return Steps(target, key, term, [step])
        if isinstance(self.context.meaning(term.type), Date) and isinstance(target, Timestamp):
            return Steps(target, key, term, [steps.date_to_timestamp()])
        if isinstance(term.type, Bool) and isinstance(target, Int):
            return Steps(target, key, term, [steps.bool_to_i()])
        if isinstance(self.context.meaning(term.type), Enum) and isinstance(target, Int | Float):
            term = replace(term, type=Int(32))  # a frame holds an enum's number
        return self.into(term, target, policies, key)

    def _float_of_any(self, term: Term, target: Float, policies: Policies, key: str, *, text: bool) -> Term:
        """An untyped number as a float, by what it is where it stands (S6); `text`: a number's text too."""
        self.losses.add(key, "checked", f"refused unless a number that is a {describe(target)}")
        step = steps.any_to_f32 if target.bits == 32 else steps.any_to_f64
        return Steps(target, key, term, [step(rounds=policies.rounding == "round", text=text)])

    def _of_members(self, tagged: Tagged, target: Type, convert_: Callable[[Found], Term]) -> Term:
        """The member that is set, converted; one that can't be is refused where it is set."""
        self.expanding.add(tagged.type)
        options = [self._member(tagged, i, target, convert_) for i in range(len(tagged.members))]
        self.expanding.discard(tagged.type)
        first = First(target, tagged.key, options)
        return first if tagged.shared is None else Shared(target, tagged.key, tagged.shared, first)

    def _member(self, tagged: Tagged, i: int, target: Type, convert_: Callable[[Found], Term]) -> Term:
        member, meant = tagged.members[i], self.context.meaning(target)
        if isinstance(member.type, HELD[:3]) and not isinstance(meant, String | Any):
            return self._refused(tagged, i, target, member.there())
        read = member.read(target if isinstance(meant, Any) else None)
        try:
            return convert_(read)
        except Wrong:
            return self._refused(tagged, i, target, read)

    def _refused(self, tagged: Tagged, i: int, target: Type, member: Found) -> Term:
        what = describe(tagged.members[i].type or member.type)
        self.losses.add(f"{tagged.key}[{i}]", "checked", f"refused where it is {what}")
        there = self.as_text(member) if isinstance(member, Tagged) else member
        return Steps(target, tagged.key, there, [steps.fail(C.H9_E_TYPE)])

    # --- constants ---

    def constant(self, constant: model.Constant, type_: Type, key: str) -> Term:
        """A constant as `type_`. Wrong: it is not one."""
        if is_choice(type_):
            assert isinstance(type_, Union)
            index = branch_of(constant, type_)
            if index is None:
                raise Wrong(key, misfit(constant, type_))
            inner = self.constant(constant, type_.branches[index], key)
            return Steps(type_, key, inner, [steps.box(index)])
        bare = self.context.meaning(nullable(type_)[0])
        if problem := misfit(constant, bare):
            raise Wrong(key, problem)
        return Const(type_, key, rounded(constant, bare))

    # --- unasked ---

    def into(self, term: Found, target: Type, policies: Policies, key: str) -> Term:
        """`term` as a value of `target`, which isn't null. Wrong: there is no conversion."""
        if isinstance(term, Tagged):
            return self._of_tagged(term, target, policies, key)
        if term.type is target:
            return term
        if isinstance(target, Union):
            return self._into_union(term, target, policies, key)
        source, meant = self.context.meaning(term.type), self.context.meaning(target)
        if isinstance(source, Any):
            return self._from_any(term, source, meant, target, policies, key)
        if isinstance(meant, Any):
            return self._untyped(term, target, key)
        if isinstance(source, Outcome) and not isinstance(meant, Enum):
            return self._from_outcome(term, source, meant, target, policies, key)
        if isinstance(source, Enum) and isinstance(meant, (Enum, String)):
            return self._from_enum(term, source, meant, target, key)
        if isinstance(source, String) and isinstance(meant, Enum):
            self.losses.add(key, "checked", "a name that the enum does not have is refused")
            return Steps(target, key, term, [steps.string_to_enum(self.reading.enums.names(meant))])
        return self._converted(term, source, meant, target, policies, key)

    def _of_tagged(self, term: Tagged, target: Type, policies: Policies, key: str) -> Term:
        if not term.implied:
            raise Wrong(key, f"{describe(term.type)} can't become {describe(target)}{way(term.type, target)}")
        if isinstance(self.context.meaning(target), String):
            return replace(self.as_text(term), type=target)
        chosen = Chosen(**asdict(policies))
        return self._of_members(term, target, lambda member: self.cast(member, target, chosen, key))

    def _from_any(self, term: Term, source: Any, meant: Type, target: Type, policies: Policies, key: str) -> Term:
        """An untyped value by its text, where the target is typed."""
        if isinstance(meant, Any):
            fits = self.reading.any_fits(source, meant)
            return Steps(target, key, term, [steps.any_fits(fits)] if fits else [])
        if isinstance(meant, Float):
            return replace(self._float_of_any(term, meant, policies, key, text=True), type=target)
        text = self.as_text(term)
        if isinstance(meant, Int | Bool):
            return self.cast(text, target, Chosen(), key)
        return self.into(text, target, policies, key)

    def _from_outcome(
        self, term: Term, outcome: Outcome, meant: Type, target: Type, policies: Policies, key: str
    ) -> Term:
        """What a table gives as what isn't an enum: text, a number, a boolean, or what text can become."""
        if isinstance(meant, Int | Float | Bool):
            for constant in outcome.constants:
                if problem := misfit(constant, meant):
                    raise Wrong(outcome.key, problem)
            return self._number_of(term, outcome, meant, target, key)
        if not isinstance(outcome.kind, String):
            raise Wrong(outcome.key, f"{shown(outcome.constants[0])} is not {one(meant)}")
        return self.into(self.as_text(term), target, policies, key)

    def _number_of(self, term: Term, outcome: Outcome, meant: Type, target: Type, key: str) -> Term:
        """Small integers by a table; others by reading their text."""
        numbers = [int(each) for each in outcome.constants] if isinstance(meant, Int) else []
        if numbers and all(-_NARROW <= each < _NARROW for each in numbers):
            table = self.reading.enums.table(outcome, numbers, None)
            return Steps(target, key, term, [steps.symbol_table(table)])
        step = parse(meant)
        assert step is not None
        return Steps(target, key, self.as_text(term), [step])

    def _untyped(self, term: Term, target: Type, key: str) -> Term:
        """A typed value where the target says no more; what it can't hold is refused."""
        if isinstance(term.type, Outcome):
            term = self.as_text(term)
        self.losses.add(key, "checked", "refused where the target has no such value")
        checks = checked(self.twins.untyped, self.context.meaning(term.type), self.context.policies)
        return Untyped(target, key, Steps(term.type, key, term, checks) if checks else term)

    def _converted(self, term: Term, source: Type, meant: Type, target: Type, policies: Policies, key: str) -> Term:
        cut = isinstance(policies, Chosen) and policies.cut
        rounding = replaced(policies, rounding="round") if cut and isinstance(source, Decimal) else policies
        found = convert(source, meant, rounding)
        if found is None:
            raise Wrong(key, f"{describe(source)} can't become {describe(meant)}{way(source, meant)}")
        if found.reason:
            self.losses.add(key, "checked", found.reason)
        chain = [*found.steps, *checked(self.context.target, meant, policies)]
        if cut:
            chain = [steps.truncating(step) for step in chain]
        return Steps(target, key, term, chain) if chain else replace(term, type=target)

    def _from_enum(self, term: Term, source: Enum, meant: Enum | String, target: Type, key: str) -> Term:
        """By name (S17)."""
        if isinstance(meant, String):
            return replace(self.as_text(term), type=target)
        numbers = dict(reversed(meant.symbols))
        missing = [name for name, _ in source.symbols if name not in numbers]
        if missing and isinstance(source, Outcome):
            raise Wrong(key, misfit(missing[0], meant))
        if missing:
            self.losses.add(key, "checked", f"refused: {', '.join(missing[:5])}")
        table = self.reading.enums.table(source, [numbers.get(name) for name, _ in source.symbols], None)
        return Steps(target, key, term, [steps.symbol_table(table)])

    def _into_union(self, term: Term, target: Union, policies: Policies, key: str) -> Term:
        """The branch that takes it. A nullable target's field says null by absence, so its value isn't boxed."""
        inner, null = optional(target)
        if null:
            return replace(self.into(term, inner, policies, key), type=target)
        if isinstance(term.type, Outcome):
            term = self.as_text(term)
        chosen = self.reading.branch_for(term.type, target.branches)
        if chosen is None:
            raise Wrong(key, f"{describe(term.type)} is not a branch of {describe(target)}")
        return Steps(target, key, self.into(term, target.branches[chosen], policies, key), [steps.box(chosen)])


def way(source: Type, meant: Type) -> str:
    """How to ask for a conversion that isn't made unasked."""
    if isinstance(source, Union):
        return "; name a branch in the path, as :string"
    if isinstance(source, Int) and isinstance(meant, Timestamp):
        return '; say what it counts, as time = "ms"'
    if isinstance(source, Int) and isinstance(meant, Date):
        return '; say that it counts days, as time = "d"'
    if isinstance(source, Date) and isinstance(meant, Timestamp):
        return '; cast = "timestamp" takes its midnight in UTC'
    cast = _cast_to(meant)
    texts = (String, Bool, Int, Float, Decimal, *HELD)
    asked = isinstance(source, texts if cast == "string" else (String, Decimal))
    return f'; cast = "{cast}" does that' if cast and asked else ""


def _cast_to(meant: Type) -> str:
    """The `cast` that gives a type, "" where there isn't one."""
    match meant:
        case Int():
            return f"{'int' if meant.signed else 'uint'}{max(meant.bits, 32)}"
        case Float():
            return f"float{meant.bits}"
        case Bool():
            return "bool"
        case String():
            return "string"
        case _:
            return ""
