// The tables of docs/evidence.md, section 4: what stands in each signed document.
import { fits, isObject, KINDS, must } from "./standards.mjs";

Object.assign(KINDS, {
  list: (value) => fits(value, { id: "text", digest: "digest" }), lists: (value) => Array.isArray(value) && value.length > 0 && value.length <= 8 && value.every(KINDS.list),
  status: (value) => fits(value, { maxAgeSeconds: "whole", lists: "lists" }) && value.maxAgeSeconds <= 604_800,
  exception: (value) => fits(value, { peer: "text", reason: "text" }), seen: (value) => fits(value, { number: "whole", digest: "digest" }),
  memberships: (value) => fits(value, { provider: "digest?", consumer: "digest?" }), authority: (value) => fits(value, { did: "text", memberships: "memberships" }),
  texts2: (value) => fits(value, { ko: "digest", en: "digest" }), shown: (value) => fits(value, { format: "text", words: "digest", texts: "texts2" }),
  dataset: (value) => fits(value, { id: "text", kind: "text", digest: "digest" }) && ["fixed", "living"].includes(value.kind),
  ranges: (value) => Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(KINDS.whole)), result: (value) => ["complete", "broken"].includes(value),
  deleted: (value) => Array.isArray(value) && value.length > 0 && value.length <= 256 && value.every((item) => fits(item, { delivery: "text", digest: "digest" })) && new Set(value.map(({ delivery }) => delivery)).size === value.length,
  lines: (value) => Array.isArray(value) && value.length <= 256 && value.every((item) => fits(item, { delivery: "text", rows: "whole?", bytes: "whole", result: "result" })) && new Set(value.map(({ delivery }) => delivery)).size === value.length,
  takenUp: (value) => fits(value, { by: "text", evidence: "digest" }),
  highest: (value) => fits(value, { provider: "seen?", consumer: "seen?" }) });
const AGREED = { agreementDigest: "digest" }, PIDS = { providerPid: "text", consumerPid: "text" }, SIGNED = { authority: "authority?", requiredSigners: "texts", statusLists: "status?", shown: "shown?" };
/** 4.1 to 4.6: the format of each type, and the members of its credentialSubject. */
export const TYPES = {
  AgreementCredential: ["mmd-contract/1", { ...AGREED, ...PIDS, ...SIGNED, agreement: "object", offerId: "text", dataset: "dataset", countersignBefore: "time", laboratory: "bool", exception: "exception?" }],
  AgreementCountersignature: ["mmd-contract/1", { ...AGREED, ...SIGNED, countersigns: "digest", finalizeBefore: "time", role: "assignee" }],
  ContractReceipt: ["mmd-contract/1", { ...AGREED, receiptFor: "digest", logOrigin: "text" }],
  ContractTermination: ["mmd-contract/1", { ...PIDS, over: "digest", code: "any", reason: "any" }],
  Notice: ["mmd-notice/1", { kind: "text", countersignature: "digest", number: "whole", previous: "digest?", seen: "seen?", content: "object" }],
  EvidenceStatement: ["mmd-evidence/1", { manifest: "digest", highestNotices: "highest", termination: "digest?", checkpoint: "text?", exception: "exception?", takenUp: "takenUp?" }],
};
const DELIVERY = { delivery: "text", transfer: "text", bytes: "whole", ranges: "ranges", digest: "digest?", purpose: "text?", person: "text?", startedAt: "time", finishedAt: "time", result: "result" };
const [PROVIDER, CONSUMER] = [["provider"], ["consumer"]], EITHER = [...PROVIDER, ...CONSUMER];
/** 4.5: who writes notices of which kind, and exactly which members their content has. */
export const NOTICES = {
  "holds-receipt": [CONSUMER, { receipt: "digest" }], "delivery-sent": [PROVIDER, DELIVERY], "delivery-received": [CONSUMER, DELIVERY],
  withdrawal: [EITHER, { reason: "any", effective: "time" }], suspension: [EITHER, { reason: "text" }], resumption: [EITHER, { suspension: "digest" }],
  end: [EITHER, { at: "time" }], "duty-fulfilled": [EITHER, { duty: "text", statement: "text", at: "time" }],
  "deletion-certificate": [CONSUMER, { deleted: "deleted", statement: "text", at: "time" }], "deletion-acknowledged": [PROVIDER, { certificate: "digest", missing: "texts" }],
  "people-change": [EITHER, { people: "digest", before: "digest?", reason: "any" }], "people-change-accepted": [EITHER, { proposal: "digest" }],
  "people-change-refused": [EITHER, { proposal: "digest", reason: "text" }],
  metering: [EITHER, { lines: "lines", uses: "whole", rows: "whole", bytes: "whole", through: "time", asks: "bool" }],
};
/** 4.5.3: what lies in annexes/; undefined for a format that is not known. */
export function annexKind(bytes, value) {
  const line = (text, most) => KINDS.text(text) && [...text].length <= most && text.trim() === text && !/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(text), exactly = (found, names) => isObject(found) && Object.keys(found).sort().join() === names;
  must(isObject(value) && bytes.length <= 2 ** 20, "annex");
  if (value.format === "mmd-people/1") {
    const { salt, people } = value, person = ({ name, email }) => line(name, 200) && line(email, 254) && /^[^@\s<>"',;]+@[^@\s<>"',;]+$/.test(email) && email === email.toLowerCase();
    must(exactly(value, "format,people,salt") && /^[\w-]{21}[AQgw]$/.test(salt) && Array.isArray(people) && people.length > 0 && people.length <= 500, "people");
    must(people.every((one, place) => exactly(one, "email,name") && person(one) && (!place || people[place - 1].email < one.email)), "people");
    return "people";
  }
  if (value.format !== "mmd-consent/1") return undefined;
  const text = (found) => KINDS.any(found) && found.length > 0 && found.length <= 2048, { proof, ...rest } = value;
  must(exactly(rest, "dataset,format,givenAt,producer,provider,purposes,until") && [value.producer, value.provider, value.dataset].every(text), "consent");
  must(Array.isArray(value.purposes) && value.purposes.length <= 50 && value.purposes.every(text) && KINDS.time(value.givenAt) && (value.until === null || KINDS.time(value.until)), "consent");
  return "consent";
}
