/** The model of the loader's choice against the loader itself, on ESPs as updates, cuts and hands can leave them. */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { describe, it } from "mocha";
import { bootOrder, type LoaderFile, nameOnceBooted } from "@slipway/agent";
import { drawNumbers, seedOfRun } from "../support/drawn-numbers.ts";
import { builtBase } from "../support/built-base.ts";
import { loaderOf } from "../support/boot-entries.ts";
import { diskOf } from "../support/node-disk.ts";
import { type LabFile, labUki, listed, type LoaderRun, runLoader } from "../support/loader-lab.ts";
import { requireRoot, scratchDirectory } from "../support/release.ts";

/** What a name stands for: `NAME_VERSION_DIGEST…` unless a version is given. */
interface Entry {
  readonly name: string;
  readonly version?: string;
  readonly image?: string;
  /** What is in the file; default: a UKI of ours, with its recovery profile. */
  readonly holds?: "ours" | "one profile" | "like profiles" | "no release" | "text" | "nothing";
  readonly torn?: number;
}

type State = readonly (Entry | string)[];

const [ONE, TWO] = ["base_1_aaaaaaaa", "base_2_bbbbbbbb"];

/** A release as both slots have it in turn: the older one's tries, then the newer one's. */
const pairs: readonly State[] = (
  [
    ["", ""],
    ["", "+3"],
    ["", "+2-1"],
    ["", "+1-2"],
    ["", "+0-3"],
    ["", "+0-4"],
    ["", "+0"],
    ["+3", ""],
    ["+0-3", ""],
    ["+3", "+0-4"],
    ["+2-1", "+0-4"],
    ["+0-3", "+0-3"],
    ["+0-3", "+0-4"],
    ["+0", "+0"],
    ["+0-5", "+0-3"],
    ["+3", "+3"],
    ["+3", "+1-2"],
    ["+0-3", "+3"],
  ] as const
).map(([older, newer]) => [`${ONE}${older}.efi`, `${TWO}${newer}.efi`]);

const STATES: readonly State[] = [
  ...["", "+3", "+2-1", "+1-2", "+0-3", "+0-4", "+0", "+3-0", "+03-01"].map((tries) => [
    `${ONE}${tries}.efi`,
  ]),
  ...pairs,
  // The same release under two names.
  [`${ONE}.efi`, `${ONE}+3.efi`],
  [`${ONE}+3.efi`, `${ONE}.efi`],
  [`${ONE}+3.efi`, `${ONE}+2-1.efi`],
  [`${ONE}+1-2.efi`, `${ONE}+2-1.efi`],
  [`${ONE}.efi`, `${ONE}+0-4.efi`],
  [`${ONE}+0-3.efi`, `${ONE}+0-4.efi`],
  [`${ONE}+0-4.efi`, `${ONE}+0-3.efi`],
  // Torn names: what is left is the short one, without a counter.
  [`${ONE}.efi`, { name: `${TWO}+3.efi`, torn: 2 }],
  [`${ONE}.efi`, { name: `${TWO}+0-4.efi`, torn: 1 }],
  [{ name: `${ONE}+3.efi`, torn: 2 }, `${TWO}+3.efi`],
  [
    { name: `${ONE}+3.efi`, torn: 1 },
    { name: `${TWO}+3.efi`, torn: 2 },
  ],
  [{ name: `${ONE}+0-4.efi`, torn: 2 }, `${TWO}+0-4.efi`],
  [`${ONE}+3.efi`, { name: `${TWO}.staged`, torn: 2 }],
  // What is no entry.
  [`${ONE}.efi`, `${TWO}.staged`],
  [`${ONE}.efi`, `${TWO}.leftover1`],
  [`${ONE}.efi`, { name: `${TWO}.efi`, holds: "text" }],
  [`${ONE}.efi`, { name: `${TWO}.efi`, holds: "no release" }],
  [`${ONE}.efi`, { name: `${TWO}+3.efi`, holds: "nothing" }],
  [`${ONE}.efi`, { name: "auto-2.efi", version: "2" }],
  [`${ONE}.efi`, { name: ".base_2.efi", version: "2" }],
  // Versions.
  ["base_9_aaaaaaaa.efi", "base_10_bbbbbbbb+3.efi"],
  ["base_1_aaaaaaaa.efi", "base_1~rc1_bbbbbbbb.efi"],
  ["base_1.0_aaaaaaaa.efi", "base_1.0.1_bbbbbbbb.efi"],
  ["base_1-2_aaaaaaaa.efi", "base_1^2_bbbbbbbb.efi"],
  ["base_1a_aaaaaaaa.efi", "base_1.a_bbbbbbbb.efi"],
  ["base_2026.11.2_aaaaaaaa.efi", "base_2026.11.10_bbbbbbbb.efi"],
  [
    { name: "a.efi", version: "2", image: "base" },
    { name: "b.efi", version: "1", image: "base" },
  ],
  // One version, two releases: their digests decide.
  ["base_1_1a2b3c4d.efi", "base_1_a1b2c3d4.efi"],
  ["base_1_1a2b3c4d+3.efi", "base_1_a1b2c3d4.efi"],
  ["base_1_12345678.efi", "base_1_9abcdef0+0-4.efi"],
  // Several images, and one with a name that begins like another's.
  ["alpha_1_aaaaaaaa.efi", "beta_2_bbbbbbbb.efi"],
  ["alpha_1_aaaaaaaa+0-3.efi", "beta_2_bbbbbbbb.efi"],
  ["base-two_1_aaaaaaaa.efi", "base_1_bbbbbbbb+1-2.efi"],
  // Profiles.
  [
    { name: `${ONE}+3.efi`, holds: "one profile" },
    { name: `${TWO}.efi`, holds: "one profile" },
  ],
  [{ name: `${ONE}.efi`, holds: "like profiles" }],
  [{ name: `${ONE}+3.efi`, holds: "like profiles" }],
  // Counters that are none.
  [`${ONE}.efi`, { name: "base_2_bbbbbbbb+3-.efi", version: "2" }],
  [`${ONE}.efi`, { name: "base_2_bbbbbbbb+0.x.efi", version: "2" }],
  [`${ONE}.efi`, { name: "base_2_bbbbbbbb+2147483648.efi", version: "2" }],
  [`${ONE}.efi`, { name: "base+0_2_bbbbbbbb+1.EFI", version: "2", image: "base" }],
];

