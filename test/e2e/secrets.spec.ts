/** A secret by reference: in the file on the node when it has booted, and in nothing that was built or said. */
import assert from "node:assert/strict";
import { createReadStream, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import { answersOf, type Questions, questionScript } from "../support/guest.ts";
import { requireRoot, scratchDirectory, slipway, succeeded } from "../support/release.ts";
import { RELEASE, writeSmallBase } from "../support/small-base.ts";

const SECRET = "correct-horse-battery-staple";

const QUESTIONS = {
  run: "cat /run/app/password; stat -c '%a %U %G' /run/app/password",
  etc: "cat /etc/app/password; stat -c '%a %U %G' /etc/app/password",
  absent: "test ! -e /run/app/absent && echo absent",
  unit: "systemctl is-active slipway-secrets.service",
  journal: `journalctl -b --no-pager | grep -c ${SECRET}`,
} as const satisfies Questions;

/** How often a file holds the text. */
const countIn = async (file: string, text: string): Promise<number> => {
  let count = 0;
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    assert.ok(chunk instanceof Buffer);
    const joined = Buffer.concat([rest, chunk]);
    for (let at = joined.indexOf(text); at >= 0; at = joined.indexOf(text, at + 1)) count += 1;
    rest = Buffer.from(joined.subarray(Math.max(0, joined.length - text.length + 1)));
  }
  return count;
};

const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? path.join(entry.parentPath, entry.name) : [],
  );

describe("a secret by reference", function () {
  this.timeout("15m");
  requireRoot();
  const scratch = scratchDirectory("secrets");

  it("is on the node, and in no artifact, lock, log or error", async () => {
    const project = path.join(scratch, "project");
    const definition = writeSmallBase(project, {
      files: `    - path: /run/app/password
      contents: { secret: password }
    - path: /etc/app/password
      mode: 0640
      group: { name: adm }
      contents: { secret: password }
    - path: /run/app/absent
      contents: { secret: absent }
secrets:
  password: { description: What the application asks for. }
  absent:
`,
    });
    const keys = path.join(scratch, "keys");
    mkdirSync(keys);
    const key = path.join(keys, "password");
    writeFileSync(key, SECRET);
    const out = path.join(scratch, "out");
    const said = [
      succeeded(await slipway("build", definition, "--out", out)),
      succeeded(await slipway("config", "show", definition, "--origin")),
      succeeded(await slipway("inspect", path.join(out, RELEASE), "--json")),
    ];
    const guest = await slipway(
      ...["run", path.join(out, RELEASE), "--credential", `password=${key}`],
      ...["--exec", questionScript(QUESTIONS)],
    );
    const answers = answersOf(QUESTIONS, guest);
    assert.equal(answers.run.output.trim(), `${SECRET}600 root root`);
    assert.equal(answers.etc.output.trim(), `${SECRET}640 root adm`);
    assert.equal(answers.absent.output.trim(), "absent");
    assert.equal(answers.unit.output.trim(), "active");
    assert.equal(answers.journal.output.trim(), "0");

    for (const { stdout, stderr } of said) assert.ok(!`${stdout}${stderr}`.includes(SECRET));
    assert.match(
      said[1]?.stdout ?? "",
      /password:\n {4}description: "What the application asks for\."/,
    );
    const files = [...filesBelow(out), ...filesBelow(project)];
    assert.ok(files.some((file) => file.endsWith("disk.raw")));
    for (const file of files) assert.equal(await countIn(file, SECRET), 0, file);
    // The search finds what is there.
    assert.equal(await countIn(key, SECRET), 1);
  });
});
