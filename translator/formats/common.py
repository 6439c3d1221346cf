"""Units and ranges of times that several formats share."""

from __future__ import annotations

from typing import Final

from schemas.model import Date, Time, Timestamp, Type
from translator.formats.base import Check, Days, Seconds, WholeUnits
from translator.policies import Policies

NANOSECONDS: Final = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
"""The years 1 to 9999 (S23)."""
DAY = 86_400
CALENDAR: Final = Seconds(FIRST_SECOND, LAST_SECOND)
"""An instant within the years 1 to 9999."""


def calendar_checks(type_: Type, policies: Policies) -> list[Check]:
    """What text can say of a time: years of four digits; and of a time of day, whole units."""
    match type_:
        case Timestamp():
            return [CALENDAR]
        case Date():
            return [Days(FIRST_SECOND // DAY, LAST_SECOND // DAY)]
        case Time():
            return [WholeUnits()]
        case _:
            return []
