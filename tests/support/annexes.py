"""Annexes for contracts that are built in memory: lists of people, a producer's consent, and what names them."""

import copy
from datetime import timedelta
from typing import Final

from connector.canonical import digest, digest_bytes
from connector.contracts.consents import Consent, make_consent
from connector.contracts.people import PeopleList, Person, make_people_list
from connector.protocol.notices import PEOPLE_CHANGE, people_change
from connector.trust.keys import SigningKey, generate_ed25519
from policies import MMD
from tests.support.contracts import OFFER, Further
from tests.support.members import NOW, Json

KIM, LEE = Person("kim@buyers.example", "김하늘"), Person("lee@buyers.example", "이바다")
AGREED: Final[PeopleList] = make_people_list([KIM], b"\x01" * 16)
CHANGED: Final[PeopleList] = make_people_list([KIM, LEE], b"\x02" * 16)
STRANGE: Final[PeopleList] = make_people_list([LEE], b"\x03" * 16)
REPORT: Final = "sha256:" + "2c" * 32
"""A quality report that no connector keeps."""


REPORT_FILE: Final = b"%PDF-1.7 a quality report \x00\xff"
REPORT_FILE_DIGEST: Final = digest_bytes(REPORT_FILE)


def make_receipt() -> Json:
    """A consent that a producer has signed."""
    key = SigningKey(generate_ed25519(), "did:web:producer.example#contract-1")
    consent = Consent(
        "did:web:producer.example", "did:web:provider.example", "urn:x", (), None, NOW - timedelta(days=9)
    )
    return make_consent(consent, key)


CONSENT: Final[Json] = make_receipt()


def naming(people: str = AGREED.digest, consent: str | None = None, report: str | None = None) -> Json:
    """An offer that names a list of people, and a consent and a report if asked."""
    offer = copy.deepcopy(OFFER)
    constraints = offer["permission"][0]["constraint"]
    constraints.append({"leftOperand": MMD + "namedRecipients", "operator": "eq", "rightOperand": people})
    if consent is not None:
        constraints.append({"leftOperand": MMD + "consent", "operator": "eq", "rightOperand": consent})
    if report is not None:
        warranty = {"leftOperand": MMD + "qualityReport", "operator": "eq", "rightOperand": report}
        offer["obligation"] = [{"action": MMD + "warrant", "constraint": [warranty]}]
    return offer


PROPOSED: Final = Further(
    "proposed", "consumer", PEOPLE_CHANGE, lambda _: people_change(CHANGED.digest, AGREED.digest, "a new colleague")
)
ANNEXED: Final[Json] = {
    "offer": naming(consent=digest(CONSENT)),
    "more": (PROPOSED,),
    "annexes": (AGREED.to_json(), CHANGED.to_json(), CONSENT),
}
"""A plan with lists of people and a consent, all there."""
ATTACHED: Final[Json] = {
    "offer": naming(report=REPORT_FILE_DIGEST),
    "annexes": (AGREED.to_json(),),
    "attached": (REPORT_FILE,),
}
"""A plan with a file that somebody has attached."""
