"""Units of measure as they stand in headers: `Torque [Nm]`, `CO2(tCO2)`, `Usage_kWh`, `온도(℃)`."""

import re
from typing import Final

UNITS: Final[dict[str, tuple[str, ...]]] = {
    # our spelling: (UCUM code, other spellings in headers …); a UCUM code of "" means that UCUM has none
    "K": ("K", "kelvin"),
    "°C": ("Cel", "℃", "degC", "deg_C", "oC", "˚C", "ºC", "섭씨", "C"),
    "°F": ("[degF]", "℉", "degF", "F"),
    "%": ("%", "pct", "percent", "퍼센트"),
    "%RH": ("%", "RH%", "%rh"),
    "rpm": ("/min", "RPM", "r/min", "rev/min"),
    "Hz": ("Hz", "hz"),
    "kHz": ("kHz",),
    "N": ("N",),
    "kN": ("kN",),
    "kgf": ("kgf",),
    "Nm": ("N.m", "N·m", "N.m", "N*m"),
    "Pa": ("Pa",),
    "kPa": ("kPa", "KPa"),
    "MPa": ("MPa", "Mpa"),
    "bar": ("bar", "Bar"),
    "mbar": ("mbar",),
    "kgf/cm2": ("kgf/cm2", "kgf/cm²", "kgf/㎠", "kg/cm2", "kg/cm²", "kg/㎠"),
    "psi": ("[psi]", "PSI"),
    "V": ("V",),
    "kV": ("kV", "KV"),
    "mV": ("mV",),
    "A": ("A",),
    "mA": ("mA",),
    "W": ("W",),
    "kW": ("kW", "KW"),
    "MW": ("MW",),
    "Wh": ("Wh",),
    "kWh": ("kW.h", "KWh", "KWH", "kwh"),
    "MWh": ("MW.h",),
    "kvar": ("", "kVAr", "kVar"),
    "kvarh": ("", "kVarh", "kVARh", "kVArh"),
    "kVA": ("kV.A", "KVA"),
    "J": ("J",),
    "kJ": ("kJ",),
    "MJ": ("MJ",),
    "kcal": ("kcal",),
    "tCO2": ("", "tCO2e", "tCO₂"),
    "kgCO2": ("", "kgCO2e", "kgCO₂"),
    "g": ("g",),
    "kg": ("kg", "Kg", "KG", "㎏"),
    "mg": ("mg",),
    "t": ("t", "ton", "톤"),
    "m": ("m",),
    "mm": ("mm", "㎜"),
    "cm": ("cm", "㎝"),
    "µm": ("um", "μm", "um", "㎛"),
    "m3": ("m3", "m³", "㎥"),
    "L": ("L", "l", "ℓ", "리터"),
    "mL": ("mL", "ml", "㎖"),
    "m3/h": ("m3/h", "m³/h", "㎥/h"),
    "L/min": ("L/min", "LPM", "l/min", "ℓ/min"),
    "mm/s": ("mm/s",),
    "m/s": ("m/s",),
    "m/s2": ("m/s2", "m/s²"),
    "g-force": ("[g]", "gforce"),
    "dB": ("dB",),
    "ppm": ("[ppm]", "PPM"),
    "pH": ("[pH]",),
    "µS/cm": ("uS/cm", "μS/cm"),
    "ms": ("ms", "msec", "밀리초"),
    "s": ("s", "sec", "secs", "seconds", "초"),
    "min": ("min", "mins", "minutes", "분"),
    "h": ("h", "hr", "hrs", "hours", "시간"),
    "d": ("d", "days", "일"),
    "KRW": ("", "원"),
    "EA": ("1", "ea", "pcs", "개"),
}

_SPELLINGS: Final = {spelling: unit for unit, (_, *others) in UNITS.items() for spelling in (unit, *others)}
# Without brackets a short ending says too little: `Speed_min` is a minimum, `Type_A` and `phase_d` are no units.
_ENDING_NEVER: Final = {"min", "mins", "분", "일", "개", "시간", "초", "원", "percent"}
_BRACKETED: Final = re.compile(r"[\[(（{<]\s*([^\])）}>]{1,20}?)\s*[\])）}>]\s*$")
_ENDING: Final = re.compile(r"[\s_./,-]([^\s_,]{2,10})$")


def guess_unit(header: str) -> str | None:
    """The unit that a header names, in our spelling (a key of `UNITS`), or None when it names none that we know."""
    bracketed = _BRACKETED.search(header)
    if bracketed is not None:
        return _SPELLINGS.get(bracketed[1])
    ending = _ENDING.search(header)
    if ending is None or ending[1] in _ENDING_NEVER:
        return None
    return _SPELLINGS.get(ending[1])


def ucum_code(unit: str) -> str | None:
    """The UCUM code of a unit in our spelling; None when UCUM has none or the unit is unknown to us."""
    known = UNITS.get(unit)
    return known[0] or None if known is not None else None
