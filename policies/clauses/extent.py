"""Clauses about when and how much: 4-7 of the list. All are kept by the provider's connector, at every fetch."""

from typing import Final

from policies.clauses.model import Blank, Clause, Kind, Slot
from policies.vocabulary import MMD

EXTENT: Final = (
    Clause(
        id="not-before", item=4, enforcer="E", place="constraint",
        slots=(Slot("dateTime", ("gteq", "gt"), "time"),),
        blanks=(Blank("time", Kind.MOMENT),),
        samples=({"time": "2027-01-01T00:00:00+09:00"},),
        sources=("mdsr-11", "std-contract"),
    ),
    Clause(
        id="until", item=4, enforcer="E", place="constraint",
        slots=(Slot("dateTime", ("lteq", "lt"), "time"),),
        blanks=(Blank("time", Kind.MOMENT),),
        excludes=("duration",),
        samples=({"time": "2027-12-31T23:59:59+09:00"},),
        sources=("mdsr-11", "std-contract", "sub-7-4"),
    ),
    Clause(
        id="duration", item=4, enforcer="E", place="constraint",
        slots=(Slot("elapsedTime", ("lteq", "lt"), "duration"),),
        blanks=(Blank("duration", Kind.DURATION),),
        samples=({"duration": "P365D"}, {"duration": "P1Y"}),
        sources=("mdsr-11", "std-contract"),
    ),
    Clause(
        id="provision-end", item=5, enforcer="E", place="constraint",
        slots=(Slot(MMD + "provisionEnd", ("lteq",), "time"),),
        blanks=(Blank("time", Kind.MOMENT),),
        samples=({"time": "2027-06-30T23:59:59+09:00"},),
        sources=("std-contract", "region"),
    ),
    Clause(
        id="hours", item=5, enforcer="E", place="constraint",
        slots=(Slot(MMD + "timeOfDay", ("isAnyOf", "eq"), "hours"),),
        blanks=(Blank("hours", Kind.HOURS, many=True),),
        samples=({"hours": ["08:00/18:00 Asia/Seoul"]}, {"hours": ["22:00/24:00 Asia/Seoul", "00:00/06:00 Asia/Seoul"]}),
        sources=("mdsr-11", "region"),
    ),
    Clause(
        id="count", item=6, enforcer="E", place="constraint",
        slots=(Slot("count", ("lteq", "lt"), "times"),),
        blanks=(Blank("times", Kind.COUNT),),
        samples=({"times": "10"}, {"times": "1"}),
        sources=("mdsr-11", "mdsr-15"),
    ),
    Clause(
        id="frequency", item=6, enforcer="E", place="constraint",
        slots=(Slot(MMD + "frequency", ("lteq",), "rate"),),
        blanks=(Blank("rate", Kind.RATE),),
        samples=({"rate": "10/P1D"}, {"rate": "1/PT1H"}),
        sources=("mdsr-11", "region"),
    ),
    Clause(
        id="max-rows", item=7, enforcer="E", place="constraint",
        slots=(Slot(MMD + "maxRows", ("lteq",), "rows"),),
        blanks=(Blank("rows", Kind.COUNT),),
        samples=({"rows": "100,000"},),
        sources=("mdsr-11", "guide"),
    ),
    Clause(
        id="max-bytes", item=7, enforcer="E", place="constraint",
        slots=(Slot(MMD + "maxBytes", ("lteq",), "bytes"),),
        blanks=(Blank("bytes", Kind.COUNT),),
        samples=({"bytes": "500000000"},),
        sources=("mdsr-11", "guide"),
    ),
)  # fmt: skip
