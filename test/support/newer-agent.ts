/**
 * What an agent of tomorrow may leave on /var. A node runs this with its own Node.js while it goes down: every file that the agent keeps gets a higher schema, and
 * members, kinds and forms in it that today's agent has never heard of. What they say besides stays, and releases 8 and 9 are forbidden too.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const STATE = "/var/lib/slipway/agent";
const [EIGHT, NINE] = ["8", "9"].map((version) => ({ version, roothash: version.repeat(64) }));
const WEATHER = { weather: { sky: "blue" } };

type Members = Readonly<Record<string, unknown>>;

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

const membersOf = (text: string): Members => {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new TypeError(`no object: ${text}`);
  return Object.fromEntries(Object.entries(value));
};

/** Members in order, and no white space: as the agent writes. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
};

const rewrite = (file: string, change: (text: string) => string): void => {
  if (existsSync(file)) writeFileSync(file, change(readFileSync(file, "utf8")));
};

const newerJson = (text: string): string =>
  `${canonical({ ...membersOf(text), ...WEATHER, schema: 2 })}${text.endsWith("\n") ? "\n" : ""}`;

const newerState = (text: string): string =>
  `${canonical({ ...membersOf(text), ...WEATHER, schema: 2, state: { kind: "dreaming" } })}\n`;

/** A line with the digest of the rest before it. */
const newerTrust = (text: string): string => {
  const body = `${JSON.stringify({ ...membersOf(text.slice(text.indexOf("\n") + 1)), ...WEATHER, schema: 2 })}\n`;
  return `slipway-trust ${digestOf(body)}\n${body}`;
};

/** The first line, which carries what stands, is of a newer schema; lines of other kinds and forms follow. All are numbered anew, each with the checksum of the one before. */
const newerLedger = (text: string): string => {
  const [carried, ...there] = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => membersOf(line.slice(line.indexOf(" ") + 1)));
  const at = carried?.["at"];
  const lines = [
    {
      ...{ ...carried, schema: 2, unfinished: { kind: "moving", to: "another disk" } },
      forbidden: [
        { release: { digest: "sha512:00" }, reason: "odd", since: at },
        { release: EIGHT, reason: { text: "a newer agent says so" }, since: at },
      ],
    },
    { kind: "teleported", at, to: "the moon" },
    ...there,
    { kind: "failed", at, release: NINE, reason: "bad", evidence: { source: "oracle" } },
  ];
  let before = "0".repeat(32);
  return lines
    .map((line, index) => {
      const json = canonical({ ...line, ...WEATHER, seq: index + 1, before });
      before = digestOf(json).slice(0, 32);
      return `${before} ${json}\n`;
    })
    .join("");
};

rewrite(path.join(STATE, "state.json"), newerState);
rewrite(path.join(STATE, "ledger-0"), newerLedger);
for (const slot of ["a", "b"]) rewrite(path.join(STATE, `verdict-${slot}.json`), newerJson);
for (const name of readdirSync(path.join(STATE, "trust")))
  rewrite(path.join(STATE, "trust", name), newerTrust);
for (const release of readdirSync(path.join(STATE, "releases")))
  rewrite(path.join(STATE, "releases", release, "manifest.json"), newerJson);
