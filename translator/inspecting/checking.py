"""The core's own word on a message that a walker has taken apart."""

from __future__ import annotations

from native.binding import Limits
from native.errors import DataError, LimitError, PlanError
from schemas.model import Record, Schema
from translator import formats
from translator.contract import End
from translator.engine.plan import Plan, of_ends
from translator.policies import Policies


def plan(format_: str, schema: Schema | None, limits: Limits | None = None) -> Plan:
    """From the message to the message: what it refuses is wrong with the message itself, not with a target.

    Protobuf without a schema is read by one that knows no field. PlanError: Avro without a schema; a schema that
    can't be compiled.
    """
    known = formats.known(format_)
    if known.is_foreign:
        raise PlanError([("", f"{format_} is a registered transformer's format, of which the core knows nothing")])
    if schema is None and known.tagged:
        schema = Schema(Record("message"), "protobuf")
    if schema is None and not known.self_describing:
        raise PlanError([("", f"{format_} needs a schema")])
    end = End(format_, schema)
    policies = Policies(nan="quote", unions="first", types="base64")
    return of_ends(end, end, policies=policies, drop=("*",), limits=limits)


def refusal(plan_: Plan, data: bytes) -> DataError | None:
    """Why the core refuses the message; None: it doesn't."""
    try:
        plan_.translate(data)
    except DataError as error:
        return error
    return None


def contradiction(walked: DataError | None, said: DataError | None) -> str:
    """What to say where the walker stopped at a message that the core reads: one of them is wrong."""
    if walked is None or said is not None or isinstance(walked, LimitError):
        return ""
    return (
        f"the core reads this message, but inspect stopped at byte {walked.offset} ({walked.code}): "
        "one of them is wrong; please report it"
    )
