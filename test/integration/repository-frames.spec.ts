/** Frames of a published release are taken over into the next one, which is as if they were not; and only where they are whole. */
import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { type Progress, type PublishOptions, silentProgress } from "@slipway/composer";
import { blobPath, type Transport } from "@slipway/release";
import { before, describe, it } from "mocha";
import { requireRoot, scratchDirectory } from "../support/release.ts";
import { makeRepository, stable, type TestRepository } from "../support/repository.ts";
import { makeTinyRelease } from "../support/tiny-release.ts";

type Artifact = Transport["of"];

/** How many frames of an artifact were taken over, of how many, from which version; nothing where none were to be had. */
type Taken = Partial<
  Record<Artifact, { readonly reused: number; readonly frames: number; readonly version: string }>
>;

interface Outcome {
  readonly taken: Taken;
  readonly transports: readonly Transport[];
}

const publishOne = async (
  repository: TestRepository,
  directory: string,
  options: Partial<PublishOptions> = {},
): Promise<Outcome> => {
  const taken: Taken = {};
  const progress: Progress = {
    ...silentProgress,
    task: (name, _detail, work) =>
      work({
        bytes: () => undefined,
        note: (text) => {
          const [, of] = /^frames of (root|uki) /.exec(name) ?? [];
          const found = /^(\d+) of (\d+) frames are those of (.+)$/.exec(text) ?? [];
          const [, reused, frames, version] = found;
          if ((of === "root" || of === "uki") && version !== undefined)
            taken[of] = { reused: Number(reused), frames: Number(frames), version };
        },
      }),
  };
  const report = await repository.publish([directory], { deltas: 0, progress, ...options });
  return { taken, transports: report.releases[0]?.transports ?? [] };
};

const framesIn = ({ repo }: TestRepository, transports: readonly Transport[], of: Artifact) => {
  const found = transports.find((one) => one.of === of && one.format === "frames-1");
  assert.ok(found !== undefined);
  return path.join(repo, blobPath(found.file.sha256));
};

/** As `makeTinyRelease` wrote it. */
const readManifest = (directory: string) =>
  JSON.parse(readFileSync(path.join(directory, "manifest.json"), "utf8")) as {
    readonly artifacts: Readonly<Record<string, unknown>>;
  };

describe("the frames of a release that is published after another", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("frames");
  let [one, two] = ["", ""];
  /** Of `two` where nothing was published before. */
  let anew: Outcome;

  before("make releases", async () => {
    one = await makeTinyRelease(path.join(scratch, "out"), { version: "1" });
    two = await makeTinyRelease(path.join(scratch, "out"), { version: "2" });
    anew = await publishOne(await makeRepository(path.join(scratch, "anew")), two);
  });

  it("are packed where there is no other", () => assert.deepEqual(anew.taken, {}));

  for (const [what, options] of [
    ["without deltas", { deltas: 0 }],
    ["with them, and on a channel", { deltas: 3, channel: stable }],
  ] as const)
    it(`are those of the other where these are the same, ${what}; what is published is the same`, async () => {
      const repository = await makeRepository(path.join(scratch, what));
      const first = await publishOne(repository, one);
      assert.deepEqual(first.taken, {});
      const { taken, transports } = await publishOne(repository, two, options);
      // 600 kB of files of which a few kilobytes differ.
      assert.deepEqual([taken.root?.version, taken.uki?.version], ["1", "1"]);
      const { reused, frames } = taken.root ?? { reused: 0, frames: 0 };
      assert.ok(reused >= 15 && reused < frames, `${reused} of ${frames}`);
      assert.ok((taken.uki?.reused ?? 0) > 0);
      const full = transports.filter(({ from }) => from === undefined);
      assert.deepEqual(full, anew.transports);
      assert.deepEqual((await repository.verify()).problems, []);
    });

  it("are those of a later version where there is no earlier one", async () => {
    const repository = await makeRepository(path.join(scratch, "backwards"));
    await publishOne(repository, two);
    assert.equal((await publishOne(repository, one)).taken.root?.version, "2");
  });

  const DAMAGES: readonly (readonly [string, (file: string) => void])[] = [
    [
      "has a wrong bit",
      (file) => {
        const bytes = readFileSync(file);
        const at = bytes.length >> 1;
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        writeFileSync(file, bytes);
      },
    ],
    ["is cut off", (file) => truncateSync(file, 5000)],
    ["is empty", (file) => truncateSync(file, 0)],
    ["is a pointer to what somebody else keeps", (file) => writeFileSync(file, "version 1\n")],
    ["is not there", (file) => rmSync(file)],
    [
      "is a directory",
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
  ];
  for (const [what, damage] of DAMAGES)
    it(`are packed anew where the file of the other ${what}`, async () => {
      const repository = await makeRepository(path.join(scratch, what));
      const first = await publishOne(repository, one);
      damage(framesIn(repository, first.transports, "root"));
      const { taken, transports } = await publishOne(repository, two);
      assert.deepEqual([taken.root, taken.uki?.version], [undefined, "1"]);
      assert.deepEqual(transports, anew.transports);
    });

  it("are those of the other also where that is the file that is written", async () => {
    const repository = await makeRepository(path.join(scratch, "same"));
    const first = await publishOne(repository, one);
    const file = framesIn(repository, first.transports, "uki");
    // The same UKI under another version: its frames file has the name of the one that is read meanwhile.
    const again = await makeTinyRelease(path.join(scratch, "same-out"), { version: "2" });
    copyFileSync(path.join(one, "uki.efi"), path.join(again, "uki.efi"));
    const manifest = readManifest(again);
    const artifacts = {
      ...manifest.artifacts,
      "uki.efi": readManifest(one).artifacts["uki.efi"],
    };
    writeFileSync(path.join(again, "manifest.json"), JSON.stringify({ ...manifest, artifacts }));
    const { taken, transports } = await publishOne(repository, again);
    assert.equal(taken.uki?.reused, taken.uki?.frames);
    assert.equal(framesIn(repository, transports, "uki"), file);
    assert.deepEqual((await repository.verify()).problems, []);
  });
});
