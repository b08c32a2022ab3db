"""English. Refusals name the clause, then say what is the case, then what would have to change."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # The clauses: name, sentence in the contract, who keeps it.
    "clause.purpose.name": "Purpose",
    "clause.purpose.text": "The data may be used only for: {purposes}.",
    "clause.purpose.kept": "The provider's connector asks for the purpose at every fetch and refuses any other; "
    "keeping to it afterwards is the recipient's promise.",
    "clause.not-before.name": "Start",
    "clause.not-before.text": "The data may be fetched from {time} on.",
    "clause.not-before.kept": "The provider's connector hands out nothing before this time.",
    "clause.until.name": "End",
    "clause.until.text": "The data may be fetched and used until {time}.",
    "clause.until.kept": "The provider's connector hands out nothing after this time; to stop using what was fetched is "
    "the recipient's promise.",
    "clause.count.name": "Number of fetches",
    "clause.count.text": "The data may be fetched {times} in all.",
    "clause.count.kept": "The provider's connector counts every fetch and refuses any further one.",
    "clause.recipient.name": "Recipient",
    "clause.recipient.text": "Only these companies may receive the data: {recipients}.",
    "clause.recipient.kept": "The provider's connector checks who is asking, every time.",
    "clause.no-passing-on.name": "No passing on",
    "clause.no-passing-on.text": "The data must not be passed on to anybody else.",
    "clause.no-passing-on.kept": "A promise of the recipient; no software can enforce it, this contract is the proof of it.",
    "clause.no-resale.name": "No resale",
    "clause.no-resale.text": "The data must not be sold.",
    "clause.no-resale.kept": "A promise of the recipient; no software can enforce it, this contract is the proof of it.",
    "clause.no-reidentification.name": "No re-identification",
    "clause.no-reidentification.text": "Nobody may try to find out from the data which people or companies it is about.",
    "clause.no-reidentification.kept": "A promise of the recipient; no software can enforce it, this contract is the "
    "proof of it.",
    "clause.use.name": "Use",
    "clause.use.text": "The data may be used; this permission sets no limit.",
    "clause.use.kept": "The provider's connector hands the data only to the other party of this contract.",
    "clause.any-of.name": "Alternatives",
    "clause.any-of.text": "At least one of these must be met: {parts}",
    "clause.any-of.kept": "The provider's connector checks the alternatives at every fetch.",
    "clause.one-of.name": "One of several",
    "clause.one-of.text": "Exactly one of these must be met: {parts}",
    "clause.one-of.kept": "The provider's connector checks the alternatives at every fetch.",
    "clause.unknown.name": "Unknown term",
    "clause.unknown.text": "A term that this connector does not know: {term}.",
    "clause.unknown.kept": "No software of ours keeps this term; terms that hold it are not accepted here.",
    # Parts of sentences.
    "times.1": "once",
    "times.n": "at most {n} times",
    "times.0": "not even once",
    "time.before": "just before {time}",
    "time.after": "just after {time}",
    "permission.n": "Permission {n} of {all}: {text}",
    "action.use": "use",
    "action.distribute": "pass on",
    "action.transfer": "hand over ownership",
    "action.sell": "sell",
    "action.reidentify": "re-identify",
    # Decisions.
    "decision.permitted": "Permitted: every condition of the terms is met.",
    "decision.permitted-so-far": "Permitted so far: still to be checked when data is fetched: {clauses}.",
    "decision.purpose-not-agreed": "{clause}: '{asked}' is not among the agreed purposes ({agreed}); ask for one of these, "
    "or make a new contract that allows '{asked}'.",
    "decision.purpose-missing": "{clause}: no purpose was stated; state one of the agreed purposes ({agreed}).",
    "decision.too-early": "{clause}: data may be fetched from {limit} on, and it is {now}; try again then, or make a new "
    "contract that starts earlier.",
    "decision.too-late": "{clause}: data could be fetched until {limit}, and it is {now}; a new contract with a later end "
    "is needed.",
    "decision.used-up": "{clause}: {limit} agreed, {uses} used; a new contract that allows more is needed.",
    "decision.not-a-recipient": "{clause}: {party} is not among the companies that may receive this data; the provider "
    "would have to name it in an offer.",
    "decision.not-the-assignee": "Contract party: this contract is with {assignee}, not with {party}; {party} needs a "
    "contract of its own.",
    "decision.no-permission": "Use: nothing in these terms permits the action '{action}'; a contract that permits it is "
    "needed.",
    "decision.prohibited": "{clause}: these terms forbid the action '{action}'; a contract without this prohibition is "
    "needed.",
    "decision.contradiction": "{clause}: these terms permit and forbid the action '{action}' at once and are void; the "
    "provider would have to take one of the two out.",
    "decision.no-alternative-holds": "{clause}: none of the alternatives is met; one of them would have to be: {reasons}",
    "decision.more-than-one-holds": "{clause}: exactly one of several conditions must be met, but more are; the terms would "
    "have to be changed.",
    "decision.order-unknown": "{clause}: these conditions ask for an order in time that this connector cannot check; the "
    "terms would have to be changed.",
    "decision.unknown-term": "Unknown term: this connector does not know '{term}' ({where}) and so cannot say yes; the term "
    "would have to be taken out of the terms.",
    "decision.unreadable-value": "{clause}: the value '{value}' ({where}) cannot be read; the terms would have to be "
    "corrected.",
    "decision.duty-open": "Duty: '{action}' has to be done first, and this connector cannot see whether it was; the terms "
    "would have to do without it.",
    # Differences between an offer and what is asked.
    "difference.added": '{clause}: not in the offer, asked for: "{asked}"',
    "difference.removed": '{clause}: in the offer: "{offered}", missing in what is asked',
    "difference.changed": '{clause}: in the offer: "{offered}", asked for: "{asked}"',
    "difference.stricter": "{sentence} (within the offer)",
    "difference.looser": "{sentence} (goes beyond the offer; the provider would have to agree)",
    "difference.other": "{sentence} (different from the offer; the provider would have to agree)",
    "difference.side.provider": "Better for the provider.",
    "difference.side.consumer": "Better for the consumer.",
    "difference.side.neither": "It cannot be said which side is better off.",
    "difference.profile": "Profile",
    "difference.conflict": "What wins when rules contradict",
    "difference.rule": "Rule",
    "difference.property": "Property",
    # Conflicts within terms.
    "conflict.no-permission": "Use: these terms permit nothing; add a permission.",
    "conflict.empty-window": "{clauses}: the end ({until}) does not lie after the start ({from_}); nothing could ever be "
    "fetched, so move one of them.",
    "conflict.ended-when-signed": "{clauses}: the end ({until}) lies before the date of the contract ({signed}); choose a "
    "later end.",
    "conflict.count-below-one": "{clauses}: not even one fetch is allowed; allow at least one.",
    "conflict.no-common-value": "{clauses}: two conditions have no value in common, so nobody could ever meet both; keep one "
    "or make them fit.",
    "conflict.empty-list": "{clauses}: the list is empty, so nobody could ever meet it; name at least one, or remove the "
    "clause.",
    "conflict.assignee-excluded": "{clauses}: {assignee}, with whom the contract is made, is not among the companies that may "
    "receive the data; add it.",
    "conflict.permitted-and-prohibited": "{clauses}: the action '{action}' is permitted and forbidden at once; take one of "
    "the two out.",
    "conflict.unreadable-value": "{clauses}: the value '{value}' cannot be read; correct it.",
}
