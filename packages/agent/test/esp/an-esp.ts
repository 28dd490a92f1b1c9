/** An ESP on a simulated disk, with what an installation puts there. */
import { createHash } from "node:crypto";
import type { Files } from "@slipway/host";
import { fatFiles, formatFat, simulatedDisk, type SimulatedDisk } from "@slipway/host/testing";
import type { FileFacts } from "@slipway/release";

export const LINUX = "/efi/EFI/Linux";

export interface Esp {
  readonly disk: SimulatedDisk;
  readonly files: Files;
}

export const emptyEsp = (): Esp => {
  const disk = simulatedDisk(512, 67_000);
  formatFat(disk);
  return { disk, files: fatFiles(disk, { at: "/efi" }) };
};

export const put = async (files: Files, path: string, bytes: Uint8Array): Promise<void> => {
  const file = await files.open(path);
  await file.write(bytes, 0);
  await file.sync();
  await file.close();
};

export const get = async (files: Files, path: string): Promise<Uint8Array> => {
  const file = await files.open(path);
  const bytes = new Uint8Array(await file.size());
  await file.readInto(bytes, 0);
  await file.close();
  return bytes;
};

export const factsOf = (bytes: Uint8Array): FileFacts => ({
  size: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

/** As much of systemd-boot as anybody looks at. */
export const loaderProgram = (version: string): Uint8Array =>
  Uint8Array.from(
    Buffer.concat([
      Buffer.from("MZ\0\0program "),
      Buffer.from(`#### LoaderInfo: systemd-boot ${version} ####\0`),
      Buffer.alloc(3000, version),
    ]),
  );
