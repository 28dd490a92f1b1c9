/** What patches of the changed files of an initrd come to, as a measure for patches of the whole UKI. Shell. */
import { link } from "node:fs/promises";
import { type Bench, openGround } from "./ground.ts";
import type { Pair } from "./releases.ts";

/**
 * Prints a size for each changed file: that of its bsdiff patch, or of the file by zstd where there was none of that name. Directories
 * and links are left out, and so are the UKI's own sections.
 */
const PATCHES = `
for uki in before after; do
  objcopy -O binary --only-section=.initrd "$uki.efi" "$uki.cpio"
  mkdir "$uki"
  (cd "$uki" && cpio --extract --quiet --make-directories --no-absolute-filenames <"../$uki.cpio")
done
cd after
find . -type f | LC_ALL=C sort | while read -r file; do
  if [ ! -f "../before/$file" ]; then
    zstd -19 -c "$file" >../patch
  elif ! cmp -s "../before/$file" "$file"; then
    bsdiff "../before/$file" "$file" ../patch
  else
    continue
  fi
  stat --format=%s ../patch
done
`;

/** In bytes, with how many files there are. */
export const measureUkiPatches = async (
  bench: Bench,
  pair: Pair,
): Promise<{ readonly bytes: number; readonly files: number }> => {
  await using ground = await openGround(bench, pair, "uki-patches");
  await link(pair.before.uki, ground.at("before.efi"));
  await link(pair.after.uki, ground.at("after.efi"));
  const sizes = (await ground.ask(["sh", "-euc", PATCHES]))
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), files: sizes.length };
};
