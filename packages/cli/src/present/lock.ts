/** What `slipway lock` says. Pure. */
import type { LockedImage } from "@slipway/composer";
import { byName } from "@slipway/host/command-line";

const counts = ({ packages }: LockedImage): readonly (readonly [string, number])[] =>
  byName<number>(packages);

export const lockDocument = (locked: LockedImage): unknown => ({
  lock: locked.file,
  changed: locked.changed,
  packages: Object.fromEntries(counts(locked)),
});

export const lockSummary = (locked: LockedImage): string =>
  `${[
    `${locked.file}${locked.changed ? "" : ": unchanged"}`,
    ...counts(locked).map(
      ([arch, count]) => `  ${arch.padEnd(8)}${String(count).padStart(5)} packages`,
    ),
  ].join("\n")}\n`;
