"""English: names, contract sentences and keepers of the clauses about permission, time, amount, people and protection."""

from typing import Final

_PROMISE: Final = "A promise of the recipient; no software can enforce it, this contract is the proof of it."
_BOTH: Final = "A promise of both companies; no software can judge it, this contract is the proof of it."

TEXTS: Final[dict[str, str]] = {
    "clause.assignment.name": "Assignment",
    "clause.assignment.text": "The rights in the data pass to the recipient, who may then use it without a limit in time and pass "
    "it on.",
    "clause.assignment.kept": "A promise of the provider; whether it has the right to assign no software can judge, this contract is "
    "the proof of it.",
    "clause.no-other-purpose.name": "No other purpose",
    "clause.no-other-purpose.text": "The data must not be used for anything but the agreed purposes.",
    "clause.no-other-purpose.kept": "After delivery a promise of the recipient; the purpose stated at each fetch stands in the signed "
    "receipt.",
    "clause.duration.name": "Period of use",
    "clause.duration.text": "The data may be fetched and used for {duration} from the date of the contract.",
    "clause.duration.kept": "The provider's connector hands out nothing after this period; to stop using what was fetched is the "
    "recipient's promise.",
    "clause.provision-end.name": "End of provision",
    "clause.provision-end.text": "The data is handed out until {time}. What was fetched by then may be used on within the period of "
    "use.",
    "clause.provision-end.kept": "The provider's connector hands out nothing after this time.",
    "clause.hours.name": "Hours of the day",
    "clause.hours.text": "The data may be fetched only in these hours of every day: {hours}.",
    "clause.hours.kept": "The provider's connector hands out nothing outside these hours.",
    "clause.frequency.name": "Frequency of fetches",
    "clause.frequency.text": "The data may be fetched at most {rate}.",
    "clause.frequency.kept": "The provider's connector counts every fetch and refuses any beyond the number within the period.",
    "clause.max-rows.name": "Number of rows",
    "clause.max-rows.text": "At most {rows} rows may be fetched in all.",
    "clause.max-rows.kept": "The provider's connector counts the rows and refuses a delivery that goes beyond the limit.",
    "clause.max-bytes.name": "Amount of data",
    "clause.max-bytes.text": "At most {bytes} bytes may be fetched in all.",
    "clause.max-bytes.kept": "The provider's connector counts the bytes and refuses a delivery that goes beyond the limit.",
    "clause.affiliates.name": "Affiliates",
    "clause.affiliates.text": "Only these companies and their affiliates may receive the data: {heads}.",
    "clause.affiliates.kept": "The provider's connector reads the group from the credential of whoever is asking, every time.",
    "clause.place.name": "Place of use",
    "clause.place.text": "Only companies in these countries may receive the data: {countries}. It must not be moved to another country.",
    "clause.place.kept": "The provider's connector reads the country from the credential of whoever is asking, every time; not to move "
    "the data out of the country afterwards is the recipient's promise.",
    "clause.credential.name": "Credential",
    "clause.credential.text": "Only companies that hold one of these credentials may receive the data: {types}.",
    "clause.credential.kept": "The provider's connector checks the credentials that are presented, every time.",
    "clause.claim.name": "Proven attribute",
    "clause.claim.text": "Only companies whose credential says one of these under '{name}' may receive the data: {values}.",
    "clause.claim.kept": "The provider's connector checks the credential of whoever is asking, every time.",
    "clause.named-people.name": "List of holders",
    "clause.named-people.text": "Only the employees on the attached list may fetch and see the data. The list (digest {list}) is changed "
    "by a notice that both companies sign.",
    "clause.named-people.kept": "The provider's connector checks that the person who fetches is on the current list, every time; not to "
    "show the data to anybody else afterwards is the recipient's promise.",
    "clause.pseudonymised.name": "Pseudonymisation level",
    "clause.pseudonymised.text": "The data is handed out only if it is pseudonymised to level {level} or higher.",
    "clause.pseudonymised.kept": "The provider's connector hands out nothing when the data card says a lower level.",
    "clause.anonymise.name": "Pseudonymisation",
    "clause.anonymise.text": "Before the data is handed out the provider pseudonymises or removes whatever makes people recognisable.",
    "clause.anonymise.kept": "A promise of the provider; whether it is enough no software can judge, this contract is the proof of it.",
    "clause.export-control.name": "Export control",
    "clause.export-control.text": "The data is handed out only if its export class (national core technology) is one of: {classes}.",
    "clause.export-control.kept": "The provider's connector hands out nothing when the data card says another class or 'not known'.",
    "clause.export-number.name": "Number of the export approval",
    "clause.export-number.text": "The export of this data was approved or reported under this number, which both companies quote in "
    "their papers: {number}.",
    "clause.export-number.kept": _BOTH,
    "clause.no-sublicence.name": "No sublicence",
    "clause.no-sublicence.text": "Nobody else may be permitted to use the data.",
    "clause.no-sublicence.kept": _PROMISE,
    "clause.derived-data.name": "Derived data",
    "clause.derived-data.text": "The rights in what is derived from this data belong to {owner}; both companies respect that.",
    "clause.derived-data.kept": _BOTH,
    "clause.licence-back.name": "Licence back",
    "clause.licence-back.text": "The recipient lets the provider use the derived data free of charge.",
    "clause.licence-back.kept": _PROMISE,
    "clause.training.name": "AI training allowed",
    "clause.training.text": "AI models may be trained with the data.",
    "clause.training.kept": "A permission: nothing has to be kept. This contract is the proof that it was given.",
    "clause.model.name": "Trained model",
    "clause.model.text": "The rights in a model trained with this data belong to {owner}. When the contract ends, the model {after}.",
    "clause.model.kept": _BOTH,
    "clause.no-training.name": "No AI training",
    "clause.no-training.text": "No AI model may be trained with the data.",
    "clause.no-training.kept": _PROMISE,
    "clause.no-reverse-engineering.name": "No reverse engineering",
    "clause.no-reverse-engineering.text": "Nobody may try to work out the provider's equipment, recipes or process settings from the "
    "data.",
    "clause.no-reverse-engineering.kept": _PROMISE,
}
