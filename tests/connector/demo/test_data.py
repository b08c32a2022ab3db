import hashlib

from connector.demo.opening import DATA


def test_the_data_is_what_its_notice_describes() -> None:
    notice = DATA.with_name("dryer.LICENSE.txt").read_text("utf-8")
    content = DATA.read_bytes()
    assert f"sha256:{hashlib.sha256(content).hexdigest()}" in notice
    assert "MIT License" in notice
    assert len(content.splitlines()) == 9220 + 1
    assert content.splitlines()[0].count(b",") == 12 - 1
