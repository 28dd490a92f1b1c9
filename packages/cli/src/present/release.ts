/** What `slipway build` says of a release it built. Pure. */
import type { BuiltRelease, StepReport } from "@slipway/composer";
import { byName, formatDuration, formatSize } from "@slipway/host/command-line";
import { inOrder, type ShownStep, stepLines } from "./steps.ts";

const MIB = 1024 * 1024;

/** The document of `build --json` for one release. */
export const releaseDocument = (release: BuiltRelease): unknown => ({
  image: release.image,
  version: release.version,
  arch: release.arch,
  directory: release.directory,
  roothash: release.roothash,
  artifacts: Object.fromEntries(
    byName(release.artifacts).map(([name, { size, sha256 }]) => [name, { size, sha256 }]),
  ),
  timings: Object.fromEntries(byName(release.timings)),
});

/** One document for one architecture, a list for several. */
export const releasesDocument = (releases: readonly BuiltRelease[]): unknown => {
  const [first, ...others] = releases;
  return first !== undefined && others.length === 0
    ? releaseDocument(first)
    : releases.map(releaseDocument);
};

export const shownSteps = (steps: readonly StepReport[]): readonly ShownStep[] =>
  steps.map(({ step, hit, changed, took }) => ({
    step,
    verdict: hit ? "cached" : "make",
    tookMs: took,
    ...(changed === undefined ? {} : { changed }),
  }));

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const slotNote = (name: string, size: number, slotSizeMib: number): string =>
  name === "root.erofs"
    ? `  ${percent(1 - size / (slotSizeMib * MIB))} of its slot of ${slotSizeMib} MiB left`
    : "";

const timeLine = (steps: readonly StepReport[]): string => {
  const made = inOrder(steps.filter(({ hit }) => !hit));
  const cached = steps.length - made.length;
  const parts = [
    ...made.map(({ step, took }) => `${step} ${formatDuration(took)}`),
    ...(cached === 0 ? [] : [`${cached} ${cached === 1 ? "step" : "steps"} from the cache`]),
  ];
  return parts.join(", ");
};

/** Where the release is, what it is, how much room it leaves and where the time went. */
export const releaseSummary = (
  release: BuiltRelease,
  { slotSizeMib, explain }: { readonly slotSizeMib: number; readonly explain: boolean },
): string => {
  const { image, version, arch, directory, roothash, artifacts, steps, unchanged } = release;
  const rows = byName(artifacts);
  const columns = Math.max(0, ...rows.map(([name]) => name.length));
  const time = timeLine(steps);
  return `${[
    `${image} ${version} for ${arch}${unchanged ? ": unchanged, it was there already" : ""}`,
    `  directory  ${directory}`,
    `  root hash  ${roothash}`,
    ...(time === "" ? [] : [`  time       ${time}`]),
    ...rows.map(
      ([name, { size }]) =>
        `  ${name.padEnd(columns)}  ${formatSize(size).padStart(10)}${slotNote(name, size, slotSizeMib)}`,
    ),
    ...(explain ? stepLines(shownSteps(steps), "done").map((line) => `  ${line}`) : []),
  ].join("\n")}\n`;
};
