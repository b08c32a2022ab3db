"""Clauses about quality, liability, secrecy, exclusivity, the way of delivery, versions and law: 27-34 of the list."""

from typing import Final

from policies.clauses.model import Blank, Clause, Kind, Slot
from policies.vocabulary import MMD

ASSURANCE: Final = (
    Clause(
        id="warranty", item=27, enforcer="P", place="obligation", action=MMD + "warrant", owed_by="provider",
        slots=(
            Slot(MMD + "warranty", ("eq",), "kind"), Slot(MMD + "warrantyPeriod", ("eq",), "period"),
            Slot(MMD + "qualityReport", ("eq",), "report"),
        ),
        blanks=(
            Blank("kind", Kind.CHOICE, choices=("asIs", "measured")), Blank("period", Kind.DURATION, optional=True),
            Blank("report", Kind.DIGEST, optional=True),
        ),
        samples=({"kind": "asIs"}, {"kind": "measured", "period": "P6M", "report": "sha256:" + "2c" * 32}),
        sources=("mdsr-11", "dia-20"),
    ),
    Clause(
        id="liability", item=28, enforcer="P", place="obligation", action=MMD + "answerFor", owed_by="both",
        slots=(
            Slot(MMD + "liability", ("eq",), "for"),
            Slot(MMD + "liabilityCap", ("lteq",), "cap", unit="currency"), Slot(MMD + "currency", ("eq",), "currency"),
        ),
        blanks=(
            Blank("for", Kind.CHOICE, choices=("intentOrGross", "negligence")),
            Blank("cap", Kind.AMOUNT, optional=True), Blank("currency", Kind.CURRENCY, optional=True),
        ),
        samples=({"for": "intentOrGross"}, {"for": "negligence", "cap": "50000000", "currency": "KRW"}),
        sources=("idt-9", "std-contract"),
    ),
    Clause(
        id="confidential", item=29, enforcer="P", place="obligation", action=MMD + "keepConfidential",
        slots=(Slot(MMD + "confidentialAfterEnd", ("eq",), "after"),),
        blanks=(Blank("after", Kind.DURATION, optional=True),),
        samples=({}, {"after": "P3Y"}),
        sources=("secret", "sub-7-4"),
    ),
    Clause(
        id="security", item=29, enforcer="P", place="obligation", action=MMD + "applySecurityMeasures",
        slots=(Slot(MMD + "securityLevel", ("gteq",), "level"),),
        blanks=(Blank("level", Kind.CHOICE, choices=("basic", "standard", "high")),),
        samples=({"level": "standard"},),
        sources=("secret", "smart-18"),
    ),
    Clause(
        id="exclusive", item=30, enforcer="E", place="constraint",
        slots=(Slot(MMD + "exclusive", ("eq",), fixed="true"),),
        sources=("guide", "std-contract"),
    ),
    Clause(
        id="environment", item=31, enforcer="E", place="constraint",
        slots=(Slot(MMD + "environment", ("eq", "isAnyOf"), "mode"),),
        blanks=(Blank("mode", Kind.CHOICE, choices=("fileDelivery", "cleanRoom")),),
        samples=({"mode": "cleanRoom"}, {"mode": "fileDelivery"}),
        sources=("dia-11", "max"),
    ),
    Clause(
        id="no-copy", item=31, enforcer="P", place="prohibition", action="reproduce", sources=("dia-11", "max"),
    ),
    Clause(
        id="version-change", item=32, enforcer="E", place="obligation", action=MMD + "renegotiateVersion", owed_by="both",
        slots=(Slot(MMD + "versionChange", ("eq",), fixed="majorNeedsNew"),),
        sources=("region", "guide"),
    ),
    Clause(
        id="law", item=33, enforcer="P", place="obligation", action=MMD + "settleDisputes", owed_by="both",
        slots=(
            Slot(MMD + "governingLaw", ("eq",), "law"), Slot(MMD + "venue", ("eq",), "venue"),
            Slot(MMD + "disputeBody", ("eq",), "body"),
        ),
        blanks=(
            Blank("law", Kind.COUNTRY), Blank("venue", Kind.TEXT, optional=True),
            Blank("body", Kind.CHOICE, optional=True, choices=("dataDisputeCommittee", "arbitrationBoard")),
        ),
        samples=(
            {"law": "KR", "body": "dataDisputeCommittee"},
            {"law": "KR", "venue": "서울중앙지방법원", "body": "arbitrationBoard"},
        ),
        sources=("dia-34", "std-contract"),
    ),
    Clause(
        id="other-contract", item=34, enforcer="P", place="obligation", action=MMD + "observeContract", owed_by="both",
        slots=(
            Slot(MMD + "contractReference", ("eq",), "reference"), Slot(MMD + "contractDigest", ("eq",), "digest"),
            Slot(MMD + "precedence", ("eq",), "first"),
        ),
        blanks=(
            Blank("reference", Kind.TEXT), Blank("digest", Kind.DIGEST, optional=True),
            Blank("first", Kind.CHOICE, choices=("thisContract", "otherContract")),
        ),
        samples=({"reference": "품질보증협정 2026-03", "first": "thisContract", "digest": "sha256:" + "3d" * 32},),
        sources=("mdsr-7", "std-contract"), repeats=True,
    ),
)  # fmt: skip
