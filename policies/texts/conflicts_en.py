"""English: clauses that cannot stand together or do not fit the data: both sides by name, what is wrong, what to do."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "export.unknown": "not known",
    "clause.card.name": "Data card",
    "clause.delivery.name": "Delivery",
    "clause.agreement.name": "Earlier agreement",
    "conflict.excluded": "{clauses}: these two cannot stand in one contract. {because} Take one out.",
    "because.assignment.until": "Rights that are handed over have no period of use.",
    "because.assignment.duration": "Rights that are handed over have no period of use.",
    "because.assignment.delete": "Whoever was given the rights cannot be told to delete.",
    "because.assignment.return": "Whoever was given the rights cannot be told to give back.",
    "because.until.duration": "They set two different ends of use.",
    "because.training.no-training": "Training is allowed and forbidden at once.",
    "because.model.no-training": "Where training is forbidden there can be no trained model.",
    "conflict.given-twice": "{clauses}: it stands there twice, and nobody knows which to follow; keep one.",
    "conflict.free-and-paid": "{clauses}: one says free of charge, the other sets a price; take one out.",
    "conflict.nothing-to-prepay": "{clauses}: there is nothing to pay first; add a lump sum or a flat fee, or take out the payment first.",
    "conflict.nothing-to-share": "{clauses}: there is nothing to share; add a payment, or take out the benefit sharing.",
    "conflict.nothing-to-report": "{clauses}: without a royalty there is no revenue to report; add it, or take out the report.",
    "conflict.shares-not-hundred": "{clauses}: the shares add up to {total} percent; make them 100.",
    "conflict.payee-twice": "{clauses}: somebody stands there twice; add the shares up and name it once.",
    "conflict.fraction": "{clauses}: {currency} has no fractions, and the amount is {amount}; give a whole number.",
    "conflict.provided-after-use": "{clauses}: provision ends ({until}) after the use has ended ({limit}); move one of them.",
    "conflict.provided-before-start": "{clauses}: provision ends ({until}) before anything may be fetched ({limit}); move one of them.",
    "conflict.nothing-allowed": "{clauses}: the limit is {limit}, so nothing could ever be fetched; set it higher.",
    "conflict.personal-data": "{clauses}: the data holds personal data and is pseudonymised to level {level} only; pseudonymise it (level 2 "
    "or higher) before it is published.",
    "conflict.reidentification-open": "{clauses}: pseudonymised personal data (level {level}) needs the ban on re-identification; add it.",
    "conflict.level-too-low": "{clauses}: the card says level {level}, the clause asks for {wanted} or higher, so nobody could ever fetch; "
    "change one of them.",
    "conflict.export-class-differs": "{clauses}: the export class of the card ({export}) is not among those of the clause ({classes}), so "
    "nobody could ever fetch; change one of them.",
    "conflict.export-unknown": "{clauses}: the export class of the data is not known, and foreign companies could receive it; limit the "
    "place of use to KR, or find out the class.",
    "conflict.core-technology-abroad": "{clauses}: the data holds national core technology whose export is neither approved nor reported, "
    "and foreign companies could receive it; limit the place of use to KR, or have it approved or reported.",
    "conflict.subcontract-incomplete": "{clauses}: for a subcontractor's technical data the law demands clauses that are missing; add them.",
    "conflict.secret-not-kept": "{clauses}: the data holds a trade secret, and nobody is bound to keep it secret; a secret that is not kept "
    "is not protected, so add the confidentiality.",
    "conflict.other-delivery": "{clauses}: the clause asks for another way ({mode}) than the data is handed out in ({delivery}); take the "
    "clause out, or change the delivery.",
    "conflict.promised-exclusively": "{clauses}: an exclusive agreement on this data lives, so nobody else can have one; wait until it has "
    "ended.",
    "conflict.taken-already": "{clauses}: an agreement on this data lives already, so it cannot be given exclusively; take the exclusivity "
    "out, or wait until that agreement has ended.",
}
