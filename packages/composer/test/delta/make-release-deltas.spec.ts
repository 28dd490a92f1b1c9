import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyDelta, readDeltaHeader } from "@slipway/release";
import { afterEach, beforeEach, describe, it } from "mocha";
import { formatManifest, parseManifest } from "../../src/build/manifest.ts";
import type { ReleaseDelta } from "../../src/delta/make-release-deltas.ts";
import { makeReleaseDeltas } from "../../src/delta/make-release-deltas.ts";
import { releaseImages } from "../../src/delta/release-images.ts";
import { ComposerError } from "../../src/errors.ts";
import { textEntry } from "../../src/initrd/entry.ts";
import { pack } from "../diff/pack-cpio.ts";
import { aRelease } from "../inspect/a-release.ts";
import { sourceOf } from "../inspect/bytes.ts";
import { encodeErofs } from "../inspect/encode-file-systems.ts";
import { encodeUki } from "../inspect/encode-uki.ts";

type Files = Map<string, Uint8Array>;

const HEX_DIGITS = 64;

/** Text in which nothing repeats. */
const text = (seed: string, lines: number): string =>
  Array.from({ length: lines }, (_, line) => hash("sha256", `${seed} ${line}`)).join("\n");

const TOOL = text("tool", 3000);
const LIBRARY = text("library", 2000);

const ukiOf = (kernel: string, commandLine: string, tool: string): Uint8Array =>
  encodeUki({
    sections: [
      [".cmdline", commandLine],
      [".linux", text("kernel", 2000)],
      [
        ".initrd",
        pack([
          textEntry(`/usr/lib/modules/${kernel}/kernel/a.ko`, LIBRARY),
          textEntry("/usr/bin/tool", tool),
        ]).toString(),
      ],
      [".profile", "ID=recovery\n"],
      [".cmdline", `${commandLine} single`],
    ],
  });

