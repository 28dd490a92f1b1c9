/** docs/operating.md shows what the verbs show. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { describe, it } from "mocha";
import { MARKED_BAD, NEW_TRIES, parseEntryName } from "../../src/esp/entry-name.ts";
import { say } from "./an-agent.ts";
import { GUIDE_SCENES, type GuideScene } from "./guide-scenes.ts";

const DOCUMENT = path.resolve(import.meta.dirname, "../../../../docs/operating.md");
const SEEN = /<!-- seen: ([a-z-]+) -->\n```text\n(.*?)```/gs;

const shown = async ({ typed, agent }: GuideScene): Promise<string> => {
  const { stdout, stderr } = await say(typed, await agent());
  return `# slipway-agent ${typed.join(" ")}\n${stdout}${stderr}`;
};

describe("docs/operating.md", () => {
  it("shows what the verbs show", async () => {
    const text = readFileSync(DOCUMENT, "utf8");
    const seen = new Map<string, string>();
    for (const [name, scene] of Object.entries(GUIDE_SCENES)) seen.set(name, await shown(scene));
    const renewed = text.replaceAll(
      SEEN,
      (_, name: string) => `<!-- seen: ${name} -->\n\`\`\`text\n${seen.get(name) ?? ""}\`\`\``,
    );
    // The one way to bring the document up to date: SLIPWAY_RENEW=1 npm test -- --grep operating.md
    if (process.env["SLIPWAY_RENEW"] === "1") writeFileSync(DOCUMENT, renewed);
    else assert.equal(text, renewed);
    assert.deepEqual(
      [...text.matchAll(SEEN)].map(([, name]) => name).toSorted(),
      Object.keys(GUIDE_SCENES).toSorted(),
    );
    for (const output of seen.values()) assert.doesNotMatch(output, /was not to be called/);
  });

  it("gives a bad entry the name of one that is to be tried again", () => {
    const [, bad = "", tried = ""] =
      /^mv \/efi\/EFI\/Linux\/(\S+) \/efi\/EFI\/Linux\/(\S+)$/m.exec(
        readFileSync(DOCUMENT, "utf8"),
      ) ?? [];
    const [before, after] = [parseEntryName(bad), parseEntryName(tried)];
    assert.deepEqual(before?.state, { kind: "counted", ...MARKED_BAD });
    assert.deepEqual(after, { ...before, state: { kind: "counted", ...NEW_TRIES } });
  });
});
