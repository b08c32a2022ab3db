"""The management API of a running connector, from Python: what the command line, the demo and other programs use.

Every answer is the plain JSON that the API gives; every failure is one `ClientError`. Waiting is done by the connector
(long polling), never by sleeping here.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self, TypeAlias
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx

from connector.zip_entries import EntryCounter

Json: TypeAlias = dict[str, Any]
Progress: TypeAlias = Callable[[int, int], None]
"""Told now and then: bytes so far, bytes in all (0 when unknown)."""

BASE: Final = "/management/v1"
COUNT: Final = "Contract-Count"
"""Header of a bundle's answer: how many contracts will be in it."""
CHUNK: Final = 1 << 18
"""Bytes read from or written to a file at once."""
POLL: Final = 20
"""Seconds for which one long poll may be held open by the connector."""
ANSWER: Final = 30.0
"""Seconds in which an ordinary call must be answered."""
PREPARE: Final = 1800.0
"""Seconds that the connector may take to read an uploaded file, or to put an evidence file together."""

PAGE: Final = 100
"""How many things a list holds at once, unless more are asked for."""

JOINING: Final = frozenset({"ASKED", "RECEIVED"})
"""States in which a request for a membership waits for the authority."""
NEGOTIATION_ENDS: Final = frozenset({"FINALIZED", "TERMINATED"})
DELIVERY_ENDS: Final = frozenset({"complete", "refused", "failed"})


class ClientError(Exception):
    """The connector said no, or nothing that can be understood.

    Attributes:
        status: the HTTP status; 0 when there was no answer at all.
        title: the kind of problem, in a few words.
        detail: the sentence that says what is wrong in this case; may be empty.
        problem: the whole problem document (RFC 9457), for further members such as `questions`.
    """

    def __init__(self, status: int, title: str, detail: str = "", problem: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail or title)
        self.status = status
        self.title = title
        self.detail = detail
        self.problem: Json = dict(problem or {})


class NoAnswerError(ClientError):
    """Nobody answered: not running, a wrong address, a certificate that is not trusted, a connection that broke."""

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(0, f"no answer from {url}", detail)


