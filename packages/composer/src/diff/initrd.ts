/** What changed in the initrd of a UKI: modules by name, other files by path. */
import type { ByteSource } from "@slipway/release";
import { cachedSource } from "../inspect/cached-source.ts";
import type { Extent } from "../inspect/erofs-inode.ts";
import { type CpioEntry, readCpio } from "./read-cpio.ts";
import { type Change, compareTexts } from "./order.ts";
import { isSameBytes } from "./same-bytes.ts";

interface NameDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** In contents, mode or owner. */
  readonly changed: readonly string[];
}

export interface InitrdDiff {
  /** In bytes. */
  readonly size: Change<number>;
  /** False when an archive is compressed or of another format: then there is nothing to tell but its size. */
  readonly isListed: boolean;
  readonly isSame: boolean;
  /** Kernel modules, by their path below the kernel's directory of modules. */
  readonly modules: NameDiff;
  /** All else, by absolute path. */
  readonly files: NameDiff;
}

/** The initrd of one release. */
export interface InitrdSide {
  readonly uki: ByteSource;
  readonly initrd: Extent;
  readonly kernelRelease: string;
}

export const compareInitrds = async (
  before: InitrdSide,
  after: InitrdSide,
  signal?: AbortSignal,
): Promise<InitrdDiff> => {
  const size = { before: before.initrd.length, after: after.initrd.length };
  const [old, now] = [await entriesOf(before), await entriesOf(after)];
  const isSame =
    size.before === size.after &&
    (await isSameBytes(before.uki, [before.initrd], after.uki, [after.initrd], signal));
  if (isSame || old === undefined || now === undefined) {
    return {
      size,
      isListed: old !== undefined && now !== undefined,
      isSame,
      modules: NONE,
      files: NONE,
    };
  }
  const changed: string[] = [];
  for (const [path, entry] of now) {
    const other = old.get(path);
    if (other === undefined || (isSameHead(other, entry) && (await isSameContent(other, entry)))) {
      continue;
    }
    changed.push(path);
  }
  const names = {
    added: [...now.keys()].filter((path) => !old.has(path)),
    removed: [...old.keys()].filter((path) => !now.has(path)),
    changed,
  };
  return {
    size,
    isListed: true,
    isSame,
    modules: pick(names, moduleName),
    files: pick(names, fileName),
  };

  async function isSameContent(a: CpioEntry, b: CpioEntry): Promise<boolean> {
    return isSameBytes(before.uki, [a.data], after.uki, [b.data], signal);
  }
};

const NONE: NameDiff = { added: [], removed: [], changed: [] };

/** Entries by path, a kernel's release in it left out, so that a new kernel's modules meet the old one's. */
const entriesOf = async ({
  uki,
  initrd,
  kernelRelease,
}: InitrdSide): Promise<ReadonlyMap<string, CpioEntry> | undefined> => {
  const entries = await readCpio(cachedSource(uki), initrd);
  if (entries === undefined) return undefined;
  return new Map(
    [...entries.values()].map((entry) => [
      entry.path.replace(`lib/modules/${kernelRelease}`, `lib/modules/${ANY_KERNEL}`),
      entry,
    ]),
  );
};

const ANY_KERNEL = "*";

const isSameHead = (a: CpioEntry, b: CpioEntry): boolean =>
  a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && a.data.length === b.data.length;

const MODULE = /(?:^|\/)lib\/modules\/\*\/(.+\.ko(?:\.[a-z0-9]+)?)$/;

const moduleName = (path: string): string | undefined => MODULE.exec(path)?.[1];

const fileName = (path: string): string | undefined => (MODULE.test(path) ? undefined : `/${path}`);

const pick = (names: NameDiff, nameOf: (path: string) => string | undefined): NameDiff => {
  const some = (paths: readonly string[]): readonly string[] =>
    paths.flatMap((path) => nameOf(path) ?? []).toSorted(compareTexts);
  return { added: some(names.added), removed: some(names.removed), changed: some(names.changed) };
};
