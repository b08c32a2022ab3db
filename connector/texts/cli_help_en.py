"""The help pages of the command line, in English. In a help text the first line is the short form."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "cli.help.mmd": """A connector between manufacturing companies: offer data, agree on its use, fetch it, prove it.
New here? `mmd demo` shows everything on this machine. Each verb explains itself: mmd VERB --help""",
    "cli.help.options": "[OPTIONS]",
    "cli.help.verb": "VERB",
    "cli.help.verbs": "Verbs",
    "cli.help.arguments": "What is named",
    "cli.help.own_options": "Options",
    "cli.help.global_options": "Options of every verb",
    "cli.help.required": "(required)",
    "cli.help.repeatable": "(may be repeated)",
    "cli.help.chapter_own": "Your connector",
    "cli.help.chapter_offer": "Offer",
    "cli.help.chapter_govern": "As the authority of a data space",
    "cli.help.chapter_use": "Use",
    "cli.help.chapter_keep": "While a contract runs",
    "cli.help.chapter_prove": "Prove",
    "cli.help.chapter_look": "Look",
    "cli.option.dir": "The connector's folder. Otherwise MMD_DIR, otherwise the present folder.",
    "cli.option.url": "The management address of a connector elsewhere. Otherwise MMD_URL, otherwise as its folder says.",
    "cli.option.token": "The token for it. Otherwise MMD_TOKEN, otherwise the owner's token in the folder.",
    "cli.option.as_json": "The result as one JSON document on stdout, errors as JSON on stderr.",
    "cli.option.lang": "The language of everything that is printed. Otherwise MMD_LANG, otherwise the locale.",
    "cli.option.help": "This page.",
    "cli.option.version": "The version of mmd.",
    # --- verbs
    "cli.help.init": """Make a new connector in a folder: keys, DID, settings, the owner's token.
