import pytest

from catalog.profile.sensitive import guess_sensitive


@pytest.mark.parametrize(
    ("header", "guess"),
    [
        ("JacketTemperatureSP", "set-point"),
        ("recipe_no", "set-point"),
        ("SetPoint1", "set-point"),
        ("작업자", "person"),
        ("operator_id", "person"),
        ("Name", "person"),
        ("first name", "person"),
        ("고객사", "customer"),
        ("E-mail", "contact"),
        ("Product Name", None),
        ("Speed", None),
        ("DryerTemp", None),
    ],
)
def test_guess(header: str, guess: str | None) -> None:
    assert guess_sensitive(header) == guess
