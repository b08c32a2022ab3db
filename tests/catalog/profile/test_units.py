import pytest

from catalog.profile.units import UNITS, guess_unit, ucum_code


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Air temperature [K]", "K"),
        ("Rotational speed [rpm]", "rpm"),
        ("Torque [Nm]", "Nm"),
        ("Tool wear [min]", "min"),
        ("Usage_kWh", "kWh"),
        ("CO2(tCO2)", "tCO2"),
        ("Lagging_Current_Reactive.Power_kVarh", "kvarh"),
        ("온도(℃)", "°C"),
        ("압력（kgf/㎠）", "kgf/cm2"),
        ("온도_섭씨", "°C"),
        ("Speed_min", None),
        ("Name (Korean)", None),
        ("Lagging_Current_Power_Factor", None),
        ("Type_A", None),
        ("kWh", None),
        ("ClockTime", None),
        ("", None),
    ],
)
def test_guess(header: str, unit: str | None) -> None:
    assert guess_unit(header) == unit


def test_each_unit_is_known_by_its_own_spelling() -> None:
    for unit in UNITS:
        assert guess_unit(f"x [{unit}]") == unit


def test_ucum() -> None:
    assert ucum_code("°C") == "Cel"
    assert ucum_code("tCO2") is None
    assert ucum_code("furlong") is None
