"""Dates in a mapping: made of a count of days, and into times where that is asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.translator.mapping.support import avro_bytes, mapped, objects, problems, record, refused

DAYS = record(
    ("n", "int"), ("l", "long"), ("f", "double"), ("s", "string"), ("t", {"type": "int", "logicalType": "date"})
)
DATE, TIME = {"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}


def packed(**values: Any) -> bytes:
    return avro_bytes(DAYS, {"n": 19000, "l": 19000, "f": 19000.0, "s": "19000", "t": 19000} | values)


@pytest.mark.parametrize("name", ["n", "l", "f", "s"])
def test_days_into_a_date(name: str) -> None:
    """A count of days since 1970 is a date, and where the target wants a time its midnight in UTC."""
    fields = {"d": {"path": name, "time": "d"}, "t": {"path": name, "time": "d"}}
    plan = mapped(DAYS, objects((), d=DATE, t=TIME), fields)
    assert json.loads(plan.translate(packed())) == {"d": "2022-01-08", "t": "2022-01-08T00:00:00Z"}


def test_days_beyond_a_date() -> None:
    """S3: more days than a date holds are refused, and what isn't a whole number is not a day."""
    avro = ("avro", record(("d", {"type": "int", "logicalType": "date"})))
    assert refused(mapped(DAYS, avro, {"d": {"path": "l", "time": "d"}}), packed(l=2**31)) == ("RANGE", "fields.d")
    assert refused(mapped(DAYS, avro, {"d": {"path": "f", "time": "d"}}), packed(f=0.5)) == ("INEXACT", "fields.d")


def test_a_date_into_a_time() -> None:
    """S24: a date is an instant only where that is asked for; it is then its midnight in UTC."""
    target = objects((), t=TIME)
    plan = mapped(DAYS, target, {"t": {"path": "t", "cast": "timestamp"}})
    assert json.loads(plan.translate(packed(t=-1))) == {"t": "1969-12-31T00:00:00Z"}
    [(key, why)] = problems(DAYS, target, {"t": "t"})
    assert (key, why) == ("fields.t", 'date can\'t become timestamp; cast = "timestamp" takes its midnight in UTC')
    [(_, why)] = problems(DAYS, objects((), d=DATE), {"d": "n"})
    assert why.endswith('time = "d"')