The address becomes part of the DID (did:web) and cannot be changed later. Nothing is ever overwritten.
  mmd init --dir plant --name "Drying plant" --public-url https://data.example.com""",
    "cli.init.name": "The company's name as others see it. Otherwise the name of the folder.",
    "cli.init.public_url": "The address under which others reach it. In the laboratory it may be left out.",
    "cli.init.bind": "Where it listens for others, when that is not the public address (a reverse proxy in front).",
    "cli.init.management_port": "The port of the management API on this machine. Otherwise a free one is chosen.",
    "cli.init.laboratory": "For trying out on one machine: plain HTTP on loopback. Contracts then say so.",
    "cli.init.authority": "The DID of an authority whose memberships are believed.",
    "cli.init.authority_role": "Make it an authority: it admits members.",
    "cli.help.serve": """Run the connector of a folder until Ctrl-C.
  mmd serve --dir plant""",
    "cli.serve.init_if_missing": "Make a laboratory connector first when the folder has none.",
    "cli.serve.set": "A setting for this run only; `mmd doctor` lists their names.",
    "cli.help.doctor": """Look whether everything is as it should be, and show the settings and where each comes from.
With --peer: look at another connector, from this one while it runs.
  mmd doctor --peer did:web:data.example.com
Exits with 1 when something is wrong. Secrets are never shown.""",
    "cli.help.keys": "The private keys at rest: show, seal, unseal.",
    "cli.help.keys_show": "The names of the keys and whether they are sealed, never the keys themselves.",
    "cli.help.keys_seal": """Seal the keys with a passphrase.

The connector then opens them at each start with the passphrase in the file; the settings remember its name.""",
    "cli.help.keys_unseal": "Open the keys again: they lie in the folder without a passphrase.",
    "cli.keys.passphrase_file": "The file with the passphrase (12 bytes or more) or with random bytes; keep it elsewhere.",
    "cli.help.rotate-key": """Put a new key in the place of the token, contract or log key.

Others are told before it is used. What the old one signed stays valid and provable, unless it was compromised.
  mmd rotate-key contract
  mmd rotate-key token --compromised-since 2026-11-20T08:00:00+09:00""",
    "cli.rotate_key.use": "token, contract or log.",
    "cli.rotate_key.since": "Others may have the old key since then: it is withdrawn at once and not believed from then on.",
    "cli.help.token": "Named tokens for the management API: add, list, remove.",
    "cli.help.token_add": """Make a token and show it once.
Roles: owner (everything), clerk (daily work), auditor (reading only).""",
    "cli.help.token_list": "The names and roles of all tokens, never the tokens themselves.",
    "cli.help.token_remove": "Make a token worthless at once.",
    "cli.token.name": "Whose token it is; this name stands in every record of an act.",
    "cli.token.role": "What it may do.",
    "cli.token.person": "Whose it is; otherwise as it is called. Where two people have to agree, two tokens of one person are one.",
    "cli.help.db": "The connector's database: upgrade.",
    "cli.help.db_upgrade": "Bring the tables to this version; `mmd serve` does it too, at its start.",
    "cli.help.log": "Show the connector's append-only log (size, root, signed checkpoint), or who did what.",
    "cli.help.audit-log": """Compare what a participant's log shows to us with what it shows to others.

A log that shows two histories is found, with both of its signed checkpoints as proof (exit 1).
  mmd audit-log did:web:plant.example.kr --with did:web:buyers.example.kr""",
    "cli.audit_log.peer": "Whose log.",
    "cli.audit_log.with": "With whom, besides the log itself and the authority; can be given more than once.",
    "cli.audit_log.output": "A file for both checkpoints, if they disagree.",
    "cli.log.acts": "The acts through the management API instead: when, who, what.",
    "cli.help.publish": """Upload a table (CSV, XLSX), see what the machine found in it, and offer it under clauses.
What is missing is asked on a terminal; scripts give it by options.
  mmd publish dryer.csv --title "Batch dryer" --purpose quality-prediction --until 2027-12-31 --count 3""",
    "cli.publish.file": "The file: CSV (UTF-8, CP949, UTF-16; comma, semicolon, tab, bar) or XLSX.",
    "cli.publish.title": "The title, in English.",
    "cli.publish.title_ko": "The title, in Korean.",
    "cli.publish.description": "What it is, in the language of this run.",
    "cli.publish.process": "The manufacturing process that it comes from.",
    "cli.publish.classification": "What kind of secret is in it: none, personal, trade-secret, core-technology.",
    "cli.publish.keyword": "A word by which others shall find it.",
    "cli.publish.producer": "Who produced the data.",
    "cli.publish.unit": "The unit of a column, over what its header says.",
    "cli.publish.export_control": "How its export stands: none, reported, approved, unknown (national core technology).",
    "cli.publish.pseudonym_level": "How far people in it are hidden: 0 not at all, 1 names, 2 indirect traits too, 3 anonymised.",
    "cli.publish.share_statistics": "Show least, greatest and mean values in the catalog; they can give away set points.",
    "cli.publish.purpose": "A purpose for which it may be used: a slug such as quality-prediction, its name, or an IRI.",
    "cli.publish.any_purpose": "Offer it without any limit of purpose.",
    "cli.publish.until": "The last day (or moment, with a time zone) of use.",
    "cli.publish.not_before": "The first day (or moment, with a time zone) of use.",
    "cli.publish.count": "How many deliveries at most.",
    "cli.publish.recipient": "Only this participant may use it.",
    "cli.publish.prohibit": "A clause that forbids, for example no-passing-on, no-resale, no-training; `mmd clauses` shows them all.",
    "cli.publish.visible_to": "Only this participant sees it in the catalog. Otherwise every member does.",
    "cli.publish.yes": "Publish without asking once more.",
    "cli.publish.bundle": "Start from a usual contract: `mmd clauses bundles` shows them.",
    "cli.publish.clause": "A clause of the catalogue, with the value of its one blank: no-training, count=5, until=2027-06-30.",
    "cli.publish.set": "The value of one blank: lump-sum.amount=1500000. Several values with commas, or given again; for named-people.list a file (CSV with name and e-mail) will do.",
    "cli.publish.without": "Leave this clause of the bundle out.",
    "cli.help.clauses": """The clauses that may stand in a contract: what each says, who keeps it, which blanks it has.
`mmd clauses show ID` shows one, `mmd clauses bundles` the usual contracts to start from.

    mmd clauses
    mmd clauses show lump-sum
    mmd clauses bundles""",
    "cli.clauses.what": "Nothing: all clauses in a list. show: one of them. bundles: the usual contracts.",
    "cli.clauses.which": "Which clause, or which bundle.",
    "cli.help.offer": """Offer one of your data sets to a participant that has not asked for it.
Without terms the offer of the catalog is taken; terms are for this participant alone.
  mmd offer 3f2a --to did:web:buyer.example.com --purpose quality-prediction --count 5""",
    "cli.offer.dataset": "The data set of yours: its identifier or a unique beginning of it.",
    "cli.offer.to": "To whom; it must be allowed to see the data set.",
    "cli.offer.offer": "Which offer of the catalog, when there are several.",
    "cli.help.withdraw": """End a contract with a signed notice, or take a data set out of the catalog.
Contracts about a data set that was taken out still stand.
  mmd withdraw 3f2a --reason "the line has been rebuilt\"""",
    "cli.withdraw.what": "A contract or one of your data sets: its identifier or a unique beginning of it.",
    "cli.withdraw.reason": "Why; the other side reads it. Needed for a contract.",
    "cli.withdraw.effective": "From when on (with a time zone), if later than the notice period of the contract demands.",
    "cli.withdraw.dry_run": "Only show whom and what it would hit, and from when on.",
    "cli.help.people": """Show or change who may hold the data of a contract: name and e-mail of each person.
A change counts when the other side has countersigned it; no new contract is needed. Names stay out of the log; evidence holds them unless it is made with --without-personal.
  mmd people 3f2a --set people.csv --reason "a team has changed"
  mmd people 3f2a --accept
  mmd people erase "Kim Minsu" --email kim@customer.example
  mmd people erase "Kim Minsu" --email kim@customer.example --reason "asked for on 2 December" --yes""",
    "cli.people.contract": "A contract; without one, --set makes a new list for the terms of an offer.",
    "cli.people.set": "A CSV file with name and e-mail (UTF-8 or CP949): propose this list.",
    "cli.people.reason": "Why; signed and logged, so no names in it.",
    "cli.people.accept": "Countersign the list that the other side proposed.",
    "cli.people.refuse": "Refuse it, and why.",
    "cli.people.export": "Write the lists themselves into this file, to show to a third beside the evidence. Personal data.",
    "cli.people.proposal": "Which proposal, if several are open.",
    "cli.help.duties": """Show what is owed under your contracts, by whom and until when: pay, report, delete, tell.
`mmd duties fulfil ID` says, signed, that yours is done. Deleting is shown by `mmd delete`.
  mmd duties fulfil 3f2a#obligation-2.1 --statement "paid on 3 December, invoice 2026-118\"""",
    "cli.duties.what": "`fulfil`, to say that one of yours is done.",
    "cli.duties.duty": "Which: contract and duty, as the list shows it, or a unique beginning.",
    "cli.duties.contract": "Everything that one contract obliges to, also what is done.",
    "cli.duties.statement": "What was done; the other side reads it, signed.",
    "cli.help.delete": """Delete every file that was received under a contract, and certify it: a signed list of what was deleted.
The provider countersigns it as received. Copies outside of this connector are yours to delete: say so in the statement.
  mmd delete 3f2a --statement "no copy is left with us or anybody else\"""",
    "cli.delete.statement": "What became of copies elsewhere; the provider reads it, signed.",
    "cli.help.suspend": """Suspend a contract with a signed notice: nothing is delivered until you lift it.

  mmd suspend 3f2a --reason "we are looking into a complaint\"""",
    "cli.suspend.reason": "Why; the other side reads it.",
    "cli.help.resume": """Lift your suspension of a contract. Only the side that suspended it can.

  mmd resume 3f2a""",
    "cli.withdraw.yes": "Do it without asking once more.",
    "cli.help.peers": "The participants that this connector knows by name: list, add, remove.",
    "cli.help.peers_list": "All of them.",
    "cli.help.peers_add": """Name a participant: its catalog is searched.
  mmd peers add did:web:plant.example.com""",
    "cli.help.peers_remove": "Forget one. Contracts with it stay.",
    "cli.peers.did": "The participant's DID.",
    "cli.peers.may_not_sign_option": "It cannot sign: accept contracts with it that only you sign. Needs --reason.",
    "cli.peers.send_token": "A file with the token that we show to it (with --accept static-token), as it gave it to you.",
    "cli.peers.expect_token": "A file with the token that it shows to us; one is made and shown once if absent.",
    "cli.peers.accept": """Put up with this in it: did-without-relationships, presentations-without-audience,
unsigned-status-lists, membership-without-keys. Each stands in every contract with it.""",
    "cli.peers.reason": "Why this exception is made; it stands in every such contract.",
    "cli.help.membership": "Become a member, or as the authority make members: request, issue, store, trust.",
    "cli.help.membership_request": "Make the request for an authority, signed by all keys of this connector.",
    "cli.help.membership_issue": "As the authority: check a request and issue the credential.",
    "cli.help.membership_store": "Keep the credential that the authority issued.",
    "cli.help.membership_watch": """What each authority has issued in our name, by its own log. 1 if a membership binds keys that are not ours.
  mmd membership watch""",
    "cli.help.membership_trust": "The trust file: the authorities' DIDs and keys, all that an auditor needs.",
    "cli.membership.authority": "The authority's DID.",
    "cli.membership.output": "Where to write it. Otherwise it is printed.",
    "cli.membership.request_file": "The member's request.",
    "cli.membership.credential_file": "The authority's answer, or the credential itself (JWT).",
    "cli.help.leave": """Leave the data space.

Nothing more is offered, open negotiations end, the authority takes the membership back. Contracts and evidence stay.""",
    "cli.help.authority": "Found a data space: an authority that admits members: init.",
    "cli.help.authority_init": """Make the folder of an authority: keys, DID, settings, the owner's token.

Afterwards `mmd serve`; members ask with `mmd join`, and `mmd members` answers.
  mmd authority init --dir office --name "Data Space Office" --public-url https://office.example.kr""",
    "cli.help.members": "As the authority: its members, who asks to be one, and the answer: list, requests, approve, refuse, offer.",
    "cli.help.members_list": "The members, and whose membership was taken back.",
    "cli.help.members_requests": "Who asked for a membership, and what came of it.",
    "cli.help.members_approve": "Admit a company: its membership is issued and delivered.",
    "cli.help.members_refuse": "Refuse a company, and tell it why.",
    "cli.help.members_offer": "Invite a company to ask for a membership, or a member for a new one.",
    "cli.help.members_suspend": """As the authority: let a membership rest. What runs with the member stops, until it is lifted.
  mmd members suspend did:web:plant.example.com --reason "the dues are open\"""",
    "cli.help.members_resume": "As the authority: lift a suspension. What was stopped by it goes on.",
    "cli.members.request": "The request's id, or the DID of who asks.",
    "cli.members.country": "Where it has its seat: an ISO 3166 code (KR, KR-26). Terms can ask for it.",
    "cli.members.affiliate": "The DID of the head of a group that it belongs to; may be given several times.",
    "cli.members.claim": "Something else that its membership says; may be given several times.",
    "cli.members.reason": "Why not; the company reads it. Needed.",
    "cli.members.holder": "The company's DID.",
    "cli.members.offer_reason": "In a word; the company's connector shows it. For a new one: reissue.",
    "cli.help.join": """Ask an authority for a membership, or without DID: show what was asked, and what was offered.
  mmd join did:web:office.example.com --wait""",
    "cli.join.authority": "The authority's DID.",
    "cli.join.wait": "Wait for the authority's answer.",
    "cli.join.timeout": "How long to wait. The request stays with the authority.",
    "cli.help.anchors": "Who is believed for which credentials: list, add, remove, refresh, export.",
    "cli.help.anchors_list": "The signed list of each authority: its version, until when it counts, whom it names.",
    "cli.help.anchors_add": """As the authority: believe an issuer for a type of credential. A new version is signed and told to the members.
  mmd anchors add did:web:lab.example.com --type QualityCredential""",
    "cli.help.anchors_remove": "As the authority: believe an issuer no more, for one type or for all.",
    "cli.help.anchors_refresh": "Ask every authority for its list now.",
    "cli.help.anchors_export": """The trust file for auditors, out of the lists: keys of the issuers, and lost keys of members.
  mmd anchors export -o trust.json""",
    "cli.anchors.did": "The issuer's DID.",
    "cli.anchors.type": "The type of its credentials, as MembershipCredential.",
    "cli.anchors.removed_type": "Only for this type; for all if absent.",
    "cli.anchors.authority": "The DID of one of our authorities; all if absent.",
    "cli.help.revoke": """As the authority: take back a membership for good. What runs with the member ends at once.
  mmd revoke did:web:plant.example.com --reason "the company has closed\"""",
    "cli.revoke.did": "The member's whole DID.",
    "cli.revoke.reason": "Why. Needed.",
    "cli.help.search": """Search what others offer.
  mmd search dryer temperature""",
    "cli.search.words": "Words to look for, Korean or English. Without any, everything.",
    "cli.search.provider": "Ask only this participant.",
    "cli.help.show": """Show one data set, yours or another's, with its offers clause by clause; or a negotiation with all that was said.
  mmd show 3f2a""",
    "cli.show.dataset": "The data set or the negotiation: its identifier or a unique beginning of it.",
    "cli.show.provider": "Ask only this participant.",
    "cli.help.negotiate": """Ask for a contract and wait until both sides have signed.
  mmd negotiate urn:uuid:3f2a…""",
    "cli.negotiate.dataset": "The data set: its identifier or a unique beginning of it (`mmd search` shows it).",
    "cli.negotiate.provider": "Who offers it, when several do.",
    "cli.negotiate.offer": "Which of its offers. Otherwise the connector chooses the first.",
    "cli.negotiate.wait": "Wait for the end, or only begin.",
    "cli.negotiate.timeout": "How long to wait for the other side.",
    "cli.help.fetch": """Fetch data in one call: take the contract that there is or negotiate one, pull, check, write the file.
A contract that a side has ended is not replaced by itself: --negotiate asks for a new one.
  mmd fetch urn:uuid:3f2a… -o dryer.csv --purpose quality-prediction""",
    "cli.fetch.dataset": "The data set: its identifier or a unique beginning of it (`mmd search` shows it).",
    "cli.fetch.output": "The file to write. It appears only whole and checked.",
    "cli.fetch.purpose": "What the data will be used for: a slug such as quality-prediction, its name, or an IRI.",
    "cli.fetch.person": "Who asked for it; only a salted digest goes into the receipt.",
    "cli.fetch.provider": "Who offers it, when several do.",
    "cli.fetch.contract": "Use this contract (its identifier or a unique beginning of it).",
    "cli.fetch.negotiate": "Always ask for a new contract, or never.",
    "cli.fetch.resume": "Go on with this delivery, which broke off.",
    "cli.fetch.push": "Have the provider send the data to our connector, instead of fetching it there.",
    "cli.fetch.timeout": "How long to wait for the other side, or for the next byte.",
    "cli.help.transfers": """List the transfers, or show one with what was said in it.
  mmd transfers --contract 3f2a""",
    "cli.transfers.transfer": "A transfer: its identifier or a unique beginning of it.",
    "cli.transfers.of_contract": "Only those under this contract (identifier or a unique beginning).",
    "cli.help.contracts": """List the contracts, or show one: clauses, deliveries, notices.
  mmd contracts 3f2a""",
    "cli.contracts.contract": "A contract: its identifier or a unique beginning of it.",
    "cli.contracts.negotiations": "The negotiations instead, also those without a contract.",
    "cli.contracts.after": "Go on after this one: the last of the page before.",
    "cli.contracts.limit": "How many, at most 1000.",
    "cli.help.contract": """Show a contract as people read it: parties, data, clauses and who keeps each, signatures, how to verify.
Made from the signed bytes alone, so the same contract gives the same document. Also from an evidence file, without a connector.
  mmd contract 3f2a --lang ko -o contract.pdf
  mmd contract evidence.zip""",
    "cli.contract.what": "A contract: its identifier or a unique beginning of it; or an evidence file.",
    "cli.contract.output": "Where to write it: the name ends in .pdf, .html or .txt. Otherwise it is printed.",
    "cli.help.evidence": """Write everything about a contract into one file that a stranger can verify offline.
Of several contracts, of a partner or of a period: one bundle, written as it is made, signed as a whole.
  mmd evidence 3f2a -o contract.zip
  mmd evidence --partner did:web:data.example.com --since 2026-01-01 -o year.zip""",
    "cli.evidence.contract": "A contract: its identifier or a unique beginning of it. Several make a bundle.",
    "cli.evidence.output": "The file to write (ZIP).",
    "cli.evidence.partner": "All contracts with this participant.",
    "cli.evidence.since": "Those agreed on this day or later (2026-01-01, or a moment with a time zone).",
    "cli.evidence.until": "Those agreed on this day or before.",
    "cli.evidence.attach": "A file that the contract names by its SHA-256 (a quality report, a consent on paper): kept, and put into the evidence.",
    "cli.evidence.without_personal": "Leave out messages, in which people may have written, and lists of people and consents; their digests stay and prove them later.",
    "cli.help.gaiax": "Gaia-X: the company, its credentials, and the judgement of others'.",
    "cli.help.gaiax_company": """Write down who the company is in law.
In Korea: the business registration number is `tax`, the corporate one `local`, an LEI `lei`.""",
    "cli.help.gaiax_export": "Write our Gaia-X credentials, with all that they refer to, into one file.",
    "cli.help.gaiax_verify": """Judge Gaia-X credentials by nine checks: of a file without any network, or of a participant by its DID.
Exits with 0 verified, 1 false, 2 cannot be judged.""",
    "cli.gaiax.legal_name": "The name in the register.",
    "cli.gaiax.kind": "What kind of number it is.",
    "cli.gaiax.number": "The registration number.",
    "cli.gaiax.country": "Two letters (ISO 3166-1).",
    "cli.gaiax.address": "A part of the address.",
    "cli.gaiax.output": "Where to write it.",
    "cli.gaiax.what": "A file of `mmd gaiax export`, or a DID.",
    "cli.gaiax.anchors": "PEM certificates of the authorities that you believe.",
    "cli.gaiax.laboratory": "Let DIDs over plain HTTP through.",
    "cli.help.verify": """Judge an evidence file offline, by numbered checks; needs no connector and no network.
Exits with 0 verified, 1 something is false, 2 cannot be judged.
  mmd verify contract.zip --trust trust.json""",
    "cli.verify.file": "The evidence file.",
    "cli.verify.trust": "Whom to believe: the authority's trust file, its key as JWK in a file, or its multibase key (z…).",
    "cli.verify.jobs": "How many processes judge the contracts of a bundle at a time. Otherwise one, and one for each processor for a large bundle.",
    "cli.verify.html": "Write the verdict as a page, too: each check, what it proves and what it does not.",
    "cli.verify.at": "Judge as of this moment (2026-12-31T18:00:00+09:00). Otherwise now.",
    "cli.help.demo": """A small data space on this machine: real keys, real data, a signed contract, refusals, an auditor.
  mmd demo --dir demo""",
    "cli.demo.keep": "Leave the connectors running at the end and print their addresses.",
}
