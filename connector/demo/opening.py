"""Chapters 1 to 3: who takes part, what is published, what is offered."""

import hashlib
import json
import os
import stat
import time
from functools import partial
from pathlib import Path
from typing import Any, Final

from connector.demo.actors import Actor, get
from connector.demo.folder import TRUST
from connector.demo.stage import Stage

DATA: Final = Path(__file__).parent / "data" / "dryer.csv"
"""71 batches of an industrial dryer; licence and origin beside it."""
PURPOSES: Final = ("quality-prediction", "process-optimisation")
USES: Final = 2
"""N: how often the data may be fetched."""
_KEYS: Final = 3
_CLAUSES: Final = {"purpose": "E", "until": "E", "count": "E", "no-passing-on": "P"}
"""The clauses of the offer and who keeps each: the provider's connector (E), or nobody but the word given (P)."""


def until() -> str:
    """The day until which the data may be used: the end of next year."""
    return f"{time.gmtime().tm_year + 1}-12-31"


def identities(stage: Stage) -> None:
    """Chapter 1: keys, DIDs, memberships."""
    stage.chapter(1)
    with stage.step("keys") as seen:
        with stage.screen.waiting(stage.say("waiting.start")):
            stage.processes.together([partial(_raise, stage, actor) for actor in stage.everybody])
        for actor in stage.everybody:
            stage.says(actor.role, "says.did", name=actor.name, did=actor.did, url=actor.url)
        good = [actor for actor in stage.everybody if _shows_its_keys(actor) and _keeps_its_keys(actor)]
        seen.saw(len(good) == len(stage.everybody), stage.say("seen.keys", count=len(good), keys=_KEYS))
    with stage.step("memberships") as seen:
        stage.processes.together([partial(_join, stage, actor) for actor in (stage.provider, stage.consumer)])
        for member in (stage.provider, stage.consumer):
            for actor, words in _way_in(stage, member):
                stage.types(actor, *words)
        with stage.authority.client() as authority, stage.outsider.client() as outsider:
            members = [str(member["did"]) for member in authority.members()]
            alone = outsider.self_description()["membership"] is None
        stage.actors.mmd(stage.authority, "membership", "trust", "-o", str(stage.path(TRUST)))
        stage.types(stage.authority, "membership", "trust", "-o", TRUST)
        stage.says("authority", "says.members")
        expected = {stage.provider.did, stage.consumer.did}
        seen.saw(alone and set(members) == expected, stage.say("seen.memberships", count=len(members)))


def publish(stage: Stage) -> None:
    """Chapter 2: the provider publishes a file; the machine tells what it found in it."""
    stage.chapter(2)
    with stage.step("publish") as seen:
        words = _publish_words(stage)
        stage.types(stage.provider, *("dryer.csv" if word == str(DATA) else word for word in words))
        lines = stage.actors.read_mmd(stage.provider, *words, "--yes")
        found = lines[: next((at for at, line in enumerate(lines) if at and not line.startswith(" ")), len(lines))]
        for line in found:
            stage.screen.line(line)
        with stage.provider.client() as client:
            dataset = client.datasets()[0]
        stage.notes["dataset"] = dataset
        digest = f"sha256:{hashlib.sha256(DATA.read_bytes()).hexdigest()}"
        right = dataset["digest"] == digest and len(found) > 1 and "9,220" in "".join(found)
        seen.saw(right, stage.say("seen.publish", digest=dataset["digest"], bytes=f"{DATA.stat().st_size:,}"))


def offer(stage: Stage) -> None:
    """Chapter 3: the terms, each with who keeps it."""
    stage.chapter(3)
    with stage.step("offer", uses=USES) as seen:
        offered: dict[str, Any] = stage.notes["dataset"]["offers"][0]
        for clause in offered["clauses"]:
            stage.says("provider", "says.clause", text=clause[stage.lang], keeper=clause["enforcerText"][stage.lang])
        kept = {clause["id"]: clause["enforcer"] for clause in offered["clauses"]}
        enforced = sum(who == "E" for who in kept.values())
        text = stage.say("seen.offer", count=len(kept), enforced=enforced, promised=len(kept) - enforced)
        seen.saw(kept == _CLAUSES, text)


def _raise(stage: Stage, actor: Actor) -> None:
    stage.actors.init(actor)
    stage.actors.serve(actor, {"outbound_proxy": stage.tap.url} if actor is stage.consumer else None)


def _join(stage: Stage, member: Actor) -> None:
    for actor, words in _way_in(stage, member):
        stage.actors.mmd(actor, *words)


def _way_in(stage: Stage, member: Actor) -> list[tuple[Actor, tuple[str, ...]]]:
    """Who types what: the member asks, a person at the authority admits it, the member waits for its credential."""
    return [
        (member, ("join", stage.authority.did)),
        (stage.authority, ("members", "approve", member.did)),
        (member, ("join", "--wait", stage.authority.did)),
    ]


def _shows_its_keys(actor: Actor) -> bool:
    status, body = get(actor.port, "/.well-known/did.json")
    if status != 200:  # noqa: PLR2004
        return False
    document = json.loads(body)
    return document["id"] == actor.did and len(document["verificationMethod"]) == _KEYS


def _keeps_its_keys(actor: Actor) -> bool:
    """Whether nobody but the owner may read the private keys (where the system has such modes)."""
    files = sorted((actor.directory / "keys").iterdir())
    private = os.name != "posix" or all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)  # noqa: PLR2004
    return private and len(files) == _KEYS


def _publish_words(stage: Stage) -> list[str]:
    words = ["publish", str(DATA), "--title", stage.say("data.title.en"), "--title-ko", stage.say("data.title.ko")]
    words += ["--description", stage.say("data.description"), "--producer", stage.provider.name]
    words += ["--process", "drying", "--classification", "none", "--keyword", "dryer", "--keyword", "건조"]
    for purpose in PURPOSES:
        words += ["--purpose", purpose]
    return [*words, "--until", until(), "--count", str(USES), "--prohibit", "no-passing-on"]
