"""Words that data cards choose from, in Korean and English: processes and classifications."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from policies.vocabulary import MMD

CONTENT_DIGEST: Final = MMD + "contentDigest"
KIND: Final = MMD + "kind"
PROFILE: Final = MMD + "profile"
PROCESS: Final = MMD + "process"
PRODUCER: Final = MMD + "producer"
CLASSIFICATION: Final = MMD + "classification"

KINDS: Final = ("fixed", "living")
"""`fixed`: the digest is that of the content. `living`: it is that of the data set's definition."""

PROCESSES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "casting": {"ko": "주조", "en": "casting"},
        "die-making": {"ko": "금형", "en": "die and mould making"},
        "forming": {"ko": "소성가공(프레스)", "en": "plastic forming (press)"},
        "welding": {"ko": "용접접합", "en": "welding and joining"},
        "heat-treatment": {"ko": "열처리", "en": "heat treatment"},
        "surface-treatment": {"ko": "표면처리(도금, 도장)", "en": "surface treatment (plating, painting)"},
        "injection-moulding": {"ko": "사출성형", "en": "injection moulding"},
        "machining": {"ko": "정밀가공(CNC)", "en": "precision machining (CNC)"},
        "assembly": {"ko": "조립", "en": "assembly"},
        "inspection": {"ko": "검사(머신비전, X-ray)", "en": "inspection (machine vision, X-ray)"},
        "drying": {"ko": "건조", "en": "drying"},
        "mixing": {"ko": "혼합/용해", "en": "mixing and melting"},
        "sterilisation": {"ko": "살균", "en": "sterilisation"},
        "dyeing": {"ko": "염색/의류", "en": "dyeing and garments"},
        "electronics": {"ko": "전자부품", "en": "electronic parts"},
        "battery": {"ko": "배터리팩", "en": "battery packs"},
        "packaging": {"ko": "포장", "en": "packaging"},
        "logistics": {"ko": "물류/생산계획", "en": "logistics and production planning"},
        "energy": {"ko": "에너지/유틸리티", "en": "energy and utilities"},
        "safety": {"ko": "안전", "en": "safety"},
    }
)

CLASSIFICATIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "none": {"ko": "해당 없음", "en": "none of these"},
        "personal": {"ko": "개인정보", "en": "personal data"},
        "trade-secret": {"ko": "영업비밀", "en": "trade secret"},
        "core-technology": {"ko": "국가핵심기술", "en": "national core technology"},
        "unknown": {"ko": "모름", "en": "not known"},
    }
)
"""`unknown` can be answered and never be published: nobody can undo a publication."""
