/** The parts of slipway that are measured, each as a process of its own: `ours-child.ts PART ARGUMENT…`. */
import { open } from "node:fs/promises";
import process from "node:process";
import { makeReleaseDeltas, releaseImages } from "@slipway/composer";
import { openFileSource } from "@slipway/composer/testing";
import { applyDelta } from "@slipway/release";

/** Prints what was made, as `OF BYTES FILE` lines. */
const makeDeltas = async (before: string, after: string, into: string): Promise<void> => {
  const made = await makeReleaseDeltas({
    from: await releaseImages(before),
    to: await releaseImages(after),
    into,
  });
  for (const { path, transport } of made) {
    console.log(`${transport.of} ${transport.file.size} ${path}`);
  }
};

const applyDeltaFile = async (old: string, deltaFile: string, made: string): Promise<void> => {
  await using source = await openFileSource(old);
  await using delta = await openFileSource(deltaFile);
  await using target = await open(made, "wx");
  const write = async (bytes: Uint8Array): Promise<void> => {
    await target.writeFile(bytes);
  };
  await applyDelta({ source, delta, sink: { write } });
  await target.datasync();
};

const PARTS: Readonly<Record<string, (a: string, b: string, c: string) => Promise<void>>> = {
  "make-deltas": makeDeltas,
  "apply-delta": applyDeltaFile,
};

const [, , part = "", first, second, third] = process.argv;
const run = PARTS[part];
if (run === undefined || first === undefined || second === undefined || third === undefined) {
  throw new Error(`give one of ${Object.keys(PARTS).join(", ")} and three files`);
}
await run(first, second, third);
