// Judges many files at once, for the comparison with our own verifier: lines of {name, file, trust, at} in, verdicts out.
import { readFileSync } from "node:fs";
import { parse, time } from "./standards.mjs";
import { judge } from "./verify.mjs";

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { name, file, trust, at } = JSON.parse(line);
  console.log(JSON.stringify({ name, ...judge(readFileSync(file), trust && parse(readFileSync(trust)), time(at)) }));
}
