import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadDefinition } from "@slipway/ignition-config";
import { CHECK_KINDS, decodeHealthChecks } from "@slipway/release";
import { describe, it } from "mocha";

const read = (path: string): string => readFileSync(join(import.meta.dirname, "..", path), "utf8");

describe("what CI runs", () => {
  it("is the test command that the README gives to everybody", () => {
    const command = read(".ci/run").trimEnd().split("\n").at(-1) ?? "";
    assert.match(command, /^\.\/slipway test/);
    const inReadme = [...read("README.md").matchAll(/^(\.\/slipway test\b[^#\n]*?)\s*(?:#.*)?$/gm)];
    assert.deepEqual(
      inReadme.map(([, given]) => given),
      [command],
    );
  });
});

describe("the README's definition", () => {
  it("is valid as it stands, beside our own base image", async () => {
    const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
    const { report, definition } = await loadDefinition("images/edge.yaml", {
      read: async (file) => ({
        ok: true,
        bytes: Buffer.from(file === "images/edge.yaml" ? yaml : read(file)),
      }),
      kind: async () => "missing",
    });
    assert.deepEqual(report.findings, []);
    assert.equal(definition?.image.name, "edge");
    assert.ok(definition.image.packages.includes("systemd-sysv"));
  });
});

describe("the document of health checks", () => {
  const text = read("docs/health.md");
  const [inDefinition = "", onNode = ""] = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(
    ([, yaml]) => yaml ?? "",
  );

  /** `image.health` of a definition, as nodes get it. */
  const healthOf = async (yaml: string) => {
    const { report, definition } = await loadDefinition("shop.yaml", {
      read: async () => ({ ok: true, bytes: Buffer.from(yaml) }),
      kind: async () => "missing",
    });
    assert.deepEqual(report.findings, []);
    const decoded = decodeHealthChecks({ schema: 1, ...definition?.image.health });
    assert.ok(decoded.ok, JSON.stringify(decoded));
    return decoded.value;
  };

  it("shows checks that definitions and nodes take", async () => {
    assert.equal((await healthOf(inDefinition)).checks.length, 5);
    const [schema, ...lines] = onNode.split("\n");
    assert.equal(schema, "schema: 1");
    const head = "variant: slipway\nversion: 1.0.0\nimage:\n  name: a\n  version: 1\n  health:\n";
    const same = await healthOf(head + lines.map((line) => `    ${line}\n`).join(""));
    assert.equal(same.checks.length, 2);
  });

  it("has every kind, and every field of each", () => {
    const rows = [...text.matchAll(/^\| `([a-z]+)` \| (.*?) \|/gm)].map(([, kind, fields]) => [
      kind,
      [...(fields ?? "").matchAll(/`([a-z_]+)`/g)].map(([, name]) => name),
    ]);
    const schema: unknown = JSON.parse(read("images/slipway.schema.json"));
    const kinds = rows.filter(([kind]) => CHECK_KINDS.some((one) => one === kind));
    assert.deepEqual(
      kinds,
      CHECK_KINDS.map((kind) => [kind, fieldsOf(schema, kind)]),
    );
  });
});

/** The fields of a kind of checks as the published schema has them. */
const fieldsOf = (schema: unknown, kind: string): readonly string[] => {
  const steps = ["image", "health", "checks", "items", kind];
  let at: unknown = schema;
  for (const step of steps) {
    const inner = step === "items" ? at : member(at, "properties");
    at = member(inner, step);
  }
  return Object.keys(member(at, "properties") as object);
};

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
