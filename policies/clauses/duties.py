"""Clauses about what has to be done, before, during and after: 22-26 of the list."""

from typing import Final

from policies.clauses.model import Blank, Clause, Kind, Slot
from policies.vocabulary import MMD

_WITHIN: Final = Slot("delayPeriod", ("lteq",), "within")

DUTIES: Final = (
    Clause(
        id="consent", item=22, enforcer="E", place="constraint",
        slots=(Slot(MMD + "consent", ("eq",), "receipt"),),
        blanks=(Blank("receipt", Kind.DIGEST),),
        samples=({"receipt": "sha256:" + "1b" * 32},),
        sources=("idt-9", "mymd"),
    ),
    Clause(
        id="obtain-consent", item=22, enforcer="P", place="obligation", action="obtainConsent", owed_by="provider",
        slots=(Slot(MMD + "consentingParty", ("isAllOf", "eq"), "producers"),),
        blanks=(Blank("producers", Kind.DID, many=True),),
        samples=({"producers": ["did:web:plant-a.example"]},),
        sources=("idt-9", "mdsr-11"),
    ),
    Clause(
        id="notice-period", item=23, enforcer="E", place="obligation", action=MMD + "giveNotice", owed_by="both",
        slots=(Slot(MMD + "noticePeriod", ("eq",), "period"),),
        blanks=(Blank("period", Kind.DURATION),),
        samples=({"period": "P30D"},),
        sources=("mdsr-11", "std-contract", "region"),
    ),
    Clause(
        id="termination-grounds", item=23, enforcer="P", place="obligation", action=MMD + "endOnlyFor", owed_by="both",
        slots=(Slot(MMD + "terminationGround", ("isAnyOf", "eq"), "grounds"),),
        blanks=(
            Blank(
                "grounds", Kind.CHOICE, many=True,
                choices=("breach", "unpaid", "insolvency", "law", "consentWithdrawn", "projectEnd"),
            ),
        ),
        samples=({"grounds": ["breach", "law"]},),
        sources=("std-contract",),
    ),
    Clause(
        id="delete", item=24, enforcer="C", place="obligation", action="delete",
        slots=(_WITHIN,),
        blanks=(Blank("within", Kind.DURATION),),
        samples=({"within": "P7D"},),
        sources=("sub-7-4", "guide"),
    ),
    Clause(
        id="return", item=24, enforcer="P", place="obligation", action=MMD + "returnData",
        slots=(_WITHIN,),
        blanks=(Blank("within", Kind.DURATION),),
        samples=({"within": "P14D"},),
        sources=("sub-7-4",),
    ),
    Clause(
        id="inform", item=24, enforcer="C", place="obligation", action="inform",
        slots=(Slot(MMD + "informOn", ("isAnyOf", "eq"), "events"), _WITHIN),
        blanks=(
            Blank("events", Kind.CHOICE, many=True, choices=("leak", "misuse", "people", "address")),
            Blank("within", Kind.DURATION),
        ),
        samples=({"events": ["leak", "misuse"], "within": "P1D"},),
        sources=("sub-7-4", "secret", "region"),
    ),
    Clause(
        id="tracking", item=25, enforcer="C", place="obligation", action="acceptTracking",
        slots=(Slot(MMD + "trackingParty", ("isAnyOf", "eq"), "by"),),
        blanks=(Blank("by", Kind.DID, many=True, optional=True),),
        samples=({}, {"by": ["did:web:platform.example"]}),
        sources=("mds-terms", "kamp"),
    ),
    Clause(
        id="attribution", item=26, enforcer="P", place="obligation", action="attribute",
        slots=(Slot(MMD + "attributedParty", ("eq",), "citation"),),
        blanks=(Blank("citation", Kind.TEXT),),
        samples=({"citation": "한빛정밀화학 건조 공정 데이터 (2026)"},),
        sources=("kamp",),
    ),
)  # fmt: skip
