// Reads many agreements at once, for the comparison with our own reading: lines of {agreement, duties, at} in, what it says out.
import { readFileSync } from "node:fs";
import { parse, time } from "./standards.mjs";
import { annexesNamed, earliestEnd, endOf, owedBy, readTerms } from "./terms.mjs";

for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { agreement, duties, at } = parse(Buffer.from(line)), terms = readTerms(agreement);
  const said = terms && { end: endOf(terms), owed: duties.map((id) => owedBy(terms, id)), earliest: earliestEnd(terms, time(at)), annexes: [...annexesNamed(terms, [])] };
  console.log(JSON.stringify(said));
}
