// Checks 20, 22, 31 and 32 of section 8: what notices answer and say of the agreement, deliveries, annexes, what was shown.
import { fileDigest, isObject, must, need, no, time } from "./standards.mjs";
import { annexesNamed, earliestEnd, endOf, owedBy, readTerms } from "./terms.mjs";

const TOLERANCE = 300_000;
/** Whether what a notice answers is there and can be answered so. */
export function answers({ kind, content }, own, seen) {
  const standing = own.filter(({ subject }) => ["suspension", "resumption"].includes(subject.kind)).at(-1), suspended = standing?.subject.kind === "suspension" ? standing.digest : null;
  const named = (name, wanted, kinds) => seen.some(({ digest, subject }) => digest === content[name] && subject.kind === wanted) &&
    !own.some(({ subject }) => kinds.includes(subject.kind) && subject.content[name] === content[name]);
  if (kind === "suspension") return !suspended;
  if (kind === "resumption") return suspended === content.suspension;
  if (kind === "deletion-acknowledged") return named("certificate", "deletion-certificate", [kind]);
  if (kind === "people-change") return content.people !== (content.before ?? null) && ![...own, ...seen].some(({ subject }) => subject.kind === kind && subject.content.people === content.people);
  return !kind.startsWith("people-change-") || named("proposal", "people-change", ["people-change-accepted", "people-change-refused"]);
}
/** Whether the end or the duty that a notice names is one of the agreement (4.5.2). */
export function fitsTerms({ kind, content }, role, terms) {
  if (terms && kind === "end") return time(content.at) === endOf(terms);
  return !terms || kind !== "duty-fulfilled" || [role, "both"].includes(owedBy(terms, content.duty));
}
/** Whether a withdrawal keeps the notice period. */
export function inTime({ subject, at }, terms) {
  const earliest = subject.kind === "withdrawal" && terms ? earliestEnd(terms, at) : null;
  return earliest === null || time(subject.content.effective) >= earliest - TOLERANCE;
}
const deliveries = (c, role, kind) => new Map(c.notices[role].filter(({ subject }) => subject.kind === kind).map(({ subject }) => [subject.content.delivery, subject.content]));
export function checkDeliveries(c, dataset) {
  const sent = deliveries(c, "provider", "delivery-sent"), received = deliveries(c, "consumer", "delivery-received"), certified = c.notices.consumer.flatMap(({ subject }) => subject.content.deleted ?? []);
  for (const said of need(sent.size + received.size + certified.length ? [...sent.values(), ...received.values()] : null, "no deliveries")) must(said.result !== "complete" || dataset.kind !== "fixed" || said.digest === dataset.digest, "digest");
  for (const [id, said] of sent) if (received.has(id)) for (const name of ["transfer", "purpose", "person"]) must((said[name] ?? null) === (received.get(id)[name] ?? null), name);
  for (const { delivery, digest } of certified) must(received.get(delivery)?.digest === digest, "deletion");
}
/** Section 3: a row of the manifest for a file that is not there, and may be so. */
const row = (said, names) => isObject(said) && Object.keys(said).filter((name) => name !== "erased").sort().join() === names && (!("erased" in said) || isTime(said.erased));
const isTime = (text) => { try { return typeof text === "string" && Number.isFinite(time(text)); } catch { return false; } };
export const withheld = (path, said) => /^(messages|annexes)\//.test(path) && row(said, "bytes,digest,withheld") && said.withheld === true && Number.isSafeInteger(said.bytes) && /^sha256:[0-9a-f]{64}$/.test(said.digest);
export const absent = (path, said) => /^(annexes|shown)\//.test(path) && row(said, "absent") && said.absent === true && (!("erased" in said) || path.startsWith("annexes/"));
export function checkAnnexes(c) {
  const named = annexesNamed(readTerms(need(c.agreement, "agreement")), [...c.notices.provider, ...c.notices.consumer]), rows = c.manifest.files;
  for (const path of [...c.files.keys(), ...Object.keys(rows)]) must(!path.startsWith("annexes/") || named.has(`sha256:${path.slice(8).split(".")[0]}`), "not named");
  let left = 0;
  for (const [digest, kind] of named) {
    const places = [`annexes/${digest.slice(7)}.json`, `annexes/${digest.slice(7)}.bin`], there = places.filter((path) => c.files.has(path)), rest = places.filter((path) => !c.files.has(path));
    for (const path of there) {
      must(fileDigest(c.files.get(path)) === digest, "another digest");
      must(path.endsWith(".bin") ? kind !== "people" : need(c.annexes[path], "unreadable") === kind, "another kind");
    }
    for (const path of rest) must(!withheld(path, rows[path]) || rows[path].digest === digest, "another digest");
    must(there.length || rest.some((path) => withheld(path, rows[path]) || absent(path, rows[path])), "missing");
    left += there.length ? 0 : 1;
  }
  need(named.size && !left ? named : null, left ? "left out" : "no annexes");
}
export function checkShown(c, p) {
  const said = [p, c.C].map((doc) => doc?.subject.shown).filter(Boolean), named = new Set(said.flatMap(({ texts }) => [texts.ko, texts.en])), rows = c.manifest.files;
  for (const path of [...c.files.keys(), ...Object.keys(rows)]) must(!path.startsWith("shown/") || named.has(`sha256:${path.slice(6, -4)}`), "not named");
  const left = [...named].filter((digest) => {
    const path = `shown/${digest.slice(7)}.txt`, bytes = c.files.get(path);
    return bytes ? (must(fileDigest(bytes) === digest, "another text"), false) : (must(absent(path, rows[path]), "missing"), true);
  });
  const [one, other] = said;
  must(!other || one.format !== other.format || one.words !== other.words || (one.texts.ko === other.texts.ko && one.texts.en === other.texts.en), "two texts");
  need(named.size && !left.length ? named : null, left.length ? "left out" : "nothing shown");
}
