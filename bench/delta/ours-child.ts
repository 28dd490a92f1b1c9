/** The parts of slipway that are measured, each as a process of its own: `ours-child.ts PART ARGUMENT…`. */
import { mkdir, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { makeReleaseDeltas, releaseImages } from "@slipway/composer";
import { openFileSource } from "@slipway/composer/testing";
import { linuxBlockDevices, linuxClock, linuxFiles } from "@slipway/host";
import { DEFAULT_FETCH_LIMITS, httpSource, stage } from "@slipway/receiver";
import { parseManifestFile } from "@slipway/release";
import { offering } from "./fetched.ts";
import { WAYS } from "./outcome.ts";

const makeDeltas = async (before: string, after: string, into: string): Promise<void> => {
  await makeReleaseDeltas({
    from: await releaseImages(before),
    to: await releaseImages(after),
    into,
  });
};

const readManifest = async (file: string, wayName: string) => {
  const way = WAYS.find((known) => known === wayName);
  if (way === undefined) throw new Error(`give one of ${WAYS.join(", ")}, not ${wayName}`);
  const decoded = parseManifestFile(await readFile(file));
  if (!decoded.ok) throw new Error(`${file} is no manifest`);
  return { way, manifest: offering(decoded.value, way) };
};

/** An empty partition of the size that is needed. */
const makeSlot = async (file: string, bytes: number): Promise<void> => {
  await rm(file, { force: true });
  await using handle = await open(file, "w");
  await handle.truncate(bytes);
};

/** Stages the release as a node does that has the one before, into files of the directory. Prints by what it was made. */
const stageRelease = async (
  url: string,
  manifestFile: string,
  wayName: string,
  before: string,
  directory: string,
): Promise<void> => {
  const { way, manifest } = await readManifest(manifestFile, wayName);
  const { root, uki } = await releaseImages(before);
  await using oldRoot = await openFileSource(root.path);
  await using oldUki = await openFileSource(uki.path);
  const at = (name: string): string => path.join(directory, name);
  await makeSlot(at("slot"), manifest.root.size);
  await makeSlot(at("slot-verity"), manifest.verity.size);
  await mkdir(at("journal"), { recursive: true });
  const staged = await stage({
    manifest,
    sources: [httpSource(url, { userAgent: "slipway-bench" })],
    seeds:
      way === "full"
        ? []
        : [
            { of: "root", sha256: root.facts.sha256, bytes: oldRoot },
            { of: "uki", sha256: uki.facts.sha256, bytes: oldUki },
          ],
    target: { slot: "b", root: at("slot"), verity: at("slot-verity"), uki: at("staged.efi") },
    bootedRoothash: root.name,
    journal: at("journal"),
    devices: linuxBlockDevices,
    files: linuxFiles,
    limits: DEFAULT_FETCH_LIMITS,
    clock: linuxClock,
    // Luck spreads nodes that fail together, and here is but one.
    random: () => 0.5,
    log: (message) => console.error(message),
  });
  console.log(`${staged.root}, UKI: ${staged.uki}`);
};

const [, , part = "", ...args] = process.argv;
const [a, b, c, d, e] = args;
if (a === undefined || b === undefined || c === undefined)
  throw new Error("give a part's arguments");
if (part === "make-deltas") await makeDeltas(a, b, c);
else if (part === "stage" && d !== undefined && e !== undefined) await stageRelease(a, b, c, d, e);
else throw new Error(`${part} is no part, or lacks arguments`);
