/** Prints how many recorded cases of the real programs come out equal: `npm run conformance`. */
import process from "node:process";
import { type Conformance, COMPARISONS, conformanceOf } from "./conformance.ts";

const row = (cells: readonly (string | number)[]): string =>
  `| ${cells.map((cell, index) => (index === 0 ? String(cell).padEnd(32) : String(cell).padStart(9))).join(" | ")} |\n`;

const rowOf = ({ file, cases, deviations }: Conformance): string =>
  row([file, cases, cases - deviations.length, deviations.length]);

const all: Conformance[] = [];
for (const file of Object.keys(COMPARISONS)) all.push(await conformanceOf(file));

process.stdout.write(row(["file", "cases", "equal", "deviating"]));
process.stdout.write(row(["---", "---", "---", "---"]));
for (const one of all) process.stdout.write(rowOf(one));
for (const { file, deviations } of all) {
  for (const { id, difference } of deviations) {
    process.stdout.write(`\n${file} ${id}\n  ${difference}\n`);
  }
}
