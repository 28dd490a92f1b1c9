/** What every story of these tests begins with. */
import type { Files } from "@slipway/host";
import { loaderProgram, put } from "../esp/an-esp.ts";
import { installEtc } from "./etc.ts";
import { tinyRelease } from "./releases.ts";

export const RELEASES = [
  await tinyRelease("1"),
  await tinyRelease("2"),
  await tinyRelease("3"),
  await tinyRelease("4"),
] as const;
const [one] = RELEASES;

/** What is on the ESP, and what comes to be. */
export const LOADERS = [loaderProgram("257.9-1"), loaderProgram("257.13-1")] as const;

/** What else is in the directory of the entries, in places of a name: by it, the names of ours come to lie across two sectors, one way or another. */
export const LAYOUTS = [0, 9, 10, 11] as const;

/** Release 1 in slot A, good, with its `/etc` and a loader. */
export const installOn =
  (places: number) =>
  async (files: Files): Promise<void> => {
    // A place holds 13 characters; the last one is the short name's.
    if (places > 0) await put(files, `/efi/EFI/Linux/${"x".repeat((places - 1) * 13)}`, LOADERS[0]);
    await put(files, `/efi/EFI/Linux/base_1_${one.name.digest}.efi`, one.uki);
    for (const place of ["EFI/systemd/systemd-bootx64.efi", "EFI/BOOT/BOOTX64.EFI"]) {
      await put(files, `/efi/${place}`, LOADERS[0]);
    }
    await installEtc(files, one);
  };
