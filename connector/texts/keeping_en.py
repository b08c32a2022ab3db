"""English: what keeps terms: consents, payments in advance, refusals explained, counts compared."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    # --- mmd paid
    "cli.help.paid": """Mark a payment in advance as received; data flows only while it is marked so.

  mmd paid 3f2a --note "bank statement of today"
  mmd paid 3f2a --clear""",
    "cli.paid.contract": "The contract: its identifier or a unique beginning of it.",
    "cli.paid.clear": "It was a mistake: take the mark back. What is running stops within a second.",
    "cli.paid.note": "For your own record of acts.",
    "cli.paid.marked": "The payment for {contract} is marked as received.",
    "cli.paid.cleared": "The mark is gone from {contract}; nothing more flows under terms that ask for payment in advance.",
    # --- mmd metering
    "cli.help.metering": """What both sides count under a contract: uses, rows, bytes, and each difference.

  mmd metering 3f2a
  mmd metering 3f2a --tell""",
    "cli.metering.contract": "The contract: its identifier or a unique beginning of it.",
    "cli.metering.tell": "State our count first, signed; the other side answers with its own.",
    "cli.metering.column_ours": "we count",
    "cli.metering.column_theirs": "they count",
    "cli.metering.row_uses": "uses",
    "cli.metering.row_rows": "rows",
    "cli.metering.row_bytes": "bytes",
    "cli.metering.not_told": "not told yet",
    "cli.metering.column_delivery": "delivery",
    "cli.metering.column_is": "compared",
    "cli.metering.is_same": "the same",
    "cli.metering.is_differs": "differs",
    "cli.metering.is_only-ours": "only here",
    "cli.metering.is_only-theirs": "only there",
    "cli.metering.is_open": "not told yet",
    "cli.metering.line": "{rows} rows, {bytes} bytes, {result}",
    "cli.metering.agree": "Both sides count the same; {open} delivery(ies) are not told yet.",
    "cli.metering.differ": "{differences} line(s) differ.",
    # --- mmd consent
    "cli.help.consent": "Consents of producers: kept, given, withdrawn.",
    "cli.help.consent_list": "Show what producers have consented to, and how many contracts stand on it.",
    "cli.help.consent_add": """Keep a consent: a receipt that the producer signed, or a document of which the digest is kept.

  mmd consent add --receipt consent.json
  mmd consent add --document consent.pdf --producer "Hanbit" --dataset batches.csv --purpose research --until 2027-06-30""",
    "cli.help.consent_give": """As producer: sign a consent for a provider to keep.

  mmd consent give did:web:plant.example.kr --dataset batches.csv --purpose research -o consent.json""",
    "cli.help.consent_withdraw": """The producer has taken its consent back: every contract that stands on it ends.

  mmd consent withdraw 3f2a --dry-run
  mmd consent withdraw 3f2a --reason "the line has been sold\"""",
    "cli.consent.receipt": "A signed receipt (JSON), as `mmd consent give` of the producer makes it.",
    "cli.consent.document": "A document with the consent; it stays with you, its digest is kept.",
    "cli.consent.producer": "Who consents, for a document: a name or a DID.",
    "cli.consent.dataset": "The data set: its identifier, or the file or its digest while it is not published yet.",
    "cli.consent.purpose": "For what; may be given several times. Without it: for any purpose.",
    "cli.consent.until": "The last day of the consent. Without it: until it is withdrawn.",
    "cli.consent.provider": "The DID of the company that may pass the data on.",
    "cli.consent.output": "Where to write the receipt; the screen without it.",
    "cli.consent.digest": "The consent's digest or a unique beginning of it.",
    "cli.consent.reason": "Why; the other sides of the contracts read it.",
    "cli.consent.dry_run": "Only show whom it hits.",
    "cli.consent.yes": "Do it without asking once more.",
    "cli.consent.none": "No consents are kept here.",
    "cli.consent.column_digest": "digest",
    "cli.consent.column_producer": "producer",
    "cli.consent.column_purposes": "for",
    "cli.consent.column_until": "until",
    "cli.consent.column_contracts": "contracts",
    "cli.consent.state_withdrawn": "withdrawn",
    "cli.consent.any_purpose": "any purpose",
    "cli.consent.kept": "The consent is kept. Terms name it by its digest: {digest}",
    "cli.consent.given": "The signed consent is in {file}; hand it to the provider.",
    "cli.consent.hits": "{count} contract(s) stand on this consent and will end:",
    "cli.consent.past": "What was used lawfully before stays lawful.",
    "cli.consent.sure": "End everything that stands on the consent of {producer}? It cannot be taken back (y/n)",
    "cli.consent.withdrawn": "The consent is withdrawn; what stood on it has ended, and the other sides are told.",
    "cli.error.receipt_or_document": "Name either --receipt or --document.",
    "cli.error.document_says": "Of a document say too who consents (--producer) and to which data (--dataset).",
    "cli.error.no_receipt": "{path} is no receipt: a JSON object, as `mmd consent give` makes it.",
    "cli.error.no_such_consent": "No consent here begins with {wanted!r}.",
    # --- mmd explain
    "cli.help.explain": """Why was this refused? Or: what would be decided?

  mmd explain 3f2a
  mmd explain --dataset 3f2a --for did:web:buyer.example.kr --purpose research --at 2026-12-01T14:00:00+09:00 --country KR""",
    "cli.explain.what": "A contract, negotiation, transfer, delivery, data set or participant that something was refused to.",
    "cli.explain.dataset": "What would be decided about this data set of yours.",
    "cli.explain.partner": "For which participant.",
    "cli.explain.purpose": "For what it would be used.",
    "cli.explain.at": "When: a day or a time with its zone. Now without it.",
    "cli.explain.person": "For whom at the partner.",
    "cli.explain.country": "Assumed: where the partner's membership says it has its seat.",
    "cli.explain.affiliate": "Assumed: to which group it belongs.",
    "cli.explain.credential": "Assumed: a type of credential that it presents.",
    "cli.explain.claim": "Assumed: something that its credentials say.",
    "cli.explain.prepaid": "Assumed: the payment is there.",
    "cli.explain.told": "The other side refused {id}; its facts are not known here, but it said:",
    "cli.explain.nothing": "Nothing was refused about this, as far as is known here.",
    "cli.explain.times": "({times} times, last at {last})",
    "cli.explain.scope_catalog": "{at}: an offer was not shown to {party}",
    "cli.explain.scope_negotiation": "{at}: no contract, or no start, for {party}",
    "cli.explain.scope_transfer": "{at}: no data for {party}",
    "cli.explain.scope_running": "{at}: the running data to {party} was cut",
    "cli.explain.rule": "  The rule: {rule}",
    "cli.explain.why": "  Why, and what would have to change: {why}",
    "cli.explain.yes": "Yes: {partner} would get it at {at}.",
    "cli.explain.no": "No: {partner} would not get it at {at}.",
    "cli.explain.invisible": "The data set is not shown to this participant at all.",
    "cli.explain.taken": "Another participant has this data set to itself at that time.",
    "cli.explain.offer": "On the offer {id}",
    "cli.explain.contract": "Under the contract {id}",
    "cli.explain.step_catalog": "sees it",
    "cli.explain.step_negotiation": "gets a contract",
    "cli.explain.step_use": "gets the data",
    "cli.explain.outcome_permitted": "yes",
    "cli.explain.outcome_denied": "no",
    "cli.explain.outcome_undetermined": "cannot be judged, so no",
    "cli.error.explain_what": "Name what was refused; or, to ask what would be decided, --dataset and --for.",
}
