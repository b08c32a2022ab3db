"""What was found out about another connector: English. Keys: `peer.<id of the finding>`."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "cli.doctor.peer": "Another connector instead: what it says of itself, how it treats us, what would not work and why.",
    "cli.doctor.looking": "Looking at {peer} …",
    "cli.doctor.peer_did": "Participant",
    "cli.doctor.peer_url": "Protocol",
    "cli.doctor.peer_fine": "Everything that can be looked at from here works.",
    "cli.doctor.peer_wrong": "Would not work: {count}.",
    # --- what it says of itself
    "peer.did_method": "{did} is no did:web; other kinds of DIDs cannot be looked up here.",
    "peer.did_address": "{did} cannot be looked up: {reason}.",
    "peer.did_unknown": "Its version document names no DID, and its address gives none: {reason}.",
    "peer.did_guessed": "Its version document names no DID; {did} was concluded from its address.",
    "peer.did_document": "The DID document of {did} is there.",
    "peer.did_unusable": "The DID document of {did} cannot be used: {reason}.",
    "peer.did_no_keys": "Its DID document names no key for identity tokens (capabilityInvocation): whatever it sends is "
    "refused with 401. Some versions of Eclipse EDC do this.",
    "peer.no_data_service": "Its DID document names no DataService: its protocol address cannot be found from its DID.",
    "peer.only_catalog_service": "Its DID document names a CatalogService and no DataService: the address is read from it, "
    "its version document is not found that way.",
    "peer.data_service_elsewhere": "Its DataService names {url}, which is no version document (…{ending}); the standard's "
    "schema asks for /catalog by mistake. It cannot be found by its DID.",
    "peer.no_credential_service": "Its DID document names no CredentialService: nobody can ask for its membership, and it "
    "is refused with 401.",
    "peer.no_notices": "It takes no signed notices (NoticeService): it cannot confirm contracts or hear of a withdrawal "
    "in writing; it is told by ending transfers.",
    "peer.versions": "It speaks {version} at {root}.",
    "peer.versions_none": "It does not speak {ours}; it offers: {offered}.",
    "peer.versions_shape": "{url} is no version document: it has no list protocolVersions.",
    "peer.versions_protected": "{url} asks who we are ({status}); the version document must be open to everybody, or the "
    "protocol address cannot be found.",
    "peer.versions_several": "Its version document lists {version} {count} times; the first one is used.",
    "peer.versions_path": "Its version document writes the path as {path!r}, with a slash too many or too few; read as {root}.",
    "peer.versions_binding": "Its version document names the binding {binding}, not HTTPS.",
    "peer.versions_auth": "Its version document asks for {protocol} as proof of identity; we have DCP.",
    "peer.plain_http": "It is reached without TLS: for the laboratory only.",
    # --- what came instead of an answer
    "peer.unreachable": "{url}: {reason}.",
    "peer.tls": "{url}: the connection is not safe: {reason}. If its authority is your own, name it in ca_bundle.",
    "peer.redirect": "{url} redirects ({status}) to {target}; redirects are not followed: it has to name that address itself.",
    "peer.status": "{url} answers {status}: {reason}.",
    "peer.page": "{url} answers with a web page, not with JSON: something else is served there.",
    "peer.no_json": "{url} cannot be read: {reason}.",
    "peer.slow": "It took longer than {seconds} s; what comes after was not looked at.",
    "peer.clock": "Its clock agrees with ours to {seconds} s.",
    "peer.clock_off": "Its clock and ours differ by {seconds} s; beyond {allowed} s identity tokens are refused. Check both.",
    "peer.clock_unknown": "Its answers carry no date: whether its clock agrees with ours cannot be known.",
    # --- how it treats us
    "peer.catalog": "It answers our catalog request (data sets in the answer: {count}).",
    "peer.identity_accepted": "It accepts our identity and turns away who has none: it has reached our DID document.",
    "peer.catalog_empty": "It shows us no data set; perhaps none is for us.",
    "peer.identity_refused": "It does not accept our identity (401): {reason}. Either it cannot reach our DID document and "
    "Credential Service at our public address, or it does not believe our authority.",
    "peer.catalog_unreadable": "Its catalog cannot be read: {reason}.",
    "peer.catalog_other_participant": "Its catalog names the participant {participant}, not {did}: agreements with it will "
    "name another party than the one that signs.",
    "peer.catalog_no_participant": "Its catalog names no participantId.",
    "peer.catalog_expanded": "It writes expanded JSON-LD; we read it, the standard asks for the compact form.",
    "peer.catalog_context_string": "It writes @context as a text instead of a list; we read both.",
    "peer.catalog_prefixed": "It writes names with prefixes (dcat:…, dspace:…); we read them.",
    "peer.catalog_untyped": "It leaves out @type on nested objects ({names}); JSON-LD readers lose these parts.",
    "peer.catalog_empty_lists": "It writes empty lists, which the standard's schemas refuse.",
    "peer.catalog_single_values": "It writes one value where a list is due; we read both.",
    "peer.catalog_unpacked": "Nothing says that it packs catalogs (gzip); large ones come at their full size.",
    "peer.catalog_prev_link": "It names the page before rel=prev; the standard says previous. We read both.",
    "peer.open_to_strangers": "It answers catalog requests without asking who we are: its answer says nothing about whether "
    "it accepts our identity.",
    "peer.strangers_status": "To an invalid identity it answers {status} instead of 401.",
    "peer.unknown_status": "To a process that does not exist it answers {status} instead of 404.",
    # --- whether it reaches us
    "peer.ourselves": "Our own DID document is found at our public address ({url}).",
    "peer.ourselves_other": "At our public address ({url}) stands another DID document than ours: nobody can check our "
    "identity. Look at what the reverse proxy serves there.",
    "peer.ourselves_unreached": "We cannot reach our own public address from here ({reason}). Whether others can cannot be "
    "known from here: try {url} from outside.",
    "peer.no_own_membership": "We have no membership: it will refuse us (`mmd membership request`).",
    "peer.heard": "It reaches us: its last message came at {at} ({type}).",
    "peer.never_heard": "It has sent us nothing yet, as far as transcripts are kept. Whether it reaches our callback address "
    "shows when it does.",
    # --- what we hold of it
    "peer.membership": "Its membership: vouched for by {issuer} until {until}.",
    "peer.membership_unseen": "It has not shown us a membership yet; it is asked when it first calls us.",
    "peer.membership_untrusted": "Its membership is by {issuer}, whom we do not believe (setting authorities).",
    "peer.membership_over": "The membership by {issuer} that it showed last ended on {until}.",
    "peer.lapses": "Put up with in it, and named in each contract: {names}.",
    "peer.excepted": "It is excepted from signing: contracts with it may carry one signature only ({reason}).",
    "peer.line_open": "Messages to it wait (due: {due}): {problem}.",
    # --- what earlier conversations showed
    "peer.begins_with_200": "It answers 200 instead of 201 to what begins a process; we take both.",
    "peer.conflicts": "It answered 409 to messages of ours (times: {count}): it loses races. We wait, ask for the state and "
    "send again.",
    "peer.errors_as_pages": "It answers errors with web pages; their text is shown, the protocol's error type is not there.",
    "peer.unanswered": "{count} of our last {of} requests to it were not answered.",
}
