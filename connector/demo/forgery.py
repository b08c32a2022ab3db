"""The outsider's masterpiece: a whole data space of its own, with an authority and two companies named like the real ones.

Nothing in it is broken: real connectors, real keys, a real contract between the two. Only nobody vouches for them whom an
auditor knows.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from connector.demo.actors import Actor
from connector.demo.contract import both_receipts, settled
from connector.demo.folder import EVIDENCE, TRUST
from connector.demo.opening import DATA, PURPOSES, USES, until
from connector.demo.stage import Stage


@dataclass(frozen=True)
class Forged:
    """What the outsider has made: the evidence of a contract, and a trust file that believes its own authority."""

    evidence: Path
    trust: Path


def make_up(stage: Stage) -> tuple[Actor, ...]:
    """The made-up participants; their names are the real ones, their DIDs cannot be."""
    authority = _double(stage, stage.authority, None)
    return authority, *(_double(stage, real, authority.did) for real in (stage.provider, stage.consumer))


def forge(stage: Stage, cast: tuple[Actor, ...]) -> Forged:
    """Play the whole thing among themselves: memberships, an offer, a contract, a delivery; export, and stop.

    It is done beside the chapters before the audit, and silently: the outsider works at home.
    """
    actors = stage.actors
    for actor in cast:
        actors.init(actor)
        actors.serve(actor)
    authority, provider, consumer = cast
    for member in (provider, consumer):
        with member.client() as client, authority.client() as admitting:
            admitted = admitting.admit_member(client.membership_request(authority.did))
            client.store_membership(str(admitted["credential"]))
    dataset = _publish(stage, provider)
    evidence = stage.path("forged", EVIDENCE)
    with consumer.client() as client:
        client.put_peer(provider.did)
        begun = client.negotiate(provider.did, dataset)
        contract = str(client.follow_negotiation(str(begun["id"]))["agreementId"])
        client.follow_delivery(str(client.deliver(contract, PURPOSES[0])["id"]))
        settled(client, contract, both_receipts)
        with evidence.open("xb") as file:
            client.evidence(contract, file)
    trust = stage.path("forged", TRUST)
    with authority.client() as client:
        trust.write_text(json.dumps(client.trust()), "utf-8")
    actors.stop(cast)
    return Forged(evidence, trust)


def _publish(stage: Stage, provider: Actor) -> str:
    answers = {
        "title": {"en": stage.say("data.title.en"), "ko": stage.say("data.title.ko")},
        "description": stage.say("data.description"),
        "process": ["drying"],
        "classification": ["none"],
        "keywords": ["dryer"],
        "producer": provider.name,
    }
    terms = {
        "purposes": list(PURPOSES),
        "until": f"{until()}T23:59:59.999Z",
        "count": USES,
        "prohibitions": ["no-passing-on"],
    }
    with provider.client() as client:
        return str(client.publish(str(client.upload(DATA)["uploadId"]), answers, terms)["id"])


def _double(stage: Stage, real: Actor, authority: str | None) -> Actor:
    return Actor(
        role=real.role,
        name=real.name,
        directory=stage.path("forged", real.role),
        log=stage.path("logs", f"forged-{real.role}.log"),
        port=stage.ports.take(),
        management_port=stage.ports.take(),
        authority=authority,
    )
