/** From an entry's path to its place in the text. */
import { type JsonNode, memberOf } from "../json/json-node.ts";
import type { LineColumn, LineIndex } from "../json/line-index.ts";
import type { Path } from "../report/finding.ts";

/** Where Ignition says a value is: a list or an object after its bracket, anything else at its first byte. */
const startOf = (node: JsonNode): number =>
  node.kind === "object" || node.kind === "array" ? node.start + 1 : node.start;

const childOf = (node: JsonNode, step: string | number): JsonNode | undefined => {
  if (node.kind === "object" && typeof step === "string") return memberOf(node, step)?.value;
  if (node.kind === "array" && typeof step === "number") return node.items[step];
  return undefined;
};

/** The place of the deepest value on the path that the text has. */
export const placeOfValue = (root: JsonNode, path: Path, lines: LineIndex): LineColumn => {
  let node = root;
  for (const step of path) {
    const next = childOf(node, step);
    if (next === undefined) break;
    node = next;
  }
  return lines(startOf(node));
};

/** The place of the key that ends the path; of the object around it where there is no such key. */
export const placeOfKey = (root: JsonNode, path: Path, lines: LineIndex): LineColumn => {
  let node = root;
  for (const step of path.slice(0, -1)) {
    const next = childOf(node, step);
    if (next === undefined) return placeOfValue(root, path, lines);
    node = next;
  }
  const key = path.at(-1);
  const member =
    node.kind === "object" && typeof key === "string" ? memberOf(node, key) : undefined;
  return member === undefined ? placeOfValue(root, path, lines) : lines(member.keyStart);
};