class ManagementClient:
    """One connector's management API.

    Args:
        url: where it listens, for example `http://127.0.0.1:19193`; with or without `/management/v1`.
        token: a named token of that connector.
        trust: a file of CA certificates (PEM) to believe instead of the system's.
        lang: the language wished for in sentences (`Accept-Language`).
        transport: another way to the connector, for tests.
    """

    def __init__(
        self,
        url: str,
        token: str,
        trust: Path | None = None,
        *,
        lang: str = "en",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/").removesuffix(BASE)
        headers = {"Accept": "application/json, application/problem+json", "Accept-Language": lang}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            self._http = httpx.Client(
                base_url=self.url,
                headers=headers,
                timeout=httpx.Timeout(ANSWER, connect=5.0),
                verify=_certificates(self.url, trust),  # nothing to verify on plain HTTP
                trust_env=not _is_loopback(self.url),  # a proxy has no business between us and our own machine
                transport=transport,
            )
        except (httpx.InvalidURL, ValueError, OSError, UnicodeError) as error:
            raise NoAnswerError(self.url, str(error)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    # --- the connector itself ---------------------------------------------------------------------------------------
    def self_description(self) -> Json:
        """Who this connector is: DID, name, addresses, keys, membership, checkpoint."""
        return self._object("GET", "/self")

    def settings(self) -> list[Json]:
        """The settings that are in force, with the source of each; no secrets."""
        return self._list("GET", "/settings", "settings")

    def log(self) -> Json:
        """The log's origin, size, root and signed checkpoint."""
        return self._object("GET", "/log")

    def audit_log(self, peer: str, with_others: Sequence[str] = ()) -> Json:
        """What a participant's log shows to us, compared with what it shows to others."""
        return self._object("POST", "/log-audits", json={"peer": peer, "withOthers": list(with_others)}, read=120.0)

    def reconcile(self, without: Sequence[str] = (), reason: str = "") -> Json:
        """Ask the others what we have forgotten, and go on as far as it goes."""
        body = {"without": list(without), "reason": reason}
        return self._object("POST", "/log-reconciliations", json=body, read=300.0)

    def release_contract(self, contract: str, reason: str) -> Json:
        """Let data flow again under a contract that is held since we came back from a backup."""
        return self._object("POST", f"/contracts/{_part(contract)}/release", json={"reason": reason})

    def acts(self) -> list[Json]:
        """Who did what through the management API."""
        return self._list("GET", "/acts", "acts")

    # --- data sets ---------------------------------------------------------------------------------------------------
    def upload(self, path: Path, *, on_progress: Progress | None = None) -> Json:
        """Send a file, streamed; the answer holds `uploadId`, `found` and `lines`.

        Raises:
            OSError: the file cannot be read.
        """
        with path.open("rb") as file:
            size = path.stat().st_size
            answer = self._request(
                "PUT",
                "/uploads",
                params={"name": path.name},
                content=_chunks(file, size, on_progress),
                headers={"Content-Length": str(size), "Content-Type": "application/octet-stream"},
                read=PREPARE,
            )
        return self._as_object(answer)

    def publish(self, upload_id: str, answers: Json, terms: Json, visible_to: Sequence[str] | None = None) -> Json:
        """Describe and offer an uploaded file; a 422 with `questions` says which answers are missing."""
        visible = None if visible_to is None else list(visible_to)
        body = {"uploadId": upload_id, "answers": answers, "terms": terms, "visibleTo": visible}
        return self._object("POST", "/datasets", json=body, read=PREPARE)

    def clauses(self) -> list[Json]:
        """The clause catalogue."""
        return self._list("GET", "/clauses", "clauses")

    def clause(self, clause_id: str) -> Json:
        """One clause of it."""
        return self._object("GET", f"/clauses/{_part(clause_id)}")

    def bundles(self) -> list[Json]:
        """The usual contracts, as starting points."""
        return self._list("GET", "/bundles", "bundles")

    def draft(self, terms: Json, *, answers: Json | None = None, dataset: str | None = None) -> Json:
        """Look at terms before they are offered: rules, sentences, conflicts."""
        body = {"terms": terms, "answers": answers, "dataset": dataset}
        return self._object("POST", "/terms", json=body)

    def datasets(self) -> list[Json]:
        """What we offer."""
        found: list[Json] = []
        params: dict[str, str] | None = {}
        while params is not None:
            answer = self._request("GET", "/datasets", params=params)
            found += self._as_list(answer, "datasets")
            link = answer.links.get("next")
            params = dict(parse_qsl(urlsplit(link["url"]).query)) if link is not None else None
        return found

    def dataset(self, dataset_id: str) -> Json:
        """One of the data sets that we offer."""
        return self._object("GET", f"/datasets/{_part(dataset_id)}")

    def withdraw_dataset(self, dataset_id: str) -> None:
        """Take it out of the catalog; contracts that stand are not touched."""
        self._request("DELETE", f"/datasets/{_part(dataset_id)}")

    def catalog(self, query: str = "", *, provider: str | None = None) -> Json:
        """What others offer: `entries`, and whom we `asked`."""
        params = {"q": query, **({"provider": provider} if provider else {})}
        return self._object("GET", "/catalog", params=params, read=60.0)

    # --- negotiations and contracts ------------------------------------------------------------------------------------
    def negotiate(self, provider: str, dataset: str, offer: str | None = None) -> Json:
        """Ask for a contract; answers at once with the negotiation as it has begun."""
        return self._object("POST", "/negotiations", json={"provider": provider, "dataset": dataset, "offer": offer})

    def offer(self, consumer: str, dataset: str, *, offer: str | None = None, terms: Json | None = None) -> Json:
        """As provider: offer a contract to a consumer that has not asked for it."""
        body = {"consumer": consumer, "dataset": dataset, "offer": offer, "terms": terms}
        return self._object("POST", "/offers", json=body)

    def negotiations(self, *, after: str | None = None, limit: int = PAGE, beginning: str | None = None) -> list[Json]:
        """A page of the negotiations of both roles, newest first; `after` is the last one of the page before."""
        return self._list(
            "GET", "/negotiations", "negotiations", params=_given(after=after, limit=limit, beginning=beginning)
        )

    def retention(self) -> list[Json]:
        """Every kind of record: for how long it is kept and why, and what would go now."""
        return self._list("GET", "/retention", "kinds", read=PREPARE)

    def apply_retention(self) -> list[Json]:
        """Let go of everything that has been kept long enough; what went, by kind."""
        return self._list("POST", "/retention", "kinds", read=PREPARE)

    def alerts(self) -> list[Json]:
        """What people should look at although nobody has asked them: each with its sentences."""
        return self._list("GET", "/alerts", "alerts")

    def inbox(self, *, after: str | None = None, limit: int = PAGE) -> list[Json]:
        """A page of what waits for our people, newest first; `after` is the last one of the page before."""
        return self._list("GET", "/inbox", "inbox", params=_given(after=after, limit=limit))

    def conversation(self, negotiation_id: str) -> Json:
        """A negotiation with every offer in clauses, what each changed, who has said yes, and what was done."""
        return self._object("GET", f"/negotiations/{_part(negotiation_id)}/conversation")

    def accept(self, negotiation_id: str, terms: str) -> Json:
        """Say yes to what lies on the table; `terms` is the digest of what was shown."""
        return self._object("POST", f"/negotiations/{_part(negotiation_id)}/acceptance", json={"terms": terms})

    def counter(
        self,
        negotiation_id: str,
        *,
        terms: Json | None = None,
        on: str | None = None,
        set_: Json | None = None,
        drop: Sequence[str] = (),
    ) -> Json:
        """Answer with whole other `terms`; or with clauses to `set_` and `drop` in the terms with the digest `on`."""
        body = {"terms": terms, "on": on, "set": set_ or None, "drop": list(drop)}
        return self._object("POST", f"/negotiations/{_part(negotiation_id)}/offers", json=body)

    def rules(self) -> list[Json]:
        """The rules for agreeing, in their order."""
        return self._list("GET", "/rules", "rules")

    def put_rule(self, name: str, rule: Json) -> Json:
        """Add a rule, or replace the one of this name."""
        return self._object("PUT", f"/rules/{_part(name)}", json=rule)

    def remove_rule(self, name: str) -> None:
        """Take a rule away."""
        self._request("DELETE", f"/rules/{_part(name)}")

    def try_rules(self, trial: Json) -> Json:
        """What the rules say to a negotiation, or to terms that somebody might ask for."""
        return self._object("POST", "/rules/trials", json=trial)

    def negotiation(self, negotiation_id: str, *, wait: int = 0, until: str | None = None) -> Json:
        """One negotiation, as soon as it is in the state `until` or ended, at the latest after `wait` seconds."""
        params = {**({"wait": str(wait)} if wait else {}), **({"until": until} if until else {})}
        return self._object("GET", f"/negotiations/{_part(negotiation_id)}", params=params, read=ANSWER + wait)

    def follow_negotiation(self, negotiation_id: str, *, until: str = "FINALIZED", timeout: float = 120.0) -> Json:
        """Wait until the negotiation is in that state or ended, or until the time (seconds) is over."""
        end = time.monotonic() + timeout
        while True:
            left = max(0, min(POLL, int(end - time.monotonic() + 0.999)))
            view = self.negotiation(negotiation_id, wait=left, until=until)
            if view.get("state") in NEGOTIATION_ENDS | {until} or left == 0:
                return view

    def terminate_negotiation(self, negotiation_id: str, reason: str, *, code: str | None = None) -> Json:
        """End it; the other side reads the reason, and its programs the code."""
        body = {"reason": reason, **_given(code=code)}
        return self._object("POST", f"/negotiations/{_part(negotiation_id)}/termination", json=body)

    def contracts(
        self,
        *,
        after: str | None = None,
        limit: int = PAGE,
        beginning: str | None = None,
        dataset: str | None = None,
    ) -> list[Json]:
        """A page of the contracts of both roles, newest first; `after` is the last one of the page before.

        `beginning` and `dataset`: only those whose id, or whose data set's id, begins so.
        """
        wanted = _given(after=after, limit=limit, beginning=beginning, dataset=dataset)
        return self._list("GET", "/contracts", "contracts", params=wanted)

    def contract(self, contract_id: str, *, wait: int = 0) -> Json:
        """One contract with its clauses, deliveries and notices; with `wait`, at its next change or after so many seconds."""
        params = {"wait": str(wait)} if wait else {}
        return self._object("GET", f"/contracts/{_part(contract_id)}", params=params, read=ANSWER + wait)

    def transfers(
        self,
        *,
        after: str | None = None,
        limit: int = PAGE,
        beginning: str | None = None,
        contract: str | None = None,
    ) -> list[Json]:
        """A page of the transfers of both roles, newest first; `after` is the last one of the page before.

        `beginning`: only those whose id begins so; `contract`: only those under this one.
        """
        wanted = _given(after=after, limit=limit, beginning=beginning, contract=contract)
        return self._list("GET", "/transfers", "transfers", params=wanted)

    def transfer(self, transfer_id: str) -> Json:
        """One transfer, with what was said in it."""
        return self._object("GET", f"/transfers/{_part(transfer_id)}")

    def withdrawal(self, contract_id: str) -> Json:
        """Whom and what a withdrawal of a contract would hit; nothing is done."""
        return self._object("GET", f"/contracts/{_part(contract_id)}/withdrawal")

    def withdraw(self, contract_id: str, reason: str, *, effective: str | None = None) -> Json:
        """Tell the other side, signed, that the contract ends; later than it has to with `effective`."""
        body = {"reason": reason, **({"effective": effective} if effective else {})}
        return self._object("POST", f"/contracts/{_part(contract_id)}/withdrawal", json=body)

    def suspend(self, contract_id: str, reason: str) -> Json:
        """Tell the other side, signed, that nothing is delivered until we lift it."""
        return self._object("POST", f"/contracts/{_part(contract_id)}/suspension", json={"reason": reason})

    def resume(self, contract_id: str) -> Json:
        """Lift our suspension of a contract."""
        return self._object("POST", f"/contracts/{_part(contract_id)}/resumption")

    def duties(self, contract: str | None = None) -> list[Json]:
        """What is owed and not done, by either side; of one contract everything that it obliges to."""
        return self._list("GET", "/duties", "duties", params=_given(contract=contract))

    def fulfil_duty(self, duty: str, statement: str) -> Json:
        """Say, signed, that we have done what we owed."""
        return self._object("POST", "/duties/fulfilment", json={"duty": duty, "statement": statement})

    def make_people(self, people: list[Json]) -> Json:
        """Make a list of named people for the terms of an offer; its digest is what stands there."""
        return self._object("POST", "/people-lists", json={"people": people})

    def erase_person(self, name: str, email: str, reason: str, *, apply: bool) -> Json:
        """Find a person everywhere, or erase it wherever it need not stay; where the name stays, and why."""
        body = {"name": name, "email": email, "reason": reason, "apply": apply}
        return self._object("POST", "/people/erasures", json=body, read=PREPARE)

    def people(self, contract_id: str) -> Json:
        """Who may hold the data of a contract now, and which lists wait for an answer."""
        return self._object("GET", f"/contracts/{_part(contract_id)}/people")

    def propose_people(self, contract_id: str, people: list[Json], reason: str = "") -> Json:
        """Propose another list to the other side."""
        body = {"people": people, "reason": reason}
        return self._object("POST", f"/contracts/{_part(contract_id)}/people", json=body)

    def accept_people(self, contract_id: str, proposal: str | None = None) -> Json:
        """Countersign a list that the other side proposed."""
        return self._object("POST", f"/contracts/{_part(contract_id)}/people/acceptance", json={"proposal": proposal})

    def refuse_people(self, contract_id: str, reason: str, proposal: str | None = None) -> Json:
        """Refuse a list that the other side proposed."""
        body = {"reason": reason, "proposal": proposal}
        return self._object("POST", f"/contracts/{_part(contract_id)}/people/refusal", json=body)

    def attach(self, contract_id: str, path: Path) -> Json:
        """Attach a file that the contract names by its digest; it goes into the evidence.

        Raises:
            OSError: the file cannot be read.
        """
        headers = {"Content-Type": "application/octet-stream"}
        path_ = f"/contracts/{_part(contract_id)}/annexes"
        return self._as_object(self._request("PUT", path_, content=path.read_bytes(), headers=headers, read=PREPARE))

    def delete(self, contract_id: str, statement: str) -> Json:
        """Delete what we received under a contract, and certify it, signed."""
        return self._object(
            "POST", f"/contracts/{_part(contract_id)}/deletion", json={"statement": statement}, read=60.0
        )

    def metering(self, contract_id: str) -> Json:
        """What both sides count under a contract, line by line."""
        return self._object("GET", f"/contracts/{_part(contract_id)}/metering")

    def tell_metering(self, contract_id: str) -> Json:
        """State what we have counted, signed; the other side answers with its own."""
        return self._object("POST", f"/contracts/{_part(contract_id)}/metering", read=PREPARE)

    def mark_paid(self, contract_id: str, *, received: bool = True, note: str | None = None) -> Json:
        """As provider: the payment in advance is there, or was marked so by mistake."""
        body = {"received": received, "note": note}
        return self._object("POST", f"/contracts/{_part(contract_id)}/payment", json=body)

    def consents(self) -> list[Json]:
        """What producers have consented to, and which contracts stand on each."""
        return self._list("GET", "/consents", "consents")

    def keep_consent(self, consent: Json) -> Json:
        """Keep a consent: `receipt`, or `digest`, `producer`, `dataset`, `purposes`, `until` of a document."""
        return self._object("POST", "/consents", json=consent)

    def withdraw_consent(self, digest: str, reason: str) -> Json:
        """The producer has taken its consent back."""
        return self._object("POST", f"/consents/{_part(digest)}/withdrawal", json={"reason": reason})

    def give_consent(self, given: Json) -> Json:
        """As producer: a signed receipt; `provider`, `dataset`, `purposes`, `until`."""
        return self._object("POST", "/consent-receipts", json=given)

    def decisions(self, about: str) -> list[Json]:
        """What was refused about something, and why, the latest first."""
        return self._list("GET", "/decisions", "decisions", params={"about": about})

    def what_if(self, question: Json) -> Json:
        """What would be decided; the members of `POST /what-if`."""
        return self._object("POST", "/what-if", json=question)

    def evidence(self, contract_id: str, target: BinaryIO, *, without_personal: bool = False) -> int:
        """Write the evidence file of a contract; returns its size in bytes."""
        query = "?withoutPersonal=true" if without_personal else ""
        return self._download(f"/contracts/{_part(contract_id)}/evidence{query}", target, None)

    def evidence_bundle(
        self,
        target: BinaryIO,
        *,
        contracts: Sequence[str] = (),
        partner: str | None = None,
        since: str | None = None,
        until: str | None = None,
        without_personal: bool = False,
        on_progress: Progress | None = None,
    ) -> int:
        """Write the evidence of many contracts as one file, as it comes; returns its size in bytes.

        `on_progress` is told contracts, not bytes: how large the file will be is not known before its end.
        """
        query = list(_given(partner=partner, since=since, until=until).items())
        query += [("contract", contract) for contract in contracts]
        query += [("withoutPersonal", "true")] if without_personal else []
        return self._download(f"/evidence?{urlencode(query)}", target, on_progress, counting=True)

    def gaiax_export(self) -> Json:
        """Our Gaia-X credentials with all that they refer to."""
        return self._object("GET", "/gaiax")

    def gaiax_verify(self, participant: str) -> Json:
        """Have our connector fetch a participant's Gaia-X credentials and judge them."""
        return self._object("POST", "/gaiax/verification", json={"participant": participant}, read=60.0)

    # --- deliveries ----------------------------------------------------------------------------------------------------
    def deliver(
        self,
        contract: str,
        purpose: str | None,
        *,
        person: str | None = None,
        delivery: str | None = None,
        push: bool = False,
    ) -> Json:
        """Have our connector pull the data, or the provider push it; with `delivery` it goes on with one that broke off."""
        body: Json = {"contract": contract, "purpose": purpose, "person": person, "delivery": delivery}
        if push:
            body["push"] = True
        return self._object("POST", "/deliveries", json=body, read=60.0)

    def delivery(self, delivery_id: str, *, wait: int = 0) -> Json:
        """One delivery, as soon as it has ended, at the latest after `wait` seconds."""
        params = {"wait": str(wait)} if wait else {}
        return self._object("GET", f"/deliveries/{_part(delivery_id)}", params=params, read=ANSWER + wait)

    def follow_delivery(
        self, delivery_id: str, *, on_progress: Progress | None = None, patience: float = 300.0
    ) -> Json:
        """Wait until the delivery has ended, or until no byte has come for `patience` seconds."""
        last, since = -1, time.monotonic()
        while True:
            view = self.delivery(delivery_id, wait=1)
            done = int(view.get("bytes") or 0)
            if on_progress is not None:
                on_progress(done, int(view.get("byteSize") or 0))
            if done != last:
                last, since = done, time.monotonic()
            if view.get("state") in DELIVERY_ENDS or time.monotonic() - since >= patience:
                return view

    def content(self, delivery_id: str, target: BinaryIO, *, on_progress: Progress | None = None) -> int:
        """Write the delivered bytes; returns how many."""
        return self._download(f"/deliveries/{_part(delivery_id)}/content", target, on_progress)

    # --- others --------------------------------------------------------------------------------------------------------
    def peers(self) -> list[Json]:
        """The participants that we know by name."""
        return self._list("GET", "/peers", "peers")

    def put_peer(
        self,
        did: str,
        *,
        may_not_sign: bool = False,
        lapses: Sequence[str] = (),
        reason: str = "",
        tokens: Mapping[str, str] | None = None,
    ) -> Json:
        """Name a participant.

        Args:
            did: who.
            may_not_sign: accept contracts that only we sign.
            lapses: names of what else is put up with in it.
            reason: why.
            tokens: static tokens, `sendToken` and `expectToken`.
        """
        body = {"mayNotSign": may_not_sign, "lapses": list(lapses), "reason": reason, **(tokens or {})}
        return self._object("PUT", f"/peers/{_part(did)}", json=body)

    def remove_peer(self, did: str) -> None:
        """Forget it; contracts stay."""
        self._request("DELETE", f"/peers/{_part(did)}")

    def membership_request(self, authority: str) -> Json:
        """A request, signed by all our keys, for the authority to make us a member."""
        return self._object("POST", "/membership-requests", json={"authority": authority})

    def store_membership(self, credential: str) -> Json:
        """Keep the credential that the authority gave."""
        return self._object("PUT", "/membership", json={"credential": credential})

    def admit_member(self, request: Json) -> Json:
        """As the authority: check a request and issue the credential."""
        return self._object("POST", "/members", json={"request": request}, read=60.0)

    def join(self, authority: str) -> Json:
        """Ask an authority for a membership; what the request is called, and how it stands."""
        return self._object("POST", "/credential-requests", json={"authority": authority}, read=60.0)

    def joining(self) -> list[Json]:
        """What we have asked for, and what we were offered."""
        return self._list("GET", "/credential-requests", "requests")

    def follow_join(self, request: str, *, timeout: float = 0) -> Json:
        """How a request of ours stands, at the latest after `timeout` seconds."""
        end = time.monotonic() + timeout
        path = f"/credential-requests/{_part(request)}"
        while True:
            left = max(0, min(POLL, int(end - time.monotonic() + 0.999)))
            view = self._object("GET", path, params={"wait": str(left)} if left else {}, read=60.0 + left)
            if view.get("state") not in JOINING or left == 0:
                return view

    def member_requests(self) -> list[Json]:
        """As the authority: who asked for a membership."""
        return self._list("GET", "/member-requests", "requests")

    def approve(self, request: str, says: Json | None = None) -> Json:
        """As the authority: issue what was asked for; the request's id, or the asker's DID, and what we say of it."""
        body = {"request": request, "says": says} if says else {"request": request}
        return self._object("POST", "/admissions", json=body, read=60.0)

    def refuse_member(self, request: str, reason: str) -> Json:
        """As the authority: refuse it."""
        return self._object("POST", "/refusals", json={"request": request, "reason": reason})

    def offer_membership(self, holder: str, reason: str) -> Json:
        """As the authority: invite a company to ask."""
        return self._object("POST", "/credential-offers", json={"holder": holder, "reason": reason}, read=60.0)

    def members(self) -> list[Json]:
        """As the authority: whom we made members."""
        return self._list("GET", "/members", "members")

    def revoke(self, did: str, reason: str) -> Json:
        """As the authority: take back a membership for good."""
        return self._object("POST", "/revocations", json={"did": did, "reason": reason})

    def suspend_member(self, did: str, reason: str) -> Json:
        """As the authority: let a membership rest until that is lifted."""
        return self._object("POST", "/suspensions", json={"did": did, "reason": reason})

    def reinstate_member(self, did: str) -> Json:
        """As the authority: lift a suspension."""
        return self._object("POST", "/reinstatements", json={"did": did})

    def watch_memberships(self) -> list[Json]:
        """What each authority has issued in our name."""
        return self._list("POST", "/membership-watches", "watched", json={}, read=120.0)

    def leave(self) -> Json:
        """Leave the data space; contracts and evidence stay."""
        return self._object("POST", "/departures", json={}, read=120.0)

    def keys(self) -> Json:
        """Our keys, and what has become of each."""
        return self._object("GET", "/keys")

    def rotate_key(self, use: str, compromised_since: str | None = None) -> Json:
        """Change the token, contract or log key."""
        body: Json = {"use": use, "compromisedSince": compromised_since}
        return self._object("POST", "/key-rotations", json=body, read=120.0)

    def trust(self, authority: str | None = None) -> Json:
        """The trust file: the authorities' DIDs and keys, all that an auditor needs."""
        return self._object("GET", "/trust", params={"authority": authority} if authority else {})

    def anchors(self) -> list[Json]:
        """How things stand with the list of trust anchors of each authority."""
        return self._list("GET", "/anchors", "anchors")

    def refresh_anchors(self) -> list[Json]:
        """Ask every authority for its list of trust anchors now."""
        return self._list("POST", "/anchors/refreshes", "anchors", json={}, read=120.0)

    def add_anchor(self, did: str, types: list[str]) -> Json:
        """As the authority: believe an issuer for these types of credentials."""
        return self._object("POST", "/anchors/issuers", json={"did": did, "types": types}, read=60.0)

    def remove_anchor(self, did: str, credential_type: str | None) -> Json:
        """As the authority: believe an issuer no more, for one type or for all."""
        return self._object("POST", "/anchors/removals", json={"did": did, "type": credential_type})

    def diagnose(self, peer: str) -> Json:
        """What works with another connector, named by its DID or an address, and what does not, in words."""
        return self._object("POST", "/diagnoses", json={"peer": peer}, read=120.0)

    # --- conversations -----------------------------------------------------------------------------------------------
    def transcript(self, wanted: str) -> Json:
        """What was said in a negotiation, a transfer, under an agreement, for a delivery."""
        return self._object("GET", f"/transcripts/{_part(wanted)}", read=120.0)

    def exchanges(self, *, limit: int = 100, peer: str | None = None, failed: bool = False) -> Json:
        """The latest exchanges with others, newest first; of one, or only those that failed."""
        asked = {"limit": limit, "failed": failed, **({"peer": peer} if peer else {})}
        return self._object("GET", "/transcripts", params=asked)

    # --- how calls are made ----------------------------------------------------------------------------------------------
    def _object(self, method: str, path: str, **how: Any) -> Json:
        return self._as_object(self._request(method, path, **how))

    def _list(self, method: str, path: str, member: str, **how: Any) -> list[Json]:
        """The answer is a list, or an object with the list in `member`."""
        return self._as_list(self._request(method, path, **how), member)

    def _as_list(self, answer: httpx.Response, member: str) -> list[Json]:
        value = self._json(answer)
        found = value.get(member) if isinstance(value, dict) else value
        if not isinstance(found, list):
            raise ClientError(answer.status_code, "this is not the management API of a connector", f"no {member}")
        return found

    def _as_object(self, answer: httpx.Response) -> Json:
        if not answer.content:
            return {}
        value = self._json(answer)
        if not isinstance(value, dict):
            raise ClientError(answer.status_code, "this is not the management API of a connector", "no JSON object")
        return value

    def _json(self, answer: httpx.Response) -> Any:
        try:
            return answer.json()
        except ValueError:
            raise ClientError(answer.status_code, "this is not the management API of a connector", "no JSON") from None

    def _request(self, method: str, path: str, *, read: float = ANSWER, **how: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, BASE + path, timeout=_timeout(read), **how)
        except httpx.HTTPError as error:
            raise self._no_answer(error) from None
        _demand_success(answer)
        return answer

    def _download(self, path: str, target: BinaryIO, on_progress: Progress | None, *, counting: bool = False) -> int:
        done, counter = 0, EntryCounter()
        try:
            with self._http.stream("GET", BASE + path, timeout=_timeout(PREPARE)) as answer:
                if not answer.is_success:
                    answer.read()
                    _demand_success(answer)
                whole = int(answer.headers.get(COUNT if counting else "Content-Length", "0"))
                for chunk in answer.iter_bytes(CHUNK):
                    target.write(chunk)
                    done += len(chunk)
                    if on_progress is not None:
                        # The last entries are the list and its signature.
                        on_progress(min(counter.feed(chunk), whole) if counting else done, whole)
        except httpx.HTTPError as error:
            raise self._no_answer(error) from None
        return done

    def _no_answer(self, error: httpx.HTTPError) -> NoAnswerError:
        return NoAnswerError(self.url, f"{type(error).__name__}: {error}".removesuffix(": "))


def _part(identifier: str) -> str:
    # A did:web holds `%3A`: it must arrive as it is after the server has decoded the path once.
    return quote(identifier, safe=":")


def _given(**query: Any) -> dict[str, str]:
    return {name: str(value) for name, value in query.items() if value is not None}


def _timeout(read: float) -> httpx.Timeout:
    return httpx.Timeout(ANSWER, connect=5.0, read=read)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


def _certificates(url: str, trust: Path | None) -> Any:
    """What `verify` takes; loading the system's certificates costs time that plain HTTP need not pay."""
    if not url.startswith("https:"):
        return False
    if trust is None:
        return True
    import ssl

    return ssl.create_default_context(cafile=str(trust))


def _chunks(file: BinaryIO, size: int, on_progress: Progress | None) -> Iterator[bytes]:
    done = 0
    while chunk := file.read(CHUNK):
        yield chunk
        done += len(chunk)
        if on_progress is not None:
            on_progress(done, size)


def _demand_success(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    title = problem.get("title") or answer.reason_phrase or f"status {answer.status_code}"
    raise ClientError(answer.status_code, str(title), str(problem.get("detail") or ""), problem)
