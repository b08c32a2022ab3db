"""The verdict as a page, and as one line of a program; what each check proves, in words."""

import html
import json
import re
import subprocess
import sys

import pytest

from connector.contracts.evidence import judge, verify_evidence
from connector.contracts.report import as_report
from connector.texts import LANGUAGES, say, texts
from connector.trust.anchors import write_trust_file
from connector.trust.errors import TrustError
from tests.connector.contracts.test_evidence_attacks import ATTACKS
from tests.support.contracts import VERIFIED_AT, build_contract

AT = "2026-11-26T18:00:00+09:00"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_of_each_check_what_it_found_and_what_it_proves(lang: str) -> None:
    data, members = ATTACKS["receipt"]()
    verdict = verify_evidence(data, trust=members.trust(), now=VERIFIED_AT)
    page = as_report(verdict, name="a<b>.zip", judged_at=AT, lang=lang)
    words = html.unescape(page)
    for check in verdict.checks:
        assert check.title(lang) in words
        proves, proves_not = check.proves(lang)
        assert proves in words
        assert proves_not in words
    assert 'class="summary false"' in page
    assert "a&lt;b&gt;.zip" in page
    assert not re.search(r"<(script|img|link|iframe)|url\(|@import|\bon\w+=", page)


def test_every_check_has_words_and_no_words_are_left_over() -> None:
    contract = build_contract()
    checks = {check.id for check in judge(contract.evidence(), None, AT).checks}
    for lang in LANGUAGES:
        found = {
            key.rpartition(".")[2] for key in texts(lang) if key.startswith(("verdict.proves.", "verdict.proves_not."))
        }
        assert found == checks | {
            f"bundle-{name}" for name in ("container", "index", "contracts", "scope", "statement")
        }
        assert say("verdict.proves.statement", lang) != say("verdict.proves_not.statement", lang)


def test_numbers_in_the_words_are_those_of_the_checks() -> None:
    numbers = {check.number: check.id for check in judge(build_contract().evidence(), None, AT).checks}
    named = {
        "manifest": ["statement"], "signers": ["provider", "consumer", "receipt"], "authority": ["attribution"],
        "receipt": ["confirmed"], "notice-chains": ["statement"],
    }  # fmt: skip
    for lang in LANGUAGES:
        for check, expected in named.items():
            found = re.findall(r"\d+", say(f"verdict.proves_not.{check}", lang))
            assert [numbers[int(number)] for number in found] == expected


def test_one_line_is_enough_for_a_program() -> None:
    contract = build_contract()
    trust = json.dumps(write_trust_file(contract.members.trust())).encode()
    assert judge(contract.evidence(), trust, AT).exit_code == 0
    assert judge(contract.evidence(), None, AT).exit_code == 2
    assert judge(contract.evidence()[:-1], trust, AT).exit_code == 2
    with pytest.raises(TrustError):
        judge(contract.evidence(), b"{}", AT)
    with pytest.raises(ValueError, match="soon"):
        judge(contract.evidence(), trust, "soon")


def test_neither_database_nor_network_is_loaded_for_it() -> None:
    program = (
        "import sys, connector.contracts.evidence, connector.contracts.report, connector.cli.verify, connector.paper;"
        "print([name for name in sys.modules if name.split('.')[0] in"
        " {'sqlalchemy', 'sqlmodel', 'alembic', 'httpx', 'aiohttp', 'fastapi', 'starlette'}"
        " or name.startswith(('connector.store', 'connector.net', 'connector.services', 'connector.client'))])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
