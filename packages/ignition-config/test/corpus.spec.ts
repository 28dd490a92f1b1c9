/** The rules that this package has already, held against the answers of the real programs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { decodeDataUrl } from "../src/ignition/data-url.ts";
import { verificationHash } from "../src/ignition/hash.ts";
import { readUnitText } from "../src/ignition/unit-text.ts";
import { absolutePath } from "../src/names/absolute-path.ts";
import { CORPUS, hasCorpus } from "../../../test/support/corpus.ts";

interface Entry {
  readonly kind: string;
  readonly path: string | null;
  readonly message: string;
}

/** A text of a config and what Ignition said at its path. */
interface Probe {
  readonly id: string;
  readonly path: string;
  readonly text: string;
  readonly said: readonly string[];
}

const property = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

const eachText = function* (value: unknown, path: string): Generator<readonly [string, string]> {
  if (typeof value === "string") yield [path, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, below] of Object.entries(value)) yield* eachText(below, `${path}.${key}`);
};

const probesOf = (file: string): readonly Probe[] =>
  readFileSync(join(CORPUS, file), "utf8")
    .trim()
    .split("\n")
    .flatMap((line): readonly Probe[] => {
      const found: unknown = JSON.parse(line);
      const oracle = property(property(found, "oracle"), "ignition-validate-2.26.0");
      const entries = property(oracle, "entries") as readonly Entry[] | undefined;
      // What is no JSON, or has keys or values that Go reads in its own way, is no probe for these rules.
      const odd =
        /unmarshal|invalid character '|unused key|context tree|not a config|config version/;
      const input = String(property(found, "input"));
      if (entries === undefined || entries.some(({ message }) => odd.test(message))) return [];
      let config: unknown;
      try {
        config = JSON.parse(input);
      } catch {
        return [];
      }
      const id = String(property(found, "id"));
      return [...eachText(config, "$")].map(([path, text]) => ({
        id,
        path,
        text,
        said: entries.filter((entry) => entry.path === path).map(({ message }) => message),
      }));
    });

describe("the corpus of Ignition", function () {
  if (!hasCorpus()) return;
  const probes = [
    ...probesOf("ignition-validate.jsonl"),
    ...probesOf("ignition-validate-probes.jsonl"),
  ];

  const agree = (
    where: (probe: Probe) => boolean,
    isOurs: (probe: Probe) => boolean,
    isTheirs: (message: string) => boolean,
    atLeast: number,
  ): void => {
    const some = probes.filter(where);
    const bad = some.filter((probe) => isOurs(probe) !== probe.said.some(isTheirs));
    assert.deepEqual(
      bad.map(({ id, path, text, said }) => ({ id, path, text, said })),
      [],
    );
    assert.ok(some.some(isOurs) && some.length >= atLeast, String(some.length));
  };

  it("agrees about unit texts, and why they are none", () => {
    agree(
      ({ path }) => /^\$\.systemd\.units\.\d+\.(?:dropins\.\d+\.)?contents$/.test(path),
      ({ text, said }) => {
        const read = readUnitText(text);
        if (!("problem" in read)) return false;
        const why = read.problem.replace(/:.*/, "");
        assert.ok(
          said.some((message) => message.includes(why)),
          `${why} is not in ${said.join()}`,
        );
        return true;
      },
      (message) => message.startsWith("invalid unit content"),
      50,
    );
  });

  it("agrees about [Install] sections", () => {
    agree(
      ({ path }) => /^\$\.systemd\.units\.\d+\.contents$/.test(path),
      ({ said, text }) => {
        const read = readUnitText(text);
        const hasInstall = "sections" in read && read.sections.includes("Install");
        if (hasInstall) assert.ok(!said.some((message) => message.includes("install section")));
        return said.some((message) => message.includes("install section")) && !hasInstall;
      },
      (message) => message.includes("has no install section"),
      50,
    );
  });

  it("agrees about paths of nodes", () => {
    agree(
      ({ path }) => /^\$\.storage\.(?:files|directories|links)\.\d+\.path$/.test(path),
      ({ text }) => absolutePath.check(text) !== undefined,
      (message) => /^path (?:not|is not)/.test(message),
      200,
    );
  });

  it("agrees about data URLs", () => {
    agree(
      ({ text }) => text.startsWith("data:"),
      ({ text }) => "violation" in decodeDataUrl(text),
      (message) => /data|rfc2396|base64|media type|parse url/.test(message),
      50,
    );
  });

  it("agrees about hashes, but for digits that Ignition checks only when it runs", () => {
    agree(
      ({ path }) => path.endsWith(".verification.hash"),
      ({ text }) => {
        const problem = verificationHash.check(text);
        return problem !== undefined && !problem.message.includes("hexadecimal");
      },
      (message) => /hash specifier|hash function|hash sum/.test(message),
      10,
    );
  });
});
