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
EXPORT_CONTROL: Final = MMD + "exportControl"
PSEUDONYM_LEVEL: Final = MMD + "pseudonymLevel"

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
        "subcontract": {"ko": "하도급 기술자료", "en": "a subcontractor's technical data"},
        "unknown": {"ko": "모름", "en": "not known"},
    }
)
"""`unknown` can be answered and never be published: nobody can undo a publication."""

EXPORT_CLASSES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "none": {"ko": "국가핵심기술 아님", "en": "no national core technology"},
        "reported": {"ko": "수출 신고 완료", "en": "export reported"},
        "approved": {"ko": "수출 승인 완료", "en": "export approved"},
        "unknown": {"ko": "모름", "en": "not known"},
    }
)
"""How the export of a data set stands (산업기술보호법 art. 11); terms that ask for it hold for no data where it is unknown."""

PSEUDONYM_LEVELS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "0": {"ko": "가명처리 없음", "en": "not pseudonymised"},
        "1": {"ko": "직접 식별자 가명처리", "en": "direct identifiers pseudonymised"},
        "2": {"ko": "준식별자까지 가명처리", "en": "indirect identifiers pseudonymised too"},
        "3": {"ko": "익명처리", "en": "anonymised"},
    }
)
"""How far people in the data are hidden, from 0 upwards."""
