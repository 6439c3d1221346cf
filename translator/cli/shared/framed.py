"""How the schemas of both ends of a conversion are named: once, or by what stands before each message."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final, Literal

from cyclopts import Group, Parameter

from translator import containers
from translator.cli.shared import sides
from translator.cli.shared.exits import UsageError
from translator.cli.shared.lookup import Lookup, subject_of
from translator.cli.shared.options import InputOptions, PlanOptions, chosen
from translator.contract import End
from translator.engine import sources
from translator.engine.known import Known
from translator.streams.schema_ids.making import adapter, out_of

if TYPE_CHECKING:
    from native.binding import Limits
    from translator.engine.sources import SchemaSource
    from translator.framing import Framing
    from translator.streams.schema_ids.adapter import Adapter
    from translator.streams.schema_ids.out import Out

FramingName = Literal["plain", "confluent", "avro-single"]
_FRAMING = Group("Framing", sort_key=25)
_MOST_ID: Final = (1 << 31) - 1


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class FramingOptions:
    """What stands before each message and says which schema it was written by.

    Parameters
    ----------
    framing
        Of the input; by default what --schemas suits, with --registry but not --subject confluent, else plain.
    out_framing
        Of the output: a schema's id (confluent) or fingerprint (avro-single).
    out_id
        The schema's id in the output's framing.
    out_subject
        The registry's subject that has the output's schema, and its id: SUBJECT, SUBJECT@VERSION, either with #Type.
    """

    framing: Annotated[FramingName | None, Parameter(group=_FRAMING)] = None
    out_framing: Annotated[FramingName, Parameter(group=_FRAMING)] = "plain"
    out_id: Annotated[int | None, Parameter(group=_FRAMING)] = None
    out_subject: Annotated[str | None, Parameter(group=_FRAMING)] = None


NO_FRAMING_OPTIONS = FramingOptions()


@dataclass(frozen=True)
class SchemaNaming:
    """What the options say of schemas; they are looked up when they are wanted. UsageError, SchemaError, and what a
    registry raises."""

    input: InputOptions
    to_schema: str | None
    lookup: Lookup
    options: FramingOptions

    @cached_property
    def framing(self) -> Framing | None:
        """Of the input; None: its messages are plain."""
        named, options = self.options.framing, self.lookup.options
        if named is not None:
            return None if named == "plain" else named
        if options.schemas:
            return self.lookup.framing
        return "confluent" if options.registry and not options.subject and not self.input.schema else None

    @cached_property
    def source(self) -> sides.Spec | None:
        """The input's schema."""
        return self.lookup.one(self.input.schema)

    @cached_property
    def target(self) -> sides.Spec | None:
        """The output's schema."""
        if self.to_schema is not None or self.options.out_subject is None:
            return None if self.to_schema is None else self.lookup.spec(self.to_schema)
        return self.lookup.subject(self.options.out_subject)

    def out(self, end: End) -> Out | None:
        """What stands before results; None: nothing. PlanError: there are no such results."""
        options = self.options
        if options.out_framing == "plain":
            return None
        subject = options.out_subject and subject_of(options.out_subject)
        return out_of(self._numbering(), end, options.out_framing, options.out_id, subject)

    def adapter(self, target: sides.Target, plan: PlanOptions, limits: Limits) -> tuple[Adapter, str | None]:
        """What translates framed messages, and the text of the target's schema where its container carries it."""
        assert self.framing is not None
        schema, text = sides.target_end(target, self.target)
        out, (mapping, policies) = self.out(End(target.format, schema)), chosen(plan)
        reference = out and out.reference
        made = adapter(
            self.messages, (target.format, schema), framing=self.framing, out=self.options.out_framing,
            out_id=reference if isinstance(reference, int) else None, mapping=mapping, policies=policies,
            drop=plan.drop, limits=limits,
        )  # fmt: skip
        return made, text

    @property
    def messages(self) -> SchemaSource:
        """Where the schemas are that messages refer to."""
        return self.lookup.known if self.lookup.options.schemas else self.lookup.registry

    def _numbering(self) -> SchemaSource:
        """Where the output's schema has its id; what needs none opens no registry."""
        if self.options.out_framing != "confluent" or self.options.out_id is not None:
            return Known({})
        options = self.lookup.options
        known = options.schemas and not (options.registry or self.options.out_subject)
        return self.lookup.known if known else self.lookup.registry

    # --- what doesn't go together ---

    def check(self) -> None:
        """UsageError: the options contradict each other."""
        if self.framing is None:
            self._check_plain()
        else:
            self._check_framed(self.framing)
        self._check_out()

    def check_target(self, target: sides.Target) -> None:
        """UsageError: the output's container can't hold framed messages."""
        framing = self.options.out_framing
        if framing != "plain" and not containers.get(target.container).delimits:
            hint = f"say --to {target.format}:delimited"
            raise UsageError(f"--out-framing {framing}: {target.container} can't hold such framing", hint)

    def _check_plain(self) -> None:
        options, schema = self.lookup.options, self.input.schema
        if options.subject is not None and schema is not None:
            raise UsageError("--schema and --subject both name the input's schema", "leave one of them out")
        if options.schemas:
            raise UsageError("--schemas are what framed messages refer to, and these are plain", "name one --schema")
        if options.registry is None or options.subject is not None or self._asks():
            return
        if schema is not None:
            text = "--schema and --registry both say where the input's schema comes from"
            raise UsageError(text, "leave one of them out")
        raise UsageError("--registry isn't asked for anything", "--subject names the input's schema, or leave it out")

    def _asks(self) -> bool:
        """Whether the registry is asked besides for what framed messages refer to."""
        options, specs = self.options, (self.input.schema, self.to_schema)
        named = any(each is not None and each.startswith(f"{sources.REGISTRY}:") for each in specs)
        return named or options.out_subject is not None or (options.out_framing == "confluent" and not options.out_id)

    def _check_framed(self, framing: Framing) -> None:
        options, plain = self.lookup.options, "say --framing plain if they aren't framed"
        for option, value in (("--schema", self.input.schema), ("--subject", options.subject)):
            if value is not None:
                text = f"{option} names one schema, and framed messages say theirs"
                raise UsageError(text, f"leave it out, or {plain}")
        if self.input.way[0] is not None:
            text = f"--from {self.input.way[0]}: the schemas of framed messages say their format"
            raise UsageError(text, f"--container says how they stand in the file; {plain}")
        if options.schemas and self.lookup.framing != framing:
            wanted = "FILE" if framing == "avro-single" else "ID=FILE"
            raise UsageError(f"--schemas {options.schemas[0]}: for --framing {framing} say {wanted}")
        if framing == "avro-single" and not options.schemas:
            text = "--framing avro-single: a registry isn't asked for fingerprints"
            raise UsageError(text, "--schemas FILE names a schema; it may be repeated")
        if framing == "confluent" and options.schemas and options.registry:
            raise UsageError("--schemas and --registry both have the messages' schemas", "leave one of them out")

    def _check_out(self) -> None:
        options = self.options
        framed = options.out_framing == "confluent"
        if options.out_id is not None and not (framed and 0 < options.out_id <= _MOST_ID):
            text = f"it is 1 to {_MOST_ID}" if framed else "--out-framing confluent says that results have one"
            raise UsageError(f"--out-id {options.out_id}", text)
        if options.out_subject is None:
            return
        if options.out_id is not None:
            raise UsageError("--out-id and --out-subject both say the output's id", "leave one of them out")
        if self.to_schema is not None and (not framed or options.out_subject != subject_of(options.out_subject)):
            text = "--to-schema and --out-subject both name the output's schema"
            raise UsageError(text, "leave one of them out; with --to-schema a subject alone says where its id is")
