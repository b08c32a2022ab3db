"""English: what conditions are about, for those that no clause speaks for, and the refusals that they lead to."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "operand.dateTime.name": "Time",
    "operand.elapsedTime.name": "Time since the contract",
    "operand.timeOfDay.name": "Hours of the day",
    "operand.count.name": "Number of fetches",
    "operand.frequency.name": "Frequency",
    "operand.maxRows.name": "Number of rows",
    "operand.maxBytes.name": "Volume",
    "operand.purpose.name": "Purpose",
    "operand.environment.name": "Way of delivery",
    "operand.recipient.name": "Recipient",
    "operand.spatial.name": "Place",
    "operand.affiliateOf.name": "Group of companies",
    "operand.namedRecipients.name": "Named people",
    "operand.credentialType.name": "Credential",
    "operand.claim.name": "Certified property",
    "operand.exportControl.name": "Export control",
    "operand.pseudonymLevel.name": "Pseudonymisation",
    "operand.consent.name": "Consent of the producer",
    "operand.exclusive.name": "Exclusivity",
    "operand.prepaid.name": "Payment in advance",
    "operand.duty.name": "Duty",
    "operand.target.name": "Data set",
    "operand.assignee.name": "Recipient of this permission",
    # A condition without a clause of its own.
    "condition.text": "{name}: {comparison}.",
    "condition.kept": "The provider's connector checks it at every fetch and refuses what does not meet it.",
    "comparison.eq": "must be {values}",
    "comparison.neq": "anything but {values}",
    "comparison.lt": "less than {values}",
    "comparison.lteq": "at most {values}",
    "comparison.gt": "more than {values}",
    "comparison.gteq": "at least {values}",
    "comparison.isA": "must be a kind of {values}",
    "comparison.isAnyOf": "must be one of {values}",
    "comparison.isNoneOf": "none of {values}",
    "comparison.isAllOf": "all of {values}",
    "comparison.hasPart": "must contain {values}",
    "comparison.isPartOf": "must belong to {values}",
    # Lengths of time.
    "length.year": "{n} years",
    "length.month": "{n} months",
    "length.day": "{n} days",
    "length.hour": "{n} hours",
    "length.minute": "{n} minutes",
    "length.second": "{n} seconds",
    "length.year.1": "1 year",
    "length.month.1": "1 month",
    "length.day.1": "1 day",
    "length.hour.1": "1 hour",
    "length.minute.1": "1 minute",
    "length.second.1": "1 second",
    "length.none": "no time at all",
    "rate": "{n} times within any {length}",
    "rate.1": "once within any {length}",
    # Refusals.
    "decision.outside-hours": "{clause}: data may be fetched only within these hours ({values}), and it is {now}; come back "
    "then, or make a new contract with other hours.",
    "decision.too-often": "{clause}: {limit} fetches were agreed within this time ({values}), and there were {uses} already; "
    "wait until the oldest of them lies further back, or make a new contract that allows more.",
    "decision.too-many-rows": "{clause}: {values} rows are agreed in all, and with this delivery it would be {found}; fetch "
    "less, or make a new contract that allows more.",
    "decision.too-many-bytes": "{clause}: {values} bytes are agreed in all, and with this delivery it would be {found}; fetch "
    "less, or make a new contract that allows more.",
    "decision.wrong-environment": "{clause}: agreed is {values}, and this would be {found}; fetch it the agreed way.",
    "decision.wrong-place": "{clause}: the data may go to {values} only, and the credential of the company says {found}; the "
    "provider would have to offer it for that place.",
    "decision.not-affiliated": "{clause}: the company shows no credential that it belongs to one of these groups ({values}); "
    "present one that says so.",
    "decision.person-not-named": "{clause}: {person} is not on the current list of people who may have the data; have the "
    "list changed by notice, or let somebody on the list fetch it.",
    "decision.person-missing": "{clause}: it was not said which person the data is for; name somebody on the agreed list.",
    "decision.credential-missing": "{clause}: the company has not presented what is agreed ({values}), but {found}; present "
    "the missing credential.",
    "decision.claim-not-met": "{clause}: agreed for '{claim}' is {values}, and the credential says {found}; a credential that "
    "says so is needed.",
    "decision.export-control": "{clause}: agreed is data of the class {values}, and this data is {found}; the provider would "
    "have to get it reported or approved.",
    "decision.pseudonym-level": "{clause}: level {values} or higher is agreed, and the data has level {found}; the provider "
    "would have to mask more of it.",
    "decision.consent-withdrawn": "{clause}: a consent that this contract stands on was withdrawn or has run out; the producer "
    "would have to consent anew.",
    "decision.not-exclusive": "{clause}: somebody else has a live contract on the same data; that one would have to end first.",
    "decision.not-prepaid": "{clause}: the provider has not marked the payment as received; pay, and ask the provider to mark it.",
    "decision.excluded": "{clause}: {values} is excluded, and it is {found}; the provider would have to offer other terms.",
    "decision.not-met": "{clause}: the condition ({operator} {values}) is not met; a contract with other terms is needed.",
    "decision.duty-not-done": "{clause}: '{action}' has to be done first, and has not been done; do it and have it stated.",
    "decision.duty-overdue": "{clause}: '{action}' had to be done, and its time has passed; do it, and what follows from being "
    "late.",
    "decision.consequence-open": "{clause}: '{action}' was done too late, and what follows from that is still to be done.",
    "decision.other-target": "{clause}: this permission is about other data ({values}); a contract about this data is needed.",
    "decision.other-assignee": "{clause}: this permission is for others ({values}); a contract of one's own is needed.",
    "decision.fact-unknown": "{clause}: what this condition is about ({values}) is not known here, and what is not known is "
    "not allowed; it would have to be shown by a credential, by the data card or by the provider's records.",
}
