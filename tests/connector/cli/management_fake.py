"""A management API in memory: the same paths, JSON and errors, with just enough behind them to be asked for twice."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import unquote

import httpx

from connector.services.errors import Unprocessable
from connector.services.terms import clauses_of, draft_of
from connector.web.management.clauses import bundle_view, clause_view
from policies.clauses import CLAUSES as CATALOGUE
from policies.clauses.bundles import BUNDLES

TOKEN = "owner-token"
PLANT = "did:web:plant.example%3A8443"
PEER = "did:web:peer"
DATASET = "urn:uuid:3f2a0000-0000-4000-8000-000000000001"
OFFER = "ni:///sha-256;abc"
CONTRACT = "urn:uuid:aaaa0000-0000-4000-8000-000000000001"
CONTENT = b"batch_id,ClockTime\n1,2\n" * 40
DIGEST = "sha256:" + hashlib.sha256(CONTENT).hexdigest()
ASKED = {
    "id": "urn:uuid:3f2a0000-0000-4000-8000-000000000009",
    "issuer": "did:web:office.example",
    "state": "RECEIVED",
    "createdAt": "2026-11-23T00:00:00.000Z",
    "reason": None,
}
HIT = {
    "contract": CONTRACT,
    "counterparty": PLANT,
    "counterpartyName": "Drying plant",
    "title": {"en": "Batch dryer"},
    "effective": "2026-12-23T09:00:00.000Z",
    "toldBy": "notice",
    "transfers": ["urn:uuid:t"],
    "deliveries": [],
    "duties": [
        {"action": "delete", "name": {"en": "Deletion"}, "owedBy": "consumer", "due": "2026-12-30T09:00:00.000Z"}
    ],
}
APPLIED = {"id": ASKED["id"], "did": PLANT, "name": "Plant", "state": "RECEIVED", "createdAt": ASKED["createdAt"]}
RESEARCH = "https://w3id.org/my-manufacturing-data/v1/purpose/research"
QUALITY = "https://w3id.org/my-manufacturing-data/v1/purpose/quality-prediction"
CLAUSES = [
    {"id": "purpose", "en": "Only for quality prediction.", "ko": "품질예측에만.", "enforcer": "E"},
    {"id": "no-passing-on", "en": "Not to be passed on.", "ko": "전달 금지.", "enforcer": "P"},
]
QUESTIONS = {
    "title": {"id": "title", "en": "What is it called?", "ko": "제목은?"},
    "process": {"id": "process", "en": "Which process?", "ko": "어떤 공정?"},
}


def entry(**other: Any) -> dict[str, Any]:
    """A catalog entry."""
    return {
        "provider": PLANT,
        "providerName": "Drying plant",
        "dataset": DATASET,
        "title": {"en": "Batch dryer", "ko": "배치 건조기"},
        "description": {"en": "71 batches"},
        "keywords": ["dryer"],
        "byteSize": str(len(CONTENT)),
        "digest": DIGEST,
        "offers": [{"id": OFFER, "policy": {}, "clauses": CLAUSES}],
        "score": 1,
        **other,
    }


def contract(**other: Any) -> dict[str, Any]:
    """A contract that stands."""
    return {
        "id": CONTRACT,
        "role": "consumer",
        "counterparty": PLANT,
        "counterpartyName": "Drying plant",
        "dataset": DATASET,
        "title": {"en": "Batch dryer"},
        "state": "complete",
        "signedAt": "2026-11-23T01:00:00.000Z",
        "confirmed": True,
        "clauses": CLAUSES,
        "usesAllowed": 3,
        "usesReserved": 1,
        "until": "2027-12-31T14:59:59.999Z",
        "deliveries": [],
        "digest": "sha256:" + "0" * 64,
        "laboratory": False,
        "notices": [],
        "logIndex": 0,
        "witnesses": [
            {
                "did": PEER,
                "role": "counterparty",
                "required": True,
                "cosignedAt": "2026-11-23T01:00:01Z",
                "late": False,
            },
            {"did": "did:web:office.example", "role": "authority", "required": False, "cosignedAt": None, "late": True},
        ],
        **other,
    }


def compared(outcome: str, **other: Any) -> dict[str, Any]:
    """One comparison of a log."""
    return {"with": PEER, "outcome": outcome, "sentence": "as they say", "size": 7, "checkpoints": [], **other}


TERMS = "sha256:" + "ab" * 32
"""The digest of what lies on the table of the only negotiation."""
CHANGE: dict[str, Any] = {
    "clause": "count",
    "change": "changed",
    "favours": "consumer",
    "was": {"en": "Once.", "ko": "한 번."},
    "asked": {"en": "Twice.", "ko": "두 번."},
    "en": "Number of fetches: it was “Once.”, asked is “Twice.” This favours the consumer.",
    "ko": "이용 횟수: 기존 ‘한 번.’ → 요청 ‘두 번.’ 이용자에게 유리합니다.",
}


def waits(**other: Any) -> dict[str, Any]:
    """Something that waits for our people."""
    return {
        "id": "urn:uuid:neg",
        "role": "consumer",
        "counterparty": PLANT,
        "counterpartyName": "Drying plant",
        "dataset": DATASET,
        "summary": {
            "en": "Drying plant offers “Batch dryer” with 1 changed clause.",
            "ko": "건조 공장에서 제안했습니다.",
        },
        "terms": TERMS,
        "since": "2026-11-23T01:09:00.000Z",
        "until": "2026-12-07T01:09:00.000Z",
        "rule": "people look",
        "persons": 1,
        "because": [],
        "approvals": [],
        **other,
    }


class Fake:
    """One connector; tests turn its screws and read `calls`."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.requests: list[httpx.Request] = []
        self.answers: dict[tuple[str, str], httpx.Response] = {}
        self.entries = [entry()]
        self.asked: list[dict[str, Any]] = [{"did": PLANT, "ok": True, "problem": None, "milliseconds": 5}]
        self.contracts: list[dict[str, Any]] = []
        self.compared: list[Any] = [compared("agrees")]
        self.transfers: list[dict[str, Any]] = []
        self.datasets: list[dict[str, Any]] = []
        self.states = ["REQUESTED", "AGREED", "VERIFIED", "FINALIZED"]
        self.answered = {
            "acceptance": ["ACCEPTED", "FINALIZED"],
            "offers": ["REQUESTED"],
            "termination": ["TERMINATED"],
        }
        self.problem: Any = None
        self.waiting: list[dict[str, Any]] = []
        self.alerts: list[dict[str, Any]] = []
        self.disk: list[dict[str, Any]] = []
        self.retention: list[dict[str, Any]] = []
        self.known_of: dict[str, Any] = {"erased": {}, "kept": [], "keptInAll": 0, "alsoAt": []}
        self.rules: list[dict[str, Any]] = []
        self.unreachable: list[dict[str, Any]] = []
        self.delivery_ends = "complete"
        self.polls = [0, len(CONTENT) // 2, len(CONTENT)]
        self.content = CONTENT
        self.membership: Any = None
        self.joining: Any = None
        self.transcripts: dict[str, Any] = {}
        self.profile = "production"
        self.suspended_by: dict[str, Any] = {}
        self.deletion: dict[str, Any] | None = None
        self.duties: list[dict[str, Any]] = []
        self.people: dict[str, Any] = {"now": None, "people": None, "proposed": []}
        self.hit: dict[str, Any] = HIT
        self.exceptions: list[dict[str, Any]] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        body = request.read()
        path = request.url.path.removeprefix("/management/v1")
        text = request.headers.get("content-type", "").startswith("application/json")
        self.calls.append((request.method, path, json.loads(body) if text and body else body or None))
        self.requests.append(request)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return problem(401, "not authenticated", "The token is not known.")
        if (request.method, path) in self.answers:
            return self.answers[request.method, path]
        raw = request.url.raw_path.decode().split("?")[0].removeprefix("/management/v1/")
        parts = [unquote(part) for part in raw.split("/")]
        answer = getattr(self, f"{request.method.lower()}_{parts[0].replace('-', '_')}", None)
        if answer is None:
            return problem(404, "not found", f"There is no {path}.")
        found: httpx.Response = answer(parts[1:], request, self.calls[-1][2])
        return found

    def body(self, method: str, path: str) -> Any:
        """What was sent there, the last time."""
        return next(body for verb, where, body in reversed(self.calls) if (verb, where) == (method, path))

    def get_self(self, *_: Any) -> httpx.Response:
        return ok(
            {
                "participantId": PLANT,
                "name": "Plant",
                "profile": self.profile,
                "membership": self.membership,
                "exceptions": self.exceptions,
                "unreachable": self.unreachable,
                "disk": self.disk,
                "inbox": {"waiting": len(self.waiting), "nextEnds": self.waiting[0]["until"] if self.waiting else None},
            }
        )

    def get_settings(self, *_: Any) -> httpx.Response:
        return ok({"settings": [{"name": "name", "value": "Plant", "source": "file"}]})

    def get_log(self, *_: Any) -> httpx.Response:
        return ok(
            {"origin": "plant.example/log", "size": 3, "root": "cm9vdA==", "checkpoint": "plant.example/log\n3\n"}
        )

    def post_log_audits(self, *_: Any) -> httpx.Response:
        return ok({"peer": PLANT, "compared": self.compared})

    def get_transcripts(self, parts: list[str], *_: Any) -> httpx.Response:
        if parts:
            found = self.transcripts.get(parts[0])
            return ok(found) if found else problem(404, "not found", f"Nothing begins with {parts[0]}.")
        listed = {"at": "2026-11-23T09:00:00.000Z", "direction": "in", "peer": PEER, "peerKnown": False}
        refused = {"type": "ContractRequestMessage", "status": 401, "process": None, "problem": "who are you?"}
        return ok({"exchanges": [{**listed, **refused}], "lost": 0})

    def get_acts(self, *_: Any) -> httpx.Response:
        return ok(
            [{"at": "2026-11-23T01:00:00.000Z", "name": "kim", "role": "clerk", "act": "publish", "object": DATASET}]
        )

    def put_uploads(self, _: Any, __: httpx.Request, body: Any) -> httpx.Response:
        lines = {"en": [f"{len(body)} bytes, UTF-8, comma"], "ko": [f"{len(body)}바이트, UTF-8, 쉼표"]}
        return ok({"uploadId": "up-1", "found": {"byteSize": len(body)}, "lines": lines}, 201)

    def post_datasets(self, _: Any, __: Any, body: Any) -> httpx.Response:
        missing = [question for name, question in QUESTIONS.items() if not body["answers"].get(name)]
        if missing:
            return problem(422, "answers are missing", "", questions=missing)
        view = {"id": DATASET, "title": body["answers"]["title"], "digest": DIGEST, "byteSize": 9}
        return ok({**view, "offers": [{"id": OFFER, "policy": {}, "clauses": CLAUSES}], "published": True}, 201)

    def get_clauses(self, parts: list[str], *_: Any) -> httpx.Response:
        if parts and parts[0] not in CATALOGUE:
            return problem(404, "not found", "There is no such clause.")
        found = [clause_view(clause) for clause in CATALOGUE.values() if not parts or clause.id == parts[0]]
        return ok(found[0] if parts else found)

    def get_bundles(self, *_: Any) -> httpx.Response:
        return ok([bundle_view(bundle) for bundle in BUNDLES.values()])

    def post_terms(self, _: Any, __: Any, body: Any) -> httpx.Response:
        try:
            found = draft_of(body["terms"], datetime(2026, 11, 23, tzinfo=UTC))
        except Unprocessable as error:
            return problem(422, "cannot be taken", error.sentence, **error.more)
        policy = {"@type": "Offer", **found.rules}
        return ok({"policy": found.rules, "clauses": clauses_of(policy), "conflicts": found.conflicts})

    def get_datasets(self, parts: list[str], *_: Any) -> httpx.Response:
        if parts:
            return ok(next(item for item in self.datasets if item["id"] == parts[0]))
        return ok({"datasets": self.datasets})

    def delete_datasets(self, *_: Any) -> httpx.Response:
        return httpx.Response(204)

    def get_catalog(self, *_: Any) -> httpx.Response:
        return ok({"entries": self.entries, "asked": self.asked})

    def post_negotiations(self, parts: list[str], _: Any, body: Any) -> httpx.Response:
        if parts:
            self.states = self.answered[parts[1]]
            self.problem = {"detail": body["reason"]} if parts[1] == "termination" else None
            return ok(self._negotiation(self.states[0], DATASET))
        return ok(self._negotiation(self.states[0], body["dataset"]), 201)

    def post_offers(self, _: Any, __: Any, body: Any) -> httpx.Response:
        return ok({**self._negotiation("OFFERED", body["dataset"]), "role": "provider"}, 201)

    def get_retention(self, *_: Any) -> httpx.Response:
        return ok(self.retention)

    def post_retention(self, *_: Any) -> httpx.Response:
        removed = [{"kind": k["kind"], "removed": k["wouldGo"] or 0, "bytes": k["bytes"] or 0} for k in self.retention]
        self.retention = [{**k, "wouldGo": 0, "bytes": 0} for k in self.retention]
        return ok(removed)

    def post_people(self, parts: list[str], _: Any, body: Any) -> httpx.Response:
        del parts
        done = {"digest": "sha256:d", "salt": "aa" * 16, "at": "2026-12-02T00:00:00.000Z"} if body["apply"] else {}
        return ok({**self.known_of, **done})

    def get_alerts(self, *_: Any) -> httpx.Response:
        return ok(self.alerts)

    def get_inbox(self, *_: Any) -> httpx.Response:
        return ok(self.waiting)

    def get_rules(self, *_: Any) -> httpx.Response:
        return ok(self.rules)

    def put_rules(self, parts: list[str], _: Any, body: Any) -> httpx.Response:
        return ok({"name": parts[0], **body})

    def delete_rules(self, *_: Any) -> httpx.Response:
        return httpx.Response(204)

    def post_rules(self, *_: Any) -> httpx.Response:
        said = [
            {"condition": "partners", "holds": False},
            {"condition": "atMost count", "holds": True},
            {"condition": "changes", "holds": None},
        ]
        rules = [{"name": "small", "outcome": "agree", "fits": False, "decides": False, "conditions": said}]
        return ok({"decides": None, "outcome": "default", "secondPerson": ["large"], "rules": rules})

    def _conversation(self) -> dict[str, Any]:
        negotiation = self._negotiation(self.states[0], DATASET)
        waiting = self.waiting[0] if self.waiting and negotiation["waitsForUs"] else None
        acts = [{"at": "2026-11-23T01:05:00.000Z", "name": "kim", "person": "Kim Minsu", "act": "make-offer"}]
        return {
            "negotiation": negotiation,
            "counterpartyName": "Drying plant",
            "title": {"en": "Batch dryer", "ko": "배치 건조기"},
            "waiting": waiting,
            "offers": [
                {"at": None, "by": "provider", "terms": TERMS, "clauses": CLAUSES, "changes": None},
                {"at": "2026-11-23T01:00:00.000Z", "by": "consumer", "terms": TERMS, "clauses": CLAUSES, "changes": []},
                {
                    "at": "2026-11-23T01:09:00.000Z",
                    "by": "provider",
                    "terms": TERMS,
                    "clauses": CLAUSES,
                    "changes": [CHANGE],
                },
            ],
            "fromOurWord": [CHANGE],
            "secondPerson": waiting["because"] if waiting else [],
            "approvals": waiting["approvals"] if waiting else [],
            "acts": acts,
        }

    def get_negotiations(self, parts: list[str], request: httpx.Request, _: Any) -> httpx.Response:
        if parts[1:] == ["conversation"]:
            return ok(self._conversation())
        if not parts:
            held = [self._negotiation(self.states[0], DATASET)]
            return ok([n for n in held if n["id"].startswith(request.url.params.get("beginning", ""))])
        if request.url.params.get("wait") and len(self.states) > 1:
            self.states.pop(0)
        view = self._negotiation(self.states[0], DATASET)
        if view["agreementId"] and not self.contracts:
            self.contracts.append(contract())
        return ok(view)

    def _negotiation(self, state: str, dataset: str) -> dict[str, Any]:
        done = state == "FINALIZED"
        history = [{"at": "2026-11-23T01:00:00.000Z", "message": "ContractRequestMessage", "by": "consumer"}]
        view = {"id": "urn:uuid:neg", "role": "consumer", "state": state, "counterparty": PLANT, "dataset": dataset}
        offer = {"id": OFFER, "by": "provider", "clauses": CLAUSES, "terms": TERMS}
        table = {"offer": offer, "waitsForUs": state == "OFFERED"}
        contract = {"agreementId": CONTRACT if done else None, "contract": CONTRACT if done else None}
        return {**view, **table, **contract, "problem": self.problem, "history": history}

    def get_transfers(self, parts: list[str], request: httpx.Request, _: Any) -> httpx.Response:
        if parts:
            return ok(next(item for item in self.transfers if item["id"] == parts[0]))
        asked = request.url.params
        found = [t for t in self.transfers if asked.get("contract") in (None, t["contract"])]
        found = [t for t in found if t["id"].startswith(asked.get("beginning", ""))]
        begin = next((n + 1 for n, t in enumerate(found) if t["id"] == asked.get("after")), 0)
        return ok({"transfers": found[begin : begin + int(asked.get("limit", 100))]})

    def get_contracts(self, parts: list[str], request: httpx.Request, _: Any) -> httpx.Response:
        if not parts:
            wanted = {"id": request.url.params.get("beginning", ""), "dataset": request.url.params.get("dataset", "")}
            found = [c for c in self.contracts if all(str(c[name]).startswith(text) for name, text in wanted.items())]
            after, limit = request.url.params.get("after"), int(request.url.params["limit"])
            names = [c["id"] for c in found]
            begin = names.index(after) + 1 if after else 0
            return ok({"contracts": found[begin : begin + limit]})
        if parts[-1] == "withdrawal":
            return ok(self.hit)
        if parts[-1] == "people":
            return ok(self.people)
        if parts[-1] == "evidence":
            return httpx.Response(200, content=b"PK evidence", headers={"content-type": "application/zip"})
        return ok(next(item for item in self.contracts if item["id"] == parts[0]))

    def post_contracts(self, parts: list[str], _: Any, body: Any) -> httpx.Response:
        if parts[-1] == "suspension":
            return ok(contract(state="suspended", suspendedBy={PLANT: {"at": "now", "reason": body["reason"]}}))
        if "people" in parts:
            return ok(self.people)
        if parts[-1] == "deletion":
            return ok(contract(deletion=self.deletion))
        if parts[-1] == "resumption":
            return ok(contract(suspendedBy=self.suspended_by))
        if body.get("effective"):
            return ok(contract(state="ending", ending={"at": body["effective"], "by": PLANT, "reason": body["reason"]}))
        return ok({**contract(state="withdrawn"), "reason": body["reason"]})

    def get_duties(self, *_: Any) -> httpx.Response:
        return ok(self.duties)

    def post_duties(self, _: Any, __: Any, body: Any) -> httpx.Response:
        return ok({"id": body["duty"], "state": "fulfilled", "statement": body["statement"]})

    def post_people_lists(self, _: Any, __: Any, body: Any) -> httpx.Response:
        return ok({"digest": DIGEST, "people": body["people"]}, 201)

    def post_deliveries(self, *_: Any) -> httpx.Response:
        return ok(self._delivery("requested", 0), 201)

    def get_deliveries(self, parts: list[str], *_: Any) -> httpx.Response:
        if parts[-1] == "content":
            return httpx.Response(200, content=self.content)
        last = len(self.polls) == 1
        done = self.polls[0] if last else self.polls.pop(0)
        return ok(self._delivery(self.delivery_ends if last else "running", done))

    def _delivery(self, state: str, done: int) -> dict[str, Any]:
        view = {"id": "urn:uuid:del", "contract": CONTRACT, "state": state, "bytes": done, "byteSize": len(CONTENT)}
        receipts = {"own": state == "complete", "other": state == "complete"}
        return {**view, "expectedDigest": DIGEST, "problem": self.problem, "receipts": receipts}

    def get_peers(self, *_: Any) -> httpx.Response:
        return ok({"peers": [{"did": PLANT, "name": "Plant", "mayNotSign": True, "reason": "old system"}]})

    def put_peers(self, parts: list[str], _: Any, body: Any) -> httpx.Response:
        return ok({"did": parts[0], **body})

    def delete_peers(self, *_: Any) -> httpx.Response:
        return httpx.Response(204)

    def post_membership_requests(self, _: Any, __: Any, body: Any) -> httpx.Response:
        return ok({"did": PLANT, "authority": body["authority"]})

    def put_membership(self, *_: Any) -> httpx.Response:
        return ok({"issuer": "did:web:authority", "validUntil": "2027-11-23T00:00:00.000Z", "digest": DIGEST})

    def post_members(self, _: Any, __: Any, body: Any) -> httpx.Response:
        return ok({"credential": "ey.J.x", "did": body["request"]["did"], "name": "Plant"}, 201)

    def get_members(self, *_: Any) -> httpx.Response:
        return ok([{"did": PLANT, "name": "Plant", "validUntil": "2027-11-23T00:00:00.000Z"}])

    def post_revocations(self, _: Any, __: Any, body: Any) -> httpx.Response:
        return ok({"did": body["did"], "revokedAt": "2026-11-23T00:00:00.000Z", "reason": body["reason"]}, 201)

    def post_key_rotations(self, _: Any, __: Any, body: Any) -> httpx.Response:
        old = {"id": f"{body['use']}-1", "use": body["use"], "state": "in use"}
        new = {**old, "id": f"{body['use']}-2", "state": "announced", "usableFrom": "2026-11-23T09:05:00.000Z"}
        return ok({"keys": [old, new], "problem": None}, 201)

    def get_credential_requests(self, parts: list[str], *_: Any) -> httpx.Response:
        return ok(self.joining) if parts else ok([self.joining] if self.joining else [])

    def post_credential_requests(self, _: Any, __: Any, body: Any) -> httpx.Response:
        self.joining = {**(self.joining or ASKED), "issuer": body["authority"]}
        return ok({**self.joining, "state": "RECEIVED"}, 201)

    def get_member_requests(self, *_: Any) -> httpx.Response:
        return ok([APPLIED])

    def post_admissions(self, *_: Any) -> httpx.Response:
        return ok({**APPLIED, "state": "ISSUED"}, 201)

    def post_refusals(self, _: Any, __: Any, body: Any) -> httpx.Response:
        return ok({**APPLIED, "state": "REJECTED", "reason": body["reason"]}, 201)

    def post_credential_offers(self, _: Any, __: Any, body: Any) -> httpx.Response:
        return ok(body, 201)

    ANCHORS: ClassVar[list[dict[str, Any]]] = [
        {
            "authority": "did:web:office.example",
            "state": "usable",
            "version": 3,
            "usableUntil": "2026-11-30T00:00:00.000Z",
            "issuers": [{"did": "did:web:lab.example", "types": ["QualityCredential"]}],
            "problem": None,
        }
    ]

    def get_anchors(self, *_: Any) -> httpx.Response:
        return ok(self.ANCHORS)

    def post_anchors(self, parts: list[str], _: Any, body: Any) -> httpx.Response:
        return ok(self.ANCHORS, 201) if parts == ["refreshes"] else ok({"did": body["did"], "version": 4}, 201)

    def get_trust(self, *_: Any) -> httpx.Response:
        return ok({"authorities": []})


def ok(value: Any, status: int = 200) -> httpx.Response:
    """An answer in JSON."""
    return httpx.Response(status, json=value)


def problem(status: int, title: str, detail: str, **more: Any) -> httpx.Response:
    """An error of RFC 9457."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return httpx.Response(status, json=body, headers={"content-type": "application/problem+json"})
