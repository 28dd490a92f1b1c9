/** docs/language.md: its definition is valid, and its code frames are what the command really shows. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { loadDefinition } from "@slipway/ignition-config";
import { after, describe, it } from "mocha";
import { FRAMES } from "./support/language-frames.ts";
import { run, SLIPWAY } from "./support/release.ts";

const DOCUMENT = path.resolve(import.meta.dirname, "../docs/language.md");
const FRAME = /<!-- frame: (\w+) -->\n```text\n([\s\S]*?)```/g;

const scratch = mkdtempSync(path.join(tmpdir(), "slipway-language-"));
after(() => rmSync(scratch, { recursive: true }));

/** What `slipway validate` prints about a document, run where the document is. */
const frameOf = async (name: string): Promise<string> => {
  const frame = FRAMES[name];
  assert.ok(frame !== undefined, `there is no document for frame ${name}`);
  const directory = path.join(scratch, name);
  mkdirSync(directory);
  writeFileSync(path.join(directory, frame.file), frame.text);
  const { stdout } = await run([...SLIPWAY, "validate", frame.file], { cwd: directory });
  return `$ slipway validate ${frame.file}\n${stdout}`;
};

describe("docs/language.md", () => {
  it("shows what the command shows", async () => {
    const text = readFileSync(DOCUMENT, "utf8");
    const frames = new Map<string, string>();
    for (const name of Object.keys(FRAMES)) frames.set(name, await frameOf(name));
    const renewed = text.replaceAll(
      FRAME,
      (_, name: string) => `<!-- frame: ${name} -->\n\`\`\`text\n${frames.get(name) ?? ""}\`\`\``,
    );
    // The one way to bring the document up to date: SLIPWAY_RENEW=1 npm test -- --grep language.md
    if (process.env["SLIPWAY_RENEW"] === "1") writeFileSync(DOCUMENT, renewed);
    else assert.equal(text, renewed);
    assert.deepEqual(
      [...text.matchAll(FRAME)].map(([, name]) => name),
      Object.keys(FRAMES),
    );
  });

  it("begins with a definition that is valid", async () => {
    const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(DOCUMENT, "utf8")) ?? [];
    const documents: Readonly<Record<string, string>> = {
      "edge.yaml": yaml,
      "base.yaml": "variant: slipway\nversion: 1.0.0\n",
      "site/users.bu": "variant: fcos\nversion: 1.5.0\n",
    };
    const { report, definition } = await loadDefinition("edge.yaml", {
      read: async (file) => ({ ok: true, bytes: Buffer.from(documents[file] ?? "") }),
      kind: async () => "missing",
    });
    assert.deepEqual(report.findings, []);
    assert.equal(definition?.image.name, "edge");
  });
});
