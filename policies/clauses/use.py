"""Clauses about what may be done with the data: 1-3 and 10-13 of the list."""

from typing import Final

from policies.clauses.model import Blank, Clause, Kind, Slot
from policies.vocabulary import MMD

_OWNERS: Final = ("provider", "consumer", "joint")

PURPOSES: Final = (
    Clause(
        id="assignment", item=1, enforcer="P", place="permission", action="transfer",
        excludes=("until", "duration", "delete", "return"),
        sources=("mdsr-11", "guide", "mds-terms"),
    ),
    Clause(
        id="purpose", item=2, enforcer="E", place="constraint",
        slots=(Slot("purpose", ("isAnyOf", "eq"), "purposes"),),
        blanks=(Blank("purposes", Kind.PURPOSE, many=True),),
        samples=({"purposes": ["quality-prediction"]}, {"purposes": ["research", "safety"]}),
        sources=("mdsr-11", "guide", "kamp"),
    ),
    Clause(
        id="no-other-purpose", item=3, enforcer="P", place="prohibition", action=MMD + "useBeyondPurpose",
        sources=("sub-7-4", "guide"),
    ),
)  # fmt: skip
"""What the data may be used for."""

LIMITS: Final = (
    Clause(
        id="no-passing-on", item=10, enforcer="P", place="prohibition", action="distribute",
        sources=("mdsr-11", "idt-9", "kamp"),
    ),
    Clause(id="no-resale", item=10, enforcer="P", place="prohibition", action="sell", sources=("mdsr-11", "idt-9")),
    Clause(
        id="no-sublicence", item=10, enforcer="P", place="prohibition", action="grantUse",
        sources=("guide", "std-contract"),
    ),
    Clause(
        id="derived-data", item=11, enforcer="P", place="obligation", action=MMD + "respectDerivedOwner", owed_by="both",
        slots=(Slot(MMD + "derivedOwner", ("eq",), "owner"),),
        blanks=(Blank("owner", Kind.CHOICE, choices=_OWNERS),),
        samples=({"owner": "consumer"}, {"owner": "joint"}),
        sources=("guide", "idt-9", "region"),
    ),
    Clause(
        id="licence-back", item=11, enforcer="P", place="obligation", action=MMD + "licenseBack",
        sources=("guide",),
    ),
    Clause(
        id="training", item=12, enforcer="P", place="permission", action=MMD + "trainModel",
        excludes=("no-training",), sources=("guide", "kamp"),
    ),
    Clause(
        id="model", item=12, enforcer="P", place="obligation", action=MMD + "keepModelTerms", owed_by="both",
        slots=(
            Slot(MMD + "modelOwner", ("eq",), "owner"),
            Slot(MMD + "keepModelAfterEnd", ("eq",), "after"),
        ),
        blanks=(
            Blank("owner", Kind.CHOICE, choices=_OWNERS),
            Blank("after", Kind.CHOICE, choices=("keep", "delete")),
        ),
        excludes=("no-training",),
        samples=({"owner": "consumer", "after": "keep"}, {"owner": "provider", "after": "delete"}),
        sources=("guide",),
    ),
    Clause(
        id="no-training", item=12, enforcer="P", place="prohibition", action=MMD + "trainModel", sources=("guide",),
    ),
    Clause(
        id="no-reverse-engineering", item=13, enforcer="P", place="prohibition", action=MMD + "reverseEngineer",
        sources=("secret", "dia-12"),
    ),
    Clause(
        id="no-reidentification", item=13, enforcer="P", place="prohibition", action=MMD + "reidentify",
        sources=("pipa-28-5",),
    ),
)  # fmt: skip
"""What must not be done with it, and what becomes of what is made from it."""