const DRAWN = 33;

/** States of one to four files, as luck has it. */
const drawStates = (seed: number): readonly State[] => {
  const luck = drawNumbers(seed);
  const draw = (below: number): number => Math.floor(luck() * below);
  const among = <T>(items: readonly T[]): T => items[draw(items.length)] as T;
  return Array.from({ length: DRAWN }, () => {
    const names = Array.from({ length: 1 + draw(4) }, () => {
      const version = among(["1", "1.0", "2", "10", "2~rc1", "2^1"]);
      return `base_${version}_${among(["aaaaaaaa", "1b1b1b1b"])}${among(["", "", "+3", "+2-1", "+0-3", "+0-4", "+1-2"])}.efi`;
    });
    return [...new Set(names)];
  });
};

const entryOf = (
  entry: Entry | string,
): Required<Pick<Entry, "name" | "version" | "image">> & Entry => {
  const given = typeof entry === "string" ? { name: entry } : entry;
  const [image = "", version = ""] = given.name.split("_");
  return {
    ...given,
    image: given.image ?? (image.startsWith(".") ? "base" : image),
    version: given.version ?? version,
  };
};

const osRelease = (image: string, version: string, title: string): string =>
  `ID=slipway\nIMAGE_ID=${image}\nIMAGE_VERSION=${version}\nPRETTY_NAME="${title}"\n`;

const labFile = (entry: Entry | string, disk: number, index: number): LabFile => {
  const { name, version, image, holds = "ours", torn } = entryOf(entry);
  const title = `disk ${disk} file ${index}`;
  const main = [".osrel", osRelease(image, version, title)] as const;
  const mainProfile = [".profile", "ID=main\n"] as const;
  const recoveryProfile = [".profile", "ID=recovery\n"] as const;
  const contents = {
    ours: () =>
      labUki([
        main,
        mainProfile,
        recoveryProfile,
        [".osrel", osRelease(`${image}~recovery`, version, title)],
      ]),
    "one profile": () => labUki([main]),
    "like profiles": () => labUki([main, mainProfile, recoveryProfile]),
    "no release": () => labUki([]),
    text: () => Buffer.from("no program"),
    nothing: () => new Uint8Array(),
  };
  return { name, bytes: contents[holds](), ...(torn === undefined ? {} : { torn }) };
};

const profilesOf = (entry: Entry | string): LoaderFile["profiles"] => {
  const { version, image, holds = "ours" } = entryOf(entry);
  const main = { sortKey: image, version };
  switch (holds) {
    case "text":
    case "nothing":
    case "no release":
      return [];
    case "one profile":
      return [main];
    case "like profiles":
      return [main, main];
    case "ours":
      return [main, { sortKey: `${image}~recovery`, version }];
  }
};

/** What the model says, in the words of what the loader did. */
const predicted = (state: State, files: readonly LabFile[], disk: number): LoaderRun => {
  const names = listed(files);
  const found = state.map((entry, index) => ({
    file: names[index] ?? "",
    profiles: profilesOf(entry),
    index,
  }));
  const [first] = bootOrder(found);
  assert.ok(first !== undefined, `nothing boots: ${names.join(", ")}`);
  const started = nameOnceBooted(first.from.file, names);
  const profile = first.profile === 0 ? "" : " (recovery)";
  return {
    title: `disk ${disk} file ${first.from.index}${profile}`,
    started,
    names: names.map((name) => (name === first.from.file ? started : name)).toSorted(),
  };
};

describe("the model of the loader's choice", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("loader");
  const seed = seedOfRun();

  it(`is what systemd-boot chooses, and how it leaves the names (SLIPWAY_SEED=${seed})`, async () => {
    const states = [...STATES, ...drawStates(seed)];
    const esps = states.map((state, disk) =>
      state.map((entry, index) => labFile(entry, disk, index)),
    );
    const loader = await loaderOf(diskOf((await builtBase()).release));
    const begin = performance.now();
    const runs = await runLoader(scratch, loader, esps);
    console.error(
      `      ${states.length} ESPs in ${((performance.now() - begin) / 1000).toFixed(1)} s`,
    );
    const differing = states.flatMap((state, disk) => {
      const expected = predicted(state, esps[disk] ?? [], disk);
      const run = runs[disk];
      const found = run === undefined ? undefined : { ...run, names: run.names.toSorted() };
      return JSON.stringify(found) === JSON.stringify(expected) ? [] : [{ state, expected, found }];
    });
    assert.deepEqual(differing, []);
  });
});
