import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encodeVerdict, type Verdict } from "@slipway/release";
import { afterEach, beforeEach, describe, it } from "mocha";
import { linuxPlaces } from "../../src/health/linux/places.ts";
import type { Places } from "../../src/health/ports.ts";
import { evidenceOf, findEvidence } from "../../src/verdict/evidence.ts";
import { slotVerdict } from "../../src/verdict/kept-verdict.ts";
import { PSTORE } from "../../src/verdict/panic.ts";
import { BOOT_ID, NEW_RELEASE, OLD_RELEASE } from "./node.ts";

const BOOT_MS = Date.UTC(2027, 0, 1);

const BAD: Verdict = {
  verdict: "bad",
  reason: "app: it was not there",
  ...NEW_RELEASE,
  bootId: BOOT_ID,
  at: BOOT_MS / 1000,
  readBytes: 0,
  checks: [
    {
      name: "app",
      level: "required",
      outcome: "failed",
      tries: 2,
      milliseconds: 9,
      seen: "it was not there",
      output: ["no", "database"],
    },
    {
      name: "slipway/boot",
      level: "required",
      outcome: "passed",
      tries: 1,
      milliseconds: 1,
      seen: "active",
      output: [],
    },
  ],
  failedUnits: [{ unit: "app.service", journal: ["exit 1"] }],
};

describe("evidence of why a release did not come up", () => {
  let root: string;
  let places: Places;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "slipway-evidence-"));
    places = {
      ...linuxPlaces,
      at: (path) => linuxPlaces.at(join(root, path)),
      start: (path, most) => linuxPlaces.start(join(root, path), most),
      text: (path, most) => linuxPlaces.text(join(root, path), most),
      end: (path, most) => linuxPlaces.end(join(root, path), most),
      names: (path) => linuxPlaces.names(join(root, path)),
    };
  });
  afterEach(() => rm(root, { recursive: true }));

  const write = async (path: string, text: string, changedMs = BOOT_MS + 1000): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
    await utimes(join(root, path), changedMs / 1000, changedMs / 1000);
  };
  const find = () => findEvidence(places, NEW_RELEASE, { sinceMs: BOOT_MS });

  it("is the verdict that found it bad, what failed first", async () => {
    await write(slotVerdict("b"), encodeVerdict(BAD));
    assert.deepEqual(await find(), {
      source: "verdict",
      lines: [
        "failed (required, 2 tries) app: it was not there",
        "| no",
        "| database",
        "failed unit app.service:",
        "| exit 1",
      ],
    });
  });

  it("is not one about another release, nor one that found it good, nor half of one, nor a newer agent's", async () => {
    await write(slotVerdict("a"), encodeVerdict({ ...BAD, ...OLD_RELEASE }));
    await write(slotVerdict("b"), encodeVerdict({ ...BAD, verdict: "good" }));
    assert.equal(await find(), undefined);
    await write(slotVerdict("b"), encodeVerdict(BAD).slice(0, 100));
    assert.equal(await find(), undefined);
    const newer = encodeVerdict(BAD).replace('"schema":1', '"schema":2');
    assert.notEqual(newer, encodeVerdict(BAD));
    await write(slotVerdict("b"), newer);
    assert.equal(await find(), undefined);
  });

  it("is else the end of what the kernel wrote when it panicked", async () => {
    const log = Array.from({ length: 5000 }, (_, n) => `<6>[    1.${n}] line ${n}`).join("\n");
    await write(
      `${PSTORE}/1798761600/001/dmesg.txt`,
      `${log}\n<0>[  2.0] Kernel panic - not syncing\n`,
    );
    await write(`${PSTORE}/1798761600/001/dmesg-efi-179876160001001`, "a part");
    const evidence = await find();
    assert.equal(evidence?.source, "panic");
    assert.equal(evidence.lines.at(-1), "[  2.0] Kernel panic - not syncing");
    assert.equal(evidence.lines.at(-2), "[    1.4999] line 4999");
    assert.equal(evidence.lines.length, 20);
  });

  it("is not what was moved there in a boot before, nor another release's", async () => {
    await write(`${PSTORE}/1/dmesg.txt`, "Kernel panic", BOOT_MS - 1);
    assert.equal(await find(), undefined);
    const others = `Command line: root=… roothash=${OLD_RELEASE.roothash} panic=10\nKernel panic`;
    await write(`${PSTORE}/2/dmesg.txt`, others);
    assert.equal(await find(), undefined);
    const ours = others.replace(OLD_RELEASE.roothash, NEW_RELEASE.roothash);
    await write(`${PSTORE}/2/dmesg.txt`, ours);
    assert.equal((await find())?.lines.at(-1), "Kernel panic");
  });

  it("is nothing where nothing was left", async () => {
    assert.equal(await find(), undefined);
    await write(PSTORE, "a file in the directory's place");
    assert.equal(await find(), undefined);
  });

  it("fits into a line of the ledger, whatever there is of it", () => {
    const output = Array.from({ length: 20 }, () => "x".repeat(300));
    const [failed] = BAD.checks;
    assert.ok(failed);
    const many = Array.from({ length: 200 }, (_, n) => ({
      ...failed,
      name: `n${n}`,
      output,
    }));
    const { lines } = evidenceOf({ ...BAD, checks: many });
    assert.ok(lines.length <= 40 && lines.join("").length <= 8000);
    assert.match(lines[0] ?? "", /n0/);
  });
});