describe("deltas of a release", function () {
  this.timeout(60_000);
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "slipway-delta-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Writes a release whose manifest tells the truth about its files. */
  const write = (name: string, version: string, changes: Readonly<Record<string, Uint8Array>>) => {
    const files: Files = aRelease();
    for (const [file, bytes] of Object.entries(changes)) files.set(file, bytes);
    const manifest = parseManifest(Buffer.from(files.get("manifest.json") ?? []).toString(), name);
    const facts = (file: string) => {
      const bytes = files.get(file) ?? new Uint8Array();
      return { size: bytes.length, sha256: hash("sha256", bytes) };
    };
    const artifacts = {
      ...manifest.artifacts,
      "root.erofs": facts("root.erofs"),
      "uki.efi": facts("uki.efi"),
    };
    files.set("manifest.json", Buffer.from(formatManifest({ ...manifest, version, artifacts })));
    mkdirSync(join(directory, name));
    for (const [file, bytes] of files) writeFileSync(join(directory, name, file), bytes);
    return join(directory, name);
  };
  const pair = () => [
    write("before", "1", { "uki.efi": ukiOf("6.12.1", "roothash=1 ro", TOOL) }),
    write("after", "2", {
      "root.erofs": encodeErofs({
        uuid: "0f1e2d3c-4b5a-8978-a695-b4c3d2e1f000",
        root: { etc: { motd: "elsewhere", new: {} } },
      }),
      "uki.efi": ukiOf("6.12.2", "roothash=2 ro", `${TOOL}more`),
    }),
  ];
  const into = () => join(directory, "deltas");
  const make = async (before: string, after: string): Promise<readonly ReleaseDelta[]> =>
    makeReleaseDeltas({
      from: await releaseImages(before),
      to: await releaseImages(after),
      into: into(),
      jobs: 2,
    });
  const refusal = async (work: Promise<unknown>): Promise<ComposerError> => {
    const error = await work.then(
      () => assert.fail("it was not refused"),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ComposerError, String(error));
    return error;
  };

  it("make the new artifacts of the old ones, and are described as they are", async () => {
    const [before = "", after = ""] = pair();
    const deltas = await make(before, after);
    assert.deepEqual(
      deltas.map(({ transport }) => [transport.of, transport.format, transport.from?.version]),
      [
        ["root", "delta-1", "1"],
        ["uki", "delta-1", "1"],
      ],
    );
    for (const { path, transport } of deltas) {
      const delta = readFileSync(path);
      assert.deepEqual(transport.file, { size: delta.length, sha256: hash("sha256", delta) });
      const name = transport.of === "root" ? "root.erofs" : "uki.efi";
      const old = readFileSync(join(before, name));
      assert.equal(transport.from?.sha256, hash("sha256", old));
      const made: Buffer[] = [];
      await applyDelta({
        source: sourceOf(old),
        delta: sourceOf(delta),
        sink: {
          write: async (bytes) => {
            made.push(Buffer.from(bytes));
          },
        },
      });
      assert.ok(Buffer.concat(made).equals(readFileSync(join(after, name))), name);
    }
  });

  it("name the root image by its root hash and the UKI by its digest", async () => {
    const [before = "", after = ""] = pair();
    const images = await releaseImages(after);
    assert.notEqual(images.root.name, images.root.facts.sha256);
    for (const { path, transport } of await make(before, after)) {
      const header = await readDeltaHeader(sourceOf(readFileSync(path)));
      assert.equal(header.targetRootHash, images[transport.of].name);
      assert.equal(header.targetRootHash.length, HEX_DIGITS);
    }
  });

  it("find the files of an initrd again where a kernel's name moved them", async () => {
    const [before = "", after = ""] = pair();
    const uki = (await make(before, after)).find(({ transport }) => transport.of === "uki");
    assert.ok((uki?.transport.file.size ?? Infinity) < 1000, `${uki?.transport.file.size} bytes`);
  });

  it("are refused for a file that is not what its release claims", async () => {
    const [before = "", after = ""] = pair();
    const uki = readFileSync(join(after, "uki.efi"));
    writeFileSync(join(after, "uki.efi"), uki.fill(0x78, 5000, 5100));
    const changed = await refusal(make(before, after));
    assert.equal(changed.code, "NOT_A_RELEASE");
    assert.match(changed.message, /uki\.efi .*hash to .*release says/);
    writeFileSync(join(before, "root.erofs"), new Uint8Array(4096));
    const shorter = await refusal(make(before, after));
    assert.match(shorter.message, /root\.erofs has 4096 bytes/);
  });

  it("are refused for what is no release, and for a root that is no file system", async () => {
    const [, after = ""] = pair();
    assert.equal((await refusal(releaseImages(directory))).code, "NOT_A_RELEASE");
    const other = write("other", "1", { "root.erofs": new Uint8Array(8192) });
    const error = await refusal(make(other, after));
    assert.match(error.message, /other\/root\.erofs: EROFS: no superblock/);
  });

  it("stop in the middle of a file, without waiting for it", async () => {
    const large = text("large", 400_000);
    const before = write("before", "1", { "uki.efi": ukiOf("6.12.1", "ro", large) });
    const after = write("after", "2", { "uki.efi": ukiOf("6.12.1", "ro", `more${large}`) });
    const compared: number[] = [];
    const stop = new AbortController();
    const work = makeReleaseDeltas({
      from: await releaseImages(before),
      to: await releaseImages(after),
      into: into(),
      jobs: 1,
      signal: stop.signal,
      onProgress: ({ of, done }) => {
        compared.push(of === "uki" ? done : 0);
        // The root is done, and the file is the first of its image. Its thread may be through at once, but is not heard before this.
        setImmediate(() => stop.abort(new Error("enough")));
      },
    });
    await assert.rejects(work, /enough/);
    assert.ok(
      compared.every((done) => done < large.length),
      String(compared),
    );
  });

  it("stop when they are told to, and leave nothing behind", async () => {
    const [before = "", after = ""] = pair();
    const stop = new AbortController();
    const work = makeReleaseDeltas({
      from: await releaseImages(before),
      to: await releaseImages(after),
      into: into(),
      signal: stop.signal,
      onProgress: () => stop.abort(new Error("enough")),
    });
    await assert.rejects(work, /enough/);
    assert.deepEqual(readdirSync(into()), []);
  });
});
