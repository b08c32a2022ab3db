"""Chapter 6: what is refused, by whom, and by which clause or rule."""

import time
from typing import Any, Final

from connector.demo.contract import receipts_of, settled
from connector.demo.errors import DemoError
from connector.demo.opening import PURPOSES, USES
from connector.demo.stage import Stage, short
from connector.demo.tap import reason_of, say_again

OTHER_PURPOSE: Final = "research"
_UNAUTHORISED: Final = 401
_PATIENCE: Final = 20.0
_PAUSE: Final = 0.2


def refusals(stage: Stage, contract: str) -> None:
    """The whole chapter."""
    stage.chapter(6)
    _another_purpose(stage, contract)
    _one_use_too_many(stage, contract)
    _outsider(stage)
    _replay(stage)
    _withdrawal(stage)
    _revocation(stage)


def _fetch(stage: Stage, contract: str, purpose: str, name: str) -> tuple[int, Any]:
    """`mmd fetch` by the consumer into a file of this name.

    Raises:
        DemoError: it says that it was refused, and yet there is a file.
    """
    target = stage.path("received", f"{name}.csv")
    words = (
        "fetch",
        short(stage.notes["dataset"]["id"]),
        "--purpose",
        purpose,
        "--contract",
        short(contract),
        "-o",
        str(target),
    )
    stage.types(stage.consumer, *words)
    code, answer = stage.actors.try_mmd(stage.consumer, *words)
    if code != 0 and target.exists():
        raise DemoError(f"refused, and yet there is {target}")
    return code, answer


def _refused_by(stage: Stage, answer: Any) -> tuple[str, str]:
    """The clause that a refusal names, and its sentence."""
    problem = answer.get("delivery", {}).get("problem") or {}
    sentence = problem.get("ko") if stage.lang == "ko" else None
    return str(problem.get("clause", "")), str(sentence or problem.get("detail") or answer.get("error", ""))


def _another_purpose(stage: Stage, contract: str) -> None:
    with stage.step("purpose", purpose=stage.say(f"purpose.{OTHER_PURPOSE}")) as seen:
        code, answer = _fetch(stage, contract, OTHER_PURPOSE, "other-purpose")
        clause, sentence = _refused_by(stage, answer)
        seen.saw(code == 1 and clause == "purpose", stage.say("seen.refused", sentence=sentence, clause=clause))


def _one_use_too_many(stage: Stage, contract: str) -> None:
    with stage.step("count", uses=USES) as seen:
        uses = [_fetch(stage, contract, PURPOSES[0], f"use-{number}")[0] for number in range(2, USES + 1)]
        stage.says("consumer", "says.uses", uses=USES)
        code, answer = _fetch(stage, contract, PURPOSES[0], f"use-{USES + 1}")
        clause, sentence = _refused_by(stage, answer)
        right = not any(uses) and code == 1 and clause == "count"
        seen.saw(right, stage.say("seen.refused", sentence=sentence, clause=clause))
    for actor in (stage.provider, stage.consumer):
        receipts_of(actor, contract)  # the evidence that is exported later shall hold them


def _outsider(stage: Stage) -> None:
    """A good DID and good keys, but no membership: neither the catalog nor a negotiation."""
    with stage.step("outsider") as seen:
        provider = stage.provider.did
        stage.types(stage.outsider, "search", stage.say("data.word"), "--provider", provider)
        catalog = stage.actors.mmd(stage.outsider, "search", stage.say("data.word"), "--provider", provider)
        asked = catalog["asked"][0]
        dataset = short(stage.notes["dataset"]["id"])
        stage.types(stage.outsider, "negotiate", dataset, "--provider", provider)
        code, _ = stage.actors.try_mmd(stage.outsider, "negotiate", dataset, "--provider", provider)
        with stage.provider.client() as client:
            begun = [item for item in client.negotiations() if item["counterparty"] == stage.outsider.did]
        said = str(asked.get("problem") or "")
        reason = reason_of(said[said.find("{") :]) if "{" in said else said
        right = not catalog["entries"] and not asked["ok"] and "MembershipCredential" in reason and code == 1
        seen.saw(right and not begun, stage.say("seen.outsider", reason=reason))


def _replay(stage: Stage) -> None:
    """Real requests of the consumer, with its real identity tokens, sent again byte for byte."""
    with stage.step("replay") as seen:
        stage.says("outsider", "says.tapped", count=len(stage.tap.heard))
        with stage.provider.client() as client:
            before = len(client.negotiations())
            answers = []
            for ending in ("/catalog/request", "/negotiations/request"):
                heard = stage.tap.last(ending)
                answers.append(say_again(heard))
                stage.says("outsider", "says.again", path=heard.path, first=heard.status, second=answers[-1].status)
            after = len(client.negotiations())
        right = all(answer.status == _UNAUTHORISED for answer in answers) and before == after
        seen.saw(right, stage.say("seen.replay", status=answers[0].status, reason=answers[0].reason))


def _withdrawal(stage: Stage) -> None:
    """A second contract of the same terms, used once; then the provider withdraws, and the next pull ends."""
    with stage.step("withdrawal") as seen:
        dataset = short(stage.notes["dataset"]["id"])
        stage.types(stage.consumer, "negotiate", dataset)
        second = str(stage.actors.mmd(stage.consumer, "negotiate", dataset)["agreementId"])
        first, _ = _fetch(stage, second, PURPOSES[0], "second-contract")
        receipts_of(stage.consumer, second)
        reason = stage.say("data.reason")
        stage.types(stage.provider, "withdraw", short(second), "--reason", reason)
        stage.actors.mmd(stage.provider, "withdraw", short(second), "--reason", reason, "--yes")
        with stage.consumer.client() as client:
            settled(client, second, lambda view: view["state"] == "withdrawn")
        code, answer = _fetch(stage, second, PURPOSES[0], "after-withdrawal")
        _, sentence = _refused_by(stage, answer)
        right = first == 0 and code == 1 and reason in sentence
        seen.saw(right, stage.say("seen.withdrawal", sentence=sentence))
    stage.notes["second"] = second


def _revocation(stage: Stage) -> None:
    """The authority takes the consumer's membership back: a third contract cannot even be asked for."""
    with stage.step("revocation") as seen:
        reason = stage.say("data.revoked")
        words = ("revoke", stage.consumer.did, "--reason", reason)
        stage.types(stage.authority, *words)
        stage.actors.mmd(stage.authority, *words, "--yes")
        provider = stage.provider.did
        stage.types(stage.consumer, "search", stage.say("data.word"), "--provider", provider)
        asked = _turned_away(stage, provider)
        with stage.authority.client() as authority:
            member = next(item for item in authority.members() if item["did"] == stage.consumer.did)
        right = not asked["ok"] and bool(member.get("revokedAt"))
        seen.saw(right, stage.say("seen.revocation", reason=reason, sentence=asked.get("problem") or ""))


def _turned_away(stage: Stage, provider: str) -> Any:
    """The provider hears of it at once by the authority's hint; the hint is on its way when the command ends."""
    until = time.monotonic() + _PATIENCE
    while True:
        found = stage.actors.mmd(stage.consumer, "search", stage.say("data.word"), "--provider", provider)
        if not found["asked"][0]["ok"] or time.monotonic() > until:
            return found["asked"][0]
        time.sleep(_PAUSE)
