"""What was found out about another connector: Korean. Keys: `peer.<id of the finding>`."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "cli.doctor.peer": "대신 다른 커넥터를 살핍니다: 무엇을 밝히는지, 우리를 어떻게 대하는지, 무엇이 왜 안 되는지.",
    "cli.doctor.looking": "{peer}을(를) 살피는 중 …",
    "cli.doctor.peer_did": "참여자",
    "cli.doctor.peer_url": "프로토콜 주소",
    "cli.doctor.peer_fine": "여기서 살필 수 있는 것은 모두 됩니다.",
    "cli.doctor.peer_wrong": "안 되는 것: {count}건.",
    # --- what it says of itself
    "peer.did_method": "{did}은(는) did:web이 아닙니다. 다른 종류의 DID는 여기서 조회할 수 없습니다.",
    "peer.did_address": "{did}을(를) 조회할 수 없습니다: {reason}.",
    "peer.did_unknown": "버전 문서에 DID가 없고 주소로도 알 수 없습니다: {reason}.",
    "peer.did_guessed": "버전 문서에 DID가 없어 주소에서 {did}을(를) 추정했습니다.",
    "peer.did_document": "{did}의 DID 문서가 있습니다.",
    "peer.did_unusable": "{did}의 DID 문서를 쓸 수 없습니다: {reason}.",
    "peer.did_no_keys": "DID 문서에 신원 토큰용 키(capabilityInvocation)가 없습니다. 상대방이 보내는 것은 모두 401로 "
    "거절됩니다. Eclipse EDC의 일부 버전이 이렇습니다.",
    "peer.no_data_service": "DID 문서에 DataService가 없습니다. DID로는 프로토콜 주소를 찾을 수 없습니다.",
    "peer.only_catalog_service": "DID 문서에 DataService 없이 CatalogService만 있습니다. 주소는 거기서 읽지만 버전 문서는 "
    "찾을 수 없습니다.",
    "peer.data_service_elsewhere": "DataService가 가리키는 {url}은(는) 버전 문서(…{ending})가 아닙니다. 표준의 스키마가 "
    "잘못하여 /catalog를 요구합니다. DID로는 찾을 수 없습니다.",
    "peer.no_credential_service": "DID 문서에 CredentialService가 없습니다. 회원 자격을 물을 수 없어 401로 거절됩니다.",
    "peer.no_notices": "서명된 통지를 받지 않습니다(NoticeService). 계약을 확인하거나 철회를 문서로 들을 수 없고, 전송 "
    "종료로 알게 됩니다.",
    "peer.versions": "{root}에서 {version}을(를) 씁니다.",
    "peer.versions_none": "{ours}을(를) 쓰지 않습니다. 제공하는 버전: {offered}.",
    "peer.versions_shape": "{url}은(는) 버전 문서가 아닙니다. protocolVersions 목록이 없습니다.",
    "peer.versions_protected": "{url}이(가) 신원을 요구합니다({status}). 버전 문서는 누구에게나 열려 있어야 하며, 그렇지 "
    "않으면 프로토콜 주소를 찾을 수 없습니다.",
    "peer.versions_several": "버전 문서에 {version}이(가) {count}번 나옵니다. 첫 번째 것을 씁니다.",
    "peer.versions_path": "버전 문서의 경로 {path!r}에 빗금이 많거나 모자랍니다. {root}(으)로 읽습니다.",
    "peer.versions_binding": "버전 문서의 바인딩이 HTTPS가 아니라 {binding}입니다.",
    "peer.versions_auth": "버전 문서가 신원 증명으로 {protocol}을(를) 요구합니다. 우리는 DCP를 씁니다.",
    "peer.plain_http": "TLS 없이 연결됩니다. 실험실에서만 쓰세요.",
    # --- what came instead of an answer
    "peer.unreachable": "{url}: {reason}.",
    "peer.tls": "{url}: 안전한 연결이 아닙니다: {reason}. 자체 인증기관이라면 ca_bundle에 지정하세요.",
    "peer.redirect": "{url}이(가) {target}(으)로 넘깁니다({status}). 넘김은 따라가지 않으므로 상대방이 그 주소를 직접 "
    "적어야 합니다.",
    "peer.status": "{url}의 응답은 {status}입니다: {reason}.",
    "peer.page": "{url}이(가) JSON이 아닌 웹 페이지로 답합니다. 그 자리에 다른 것이 있습니다.",
    "peer.no_json": "{url}을(를) 읽을 수 없습니다: {reason}.",
    "peer.slow": "{seconds}초보다 오래 걸려 그 뒤는 살펴보지 못했습니다.",
    "peer.clock": "상대방의 시계가 우리와 {seconds}초 이내로 맞습니다.",
    "peer.clock_off": "상대방과 우리의 시계가 {seconds}초 다릅니다. {allowed}초를 넘으면 신원 토큰이 거절됩니다. 양쪽을 "
    "확인하세요.",
    "peer.clock_unknown": "응답에 날짜가 없어 시계가 맞는지 알 수 없습니다.",
    # --- how it treats us
    "peer.catalog": "카탈로그 요청에 답합니다(데이터셋 {count}개).",
    "peer.identity_accepted": "우리의 신원을 받아들이고 신원이 없는 쪽은 돌려보냅니다. 우리의 DID 문서에 닿은 것입니다.",
    "peer.catalog_empty": "우리에게 보여 주는 데이터셋이 없습니다. 우리 몫이 없을 수 있습니다.",
    "peer.identity_refused": "우리의 신원을 받아들이지 않습니다(401): {reason}. 우리의 공개 주소에서 DID 문서와 "
    "Credential Service에 닿지 못하거나, 우리의 기관을 믿지 않는 것입니다.",
    "peer.catalog_unreadable": "카탈로그를 읽을 수 없습니다: {reason}.",
    "peer.catalog_other_participant": "카탈로그의 참여자가 {did}이(가) 아니라 {participant}입니다. 합의서에 서명자와 다른 "
    "당사자가 적히게 됩니다.",
    "peer.catalog_no_participant": "카탈로그에 participantId가 없습니다.",
    "peer.catalog_expanded": "확장형 JSON-LD를 씁니다. 우리는 읽지만 표준은 압축형을 요구합니다.",
    "peer.catalog_context_string": "@context를 목록이 아닌 글자로 씁니다. 둘 다 읽습니다.",
    "peer.catalog_prefixed": "접두어가 붙은 이름(dcat:…, dspace:…)을 씁니다. 우리는 읽습니다.",
    "peer.catalog_untyped": "안쪽 객체({names})의 @type을 빠뜨립니다. JSON-LD로 읽으면 그 부분이 사라집니다.",
    "peer.catalog_empty_lists": "표준의 스키마가 거절하는 빈 목록을 씁니다.",
    "peer.catalog_single_values": "목록 자리에 값 하나를 씁니다. 둘 다 읽습니다.",
    "peer.catalog_unpacked": "카탈로그를 압축(gzip)한다는 표시가 없습니다. 큰 카탈로그도 원래 크기로 옵니다.",
    "peer.catalog_prev_link": "앞 쪽을 rel=prev로 적습니다. 표준은 previous입니다. 둘 다 읽습니다.",
    "peer.open_to_strangers": "신원을 묻지 않고 카탈로그 요청에 답합니다. 우리의 신원을 받아들이는지는 이 응답으로 알 수 "
    "없습니다.",
    "peer.strangers_status": "올바르지 않은 신원에 401이 아니라 {status}(으)로 답합니다.",
    "peer.unknown_status": "없는 프로세스에 404가 아니라 {status}(으)로 답합니다.",
    # --- whether it reaches us
    "peer.ourselves": "우리의 DID 문서가 공개 주소({url})에 있습니다.",
    "peer.ourselves_other": "우리의 공개 주소({url})에 우리 것이 아닌 DID 문서가 있습니다. 아무도 우리의 신원을 확인할 수 "
    "없습니다. 리버스 프록시가 무엇을 내보내는지 살펴보세요.",
    "peer.ourselves_unreached": "여기서 우리의 공개 주소에 닿지 못합니다({reason}). 다른 사람이 닿을 수 있는지는 여기서 알 "
    "수 없습니다. 바깥에서 {url}을(를) 열어 보세요.",
    "peer.no_own_membership": "우리에게 회원 자격이 없습니다. 상대방이 거절할 것입니다(`mmd membership request`).",
    "peer.heard": "상대방이 우리에게 닿습니다. 마지막 메시지: {at}({type}).",
    "peer.never_heard": "보관된 기록에는 상대방이 보낸 것이 없습니다. 우리의 콜백 주소에 닿는지는 보내올 때 알 수 있습니다.",
    # --- what we hold of it
    "peer.membership": "회원 자격: {issuer}이(가) {until}까지 보증합니다.",
    "peer.membership_unseen": "아직 회원 자격을 보인 적이 없습니다. 처음 연락해 올 때 묻습니다.",
    "peer.membership_untrusted": "회원 자격을 발급한 {issuer}을(를) 우리는 믿지 않습니다(설정 authorities).",
    "peer.membership_over": "마지막으로 보인 {issuer}의 회원 자격이 {until}에 끝났습니다.",
    "peer.lapses": "이 상대방에 한해 눈감아 주는 점이며 계약마다 적힙니다: {names}.",
    "peer.excepted": "서명에서 제외된 상대방입니다. 계약에 한쪽 서명만 있을 수 있습니다({reason}).",
    "peer.line_open": "상대방에게 보낼 메시지 {due}건이 기다립니다: {problem}.",
    # --- what earlier conversations showed
    "peer.begins_with_200": "프로세스를 시작하는 메시지에 201이 아닌 200으로 답합니다. 둘 다 받습니다.",
    "peer.conflicts": "우리의 메시지에 {count}번 409로 답했습니다. 경합에서 집니다. 기다렸다가 상태를 묻고 다시 보냅니다.",
    "peer.errors_as_pages": "오류를 웹 페이지로 답합니다. 글은 보여 주지만 프로토콜의 오류 형식은 없습니다.",
    "peer.unanswered": "최근 요청 {of}건 가운데 {count}건에 답이 없었습니다.",
}
