// Section 4.5.2 and 4.5.3: what the agreement says of its end, of duties, of the notice period, and which annexes it names.
import { isObject, must, time } from "./standards.mjs";

const ODRL = "http://www.w3.org/ns/odrl/2/", MMD = "https://w3id.org/my-manufacturing-data/v1/", DAY = 86_400_000;
const UPPER = ["lteq", "lt", "eq"], EVERY = ["timeInterval", MMD + "billingPeriod", MMD + "reportPeriod"];
const OWED = {
  provider: ["anonymize", "obtainConsent", MMD + "warrant"],
  both: ["quoteExportNumber", "respectDerivedOwner", "keepModelTerms", "giveNotice", "endOnlyFor", "answerFor", "settleDisputes", "observeContract"].map((name) => MMD + name),
};
const NAMES = { [MMD + "namedRecipients"]: "people", [MMD + "consent"]: "consent", [MMD + "qualityReport"]: "document", [MMD + "contractDigest"]: "document" };

// --- ODRL in the spellings of JSON-LD: bare, odrl: or full names; one value where a list is due; {"@id"} and {"@value"} for a text ------
const bare = (name) => (name.startsWith("odrl:") ? name.slice(5) : name.startsWith(ODRL) ? name.slice(ODRL.length) : name);
const list = (value) => (value === undefined ? [] : [value].flat());
const fields = (value) => (must(isObject(value), "object"), Object.fromEntries(Object.entries(value).map(([name, item]) => [bare(name), item])));
function text(value) {
  const found = isObject(value) ? value["@id"] ?? value["@value"] : value;
  return (must(typeof found === "string" || (isObject(value) && typeof found === "number"), "text"), String(found));
}
const term = (value) => bare(text(value));
function constraint(value) {
  const found = fields(value), logical = ["and", "or", "xone", "andSequence"].find((name) => name in found);
  if (logical) return { logical, parts: list(found[logical]).map(constraint) };
  return { left: term(found.leftOperand), operator: term(found.operator).replace(/^term-/, ""), values: list(found.rightOperand).map(text) };
}
function action(value) {
  if (!isObject(value)) return { name: term(value), refinement: [] };
  const found = fields(value);
  return { name: term(found["@id"] ?? found.uid ?? found["rdf:value"] ?? found["http://www.w3.org/1999/02/22-rdf-syntax-ns#value"]), refinement: list(found.refinement).map(constraint) };
}
/** One rule for each of its actions, targets and parties. */
function rules(value) {
  return list(value).flatMap((item) => {
    const found = fields(item), times = ["target", "assigner", "assignee"].reduce((count, name) => count * (list(found[name]).length || 1), 1);
    const further = ["duty", "remedy", "consequence"].flatMap((name) => rules(found[name])), constraints = list(found.constraint).map(constraint);
    return list(found.action).map(action).flatMap(({ name, refinement }) => Array(times).fill({ action: name, constraints, refinement, further }));
  });
}
/** The terms of an agreement; null when they cannot be read, and nothing can be said by them. */
export function readTerms(agreement) {
  try {
    const found = fields(agreement);
    return { ...found, permission: rules(found.permission), prohibition: rules(found.prohibition), obligation: rules(found.obligation) };
  } catch { return null; }
}
const atoms = (parts) => parts.flatMap((part) => (part.logical === "and" ? atoms(part.parts) : part.logical ? [] : [part]));
const all = (parts) => parts.flatMap((part) => (part.logical ? all(part.parts) : [part]));

