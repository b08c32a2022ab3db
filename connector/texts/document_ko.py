"""The words of the contract document: Korean."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "document.title": "데이터 계약서",
    "document.intro": (
        "이 문서는 양 당사자가 서명한 문서만을 바탕으로 프로그램이 작성했습니다. 서명된 것은 맨 끝에 실린 기계용 형식의"
        " 합의문이며, 아래 문장은 그 뜻을 풀어 쓴 것입니다."
    ),
    # --- 놓쳐서는 안 되는 것 ------------------------------------------------------------------------------------------
    "document.laboratory": "실험 환경에서 만든 계약입니다(한 기기 안의 평문 HTTP). 누구에게도 구속력이 없습니다.",
    "document.terminated": "계약이 성립하지 않았습니다. 한 당사자가 서명한 뒤 협상을 끝냈습니다. 밝힌 사유: {reason}",
    "document.one_sided": "한쪽만 서명했습니다. {peer}의 서명은 예외로 면제되었습니다: {reason}",
    "document.unsigned": "(아직) 계약이 아닙니다. 빠진 서명: {missing}",
    "document.unconfirmed": "양쪽이 서명했습니다. 다만 이용자가 접수증을 받았다는 확인은 아직 없습니다.",
    # --- 장 제목 ------------------------------------------------------------------------------------------------------
    "document.parties": "1. 당사자",
    "document.data": "2. 데이터",
    "document.terms": "3. 이용 조건",
    "document.ids": "4. 식별자와 날짜",
    "document.signatures": "5. 서명",
    "document.verify": "6. 검증 방법",
    "document.annex": "부록: 서명된 합의문(정규 형식, RFC 8785)",
    # --- 당사자 -------------------------------------------------------------------------------------------------------
    "document.role_provider": "제공자",
    "document.role_consumer": "이용자",
    "document.no_name": "(파일에 회원 증명이 없어 이름을 알 수 없습니다)",
    "document.vouched": "보증 기관",
    "document.membership": "회원 증명의 다이제스트",
    # --- 데이터 -------------------------------------------------------------------------------------------------------
    "document.dataset": "데이터 세트",
    "document.kind": "종류",
    "document.kind_fixed": "고정: 바로 이 바이트들",
    "document.kind_living": "갱신: 이 정의에 따라 계속 바뀌는 데이터",
    "document.digest_fixed": "내용의 다이제스트",
    "document.digest_living": "정의의 다이제스트",
    "document.bytes": "바이트 수",
    "document.data_title": "제목",
    "document.data_description": "설명",
    "document.data_keywords": "키워드",
    "document.data_issued": "공개 일시",
    "document.data_publisher": "공개한 참가자",
    "document.data_type": "미디어 유형",
    "document.data_producer": "생산자",
    "document.data_process": "공정",
    "document.data_classification": "분류",
    "document.data_columns": "열",
    "document.data_digest": "설명의 다이제스트",
    # --- 이용 조건 ----------------------------------------------------------------------------------------------------
    "document.classes": (
        "E: 제공자의 커넥터가 강제합니다. C: 이용자의 커넥터가 지킵니다. P: 당사자의 약속입니다. 소프트웨어로 강제할 수"
        " 없으며, 이 계약서가 그 증거입니다."
    ),
    "document.class_E": "강제됨",
    "document.class_C": "상대 커넥터가 지킴",
    "document.class_P": "약속",
    "document.no_clauses": "조건을 문장으로 옮길 수 없습니다({problem}). 부록에 그대로 실었습니다.",
    "document.without_clauses": "합의문이 허용하는 것도 금지하는 것도 없습니다.",
    # --- 식별자와 날짜 ------------------------------------------------------------------------------------------------
    "document.agreement": "합의",
    "document.agreed_at": "합의 일시(제공자의 주장)",
    "document.agreement_digest": "합의문의 다이제스트",
    "document.offer": "제안",
    "document.negotiation": "협상(제공자 / 이용자)",
    "document.authority": "보증 기관",
    "document.countersign_before": "맞서명 기한",
    "document.finalize_before": "확정 기한",
    "document.log": "보관된 로그",
    # --- 서명 ---------------------------------------------------------------------------------------------------------
    "document.times_are_claims": "모든 시각은 서명한 당사자의 주장입니다.",
    "document.name_P": "제공자가 합의문에 서명",
    "document.name_C": "이용자가 P에 맞서명",
    "document.name_R": "제공자의 C 접수증: 이때부터 양쪽 모두 구속됩니다",
    "document.name_T": "한 당사자가 협상을 끝냄",
    "document.name_H": "이용자가 R을 받았음을 확인: 계약이 완성되었습니다",
    "document.signer": "서명자",
    "document.claimed": "시각",
    "document.key": "키",
    "document.digest": "문서의 다이제스트",
    "document.signature": "서명(Ed25519)",
    # --- 검증 방법 ----------------------------------------------------------------------------------------------------
    "document.how": (
        "이 문서만으로는 아무것도 증명되지 않습니다. 증거는 계약의 증거 파일(mmd evidence)이며, 누구나 네트워크 없이"
        " 검증할 수 있습니다: mmd verify 파일 --trust 신뢰파일\n"
        "신뢰 파일은 당사자가 아니라 당사자를 보증하는 기관에서 받아야 합니다.\n"
        "이 문서가 그 증거 파일의 것인지는 다음 명령으로 확인합니다: mmd contract 파일 --lang ko. 같은 파일에서는 늘 같은"
        " 문서가 나오며, 그 다이제스트가 증거 파일에 들어 있습니다.\n"
        "다른 사람도 검증 프로그램을 만들 수 있도록 증거 파일의 구조를 docs/evidence.md에 설명해 두었습니다. 서명 뒤에 오간"
        " 것(전달, 철회, 종료)은 이 문서가 아니라 증거 파일에 있습니다.\n"
        "보이지 않거나, 읽는 방향을 바꾸거나, 다른 글자와 비슷해 보이는 문자는 [U+202E]처럼 번호로 적습니다."
    ),
    "document.footer": "텍스트로 만든 이 문서의 SHA-256: {digest}",
    "document.page": "{pages}쪽 중 {page}쪽",
}
