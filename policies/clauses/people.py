"""Clauses about who may have the data, and where: 8, 9, 14 and 15 of the list."""

from typing import Final

from policies.clauses.model import Blank, Clause, Kind, Slot
from policies.vocabulary import MMD

PEOPLE: Final = (
    Clause(
        id="recipient", item=8, enforcer="E", place="constraint",
        slots=(Slot("recipient", ("isAnyOf", "eq"), "recipients"),),
        blanks=(Blank("recipients", Kind.DID, many=True),),
        samples=({"recipients": ["did:web:customer.example"]},),
        sources=("mdsr-11", "guide"),
    ),
    Clause(
        id="affiliates", item=8, enforcer="E", place="constraint",
        slots=(Slot(MMD + "affiliateOf", ("isAnyOf", "eq"), "heads"),),
        blanks=(Blank("heads", Kind.DID, many=True),),
        samples=({"heads": ["did:web:group.example"]},),
        sources=("guide", "std-contract"),
    ),
    Clause(
        id="place", item=8, enforcer="E", place="constraint",
        slots=(Slot("spatial", ("isAnyOf", "eq"), "countries"),),
        blanks=(Blank("countries", Kind.COUNTRY, many=True),),
        samples=({"countries": ["KR"]}, {"countries": ["KR", "DE"]}),
        sources=("mdsr-11", "core-11", "pipa-28-8"),
    ),
    Clause(
        id="credential", item=8, enforcer="E", place="constraint",
        slots=(Slot(MMD + "credentialType", ("isAnyOf", "eq"), "types"),),
        blanks=(Blank("types", Kind.WORD, many=True),),
        samples=({"types": ["MembershipCredential"]},),
        sources=("guide",), repeats=True,
    ),
    Clause(
        id="claim", item=8, enforcer="E", place="constraint",
        slots=(Slot(MMD + "claim/", ("isAnyOf", "eq"), "values", named="name"),),
        blanks=(Blank("name", Kind.WORD), Blank("values", Kind.TEXT, many=True)),
        samples=({"name": "role", "values": ["maker", "supplier"]},),
        sources=("guide",), repeats=True,
    ),
    Clause(
        id="named-people", item=9, enforcer="E", place="constraint",
        slots=(Slot(MMD + "namedRecipients", ("eq",), "list"),),
        blanks=(Blank("list", Kind.DIGEST),),
        samples=({"list": "sha256:" + "0a" * 32},),
        sources=("sub-7-4",),
    ),
)  # fmt: skip
"""Who."""

PROTECTION: Final = (
    Clause(
        id="pseudonymised", item=14, enforcer="E", place="constraint",
        slots=(Slot(MMD + "pseudonymLevel", ("gteq",), "level"),),
        blanks=(Blank("level", Kind.LEVEL),),
        samples=({"level": "2"},),
        sources=("pipa-28-2", "region"),
    ),
    Clause(
        id="anonymise", item=14, enforcer="P", place="obligation", action="anonymize", owed_by="provider",
        sources=("pipa-28-2",),
    ),
    Clause(
        id="export-control", item=15, enforcer="E", place="constraint",
        slots=(Slot(MMD + "exportControl", ("isAnyOf", "eq"), "classes"),),
        blanks=(Blank("classes", Kind.CHOICE, many=True, choices=("none", "reported", "approved")),),
        samples=({"classes": ["none"]}, {"classes": ["reported", "approved"]}),
        sources=("core-11",),
    ),
    Clause(
        id="export-number", item=15, enforcer="P", place="obligation", action=MMD + "quoteExportNumber", owed_by="both",
        slots=(Slot(MMD + "exportNumber", ("eq",), "number"),),
        blanks=(Blank("number", Kind.TEXT),),
        samples=({"number": "산업부 2026-0137"},),
        sources=("core-11",),
    ),
)  # fmt: skip
"""What has to be done to the data, or known of it, before it goes."""