// --- lengths of time ---------------------------------------------------------------------------------------------------------------
function duration(written) {
  const found = /^P(?!$)(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})D)?(?:T(?!$)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?$/.exec(written);
  if (!found) return null;
  const [years, months, days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  const length = { months: years * 12 + months, rest: days * DAY + hours * 3_600_000 + minutes * 60_000 + seconds * 1000 };
  return length.months > 1200 || length.rest > 36_600 * DAY ? null : length;
}
function after(at, { months, rest }) {
  const from = new Date(at), place = from.getUTCFullYear() * 12 + from.getUTCMonth() + months, [year, month] = [Math.floor(place / 12), place % 12];
  const to = new Date(at);
  to.setUTCFullYear(year, month, Math.min(from.getUTCDate(), new Date(Date.UTC(year, month + 1, 0)).getUTCDate()));
  return to.getTime() + rest;
}
const moment = (written) => { try { return time(written); } catch { return null; } };

// --- what is asked of them ---------------------------------------------------------------------------------------------------------
function endOfPermission({ constraints }, agreed) {
  const ends = atoms(constraints).filter(({ operator, values }) => UPPER.includes(operator) && values.length === 1).map(({ left, values }) => {
    const length = left === "elapsedTime" && duration(values[0]);
    return left === "dateTime" ? moment(values[0]) : length ? after(agreed, length) : null;
  });
  return ends.filter((end) => end !== null).sort((one, other) => one - other)[0] ?? null;
}
/** The end of the agreement by its own terms, or null. */
export function endOf(terms) {
  const agreed = moment(terms.timestamp === undefined ? null : text(terms.timestamp));
  const alone = ({ action: name, constraints, further }) => !constraints.length && !further.length && ["transfer", MMD + "trainModel"].includes(name);
  const ends = terms.permission.filter((rule) => !alone(rule)).map((rule) => endOfPermission(rule, agreed));
  return agreed !== null && ends.length && !ends.includes(null) ? Math.max(...ends) : null;
}
/** Whose the duty with this id is: provider, consumer, both; null where there is none. */
export function owedBy(terms, id) {
  const found = /^obligation-([1-9]\d{0,4})(\.[1-9]\d{0,4})?$/.exec(id), duty = found && terms.obligation[found[1] - 1];
  if (!duty) return null;
  const single = duty.constraints.filter(({ logical, values }) => !logical && values.length === 1);
  const part = single.find(({ left, operator }) => EVERY.includes(left) && UPPER.includes(operator)), every = part && duration(part.values[0]);
  if (Boolean(every && every.months * 31 * DAY + every.rest >= DAY) !== Boolean(found[2])) return null;
  const version = duty.action === MMD + "renegotiateVersion" && single.some(({ left, values }) => left === MMD + "versionChange" && values[0] === "majorNeedsNew");
  return version ? "both" : Object.keys(OWED).find((side) => OWED[side].includes(duty.action)) ?? "consumer";
}
/** The earliest moment at which a withdrawal of this moment may take effect; null where nothing is said. */
export function earliestEnd(terms, at) {
  const said = terms[MMD + "noticePeriod"], single = Array.isArray(said) && said.length === 1 ? said[0] : said, written = isObject(single) ? single["@value"] ?? single["@id"] : single;
  const named = terms.obligation.flatMap(({ constraints }) => atoms(constraints)).find(({ left, values }) => left === MMD + "noticePeriod" && values.length === 1);
  const length = duration(typeof written === "string" ? written : named?.values[0]);
  return length && after(at, length);
}
/** The annexes that terms and notices name: digest to kind. */
export function annexesNamed(terms, notices) {
  const found = new Map(), rank = ["people", "consent", "document"];
  const note = (digest, kind) => /^sha256:[0-9a-f]{64}$/.test(digest) && (!found.has(digest) || rank.indexOf(kind) < rank.indexOf(found.get(digest))) && found.set(digest, kind);
  const of = (rule) => [...all([...rule.constraints, ...rule.refinement]), ...rule.further.flatMap(of)];
  const parts = terms ? [terms.permission, terms.prohibition, terms.obligation].flat().flatMap(of) : [];
  parts.filter(({ left }) => left in NAMES).forEach(({ left, values }) => values.forEach((value) => note(value, NAMES[left])));
  notices.filter(({ subject }) => subject.kind === "people-change").forEach(({ subject }) => [subject.content.people, subject.content.before].forEach((value) => note(value, "people")));
  return found;
}
