/** Files in memory, for a ledger whose bytes a test wants to see and to spoil. */
import type { Files } from "@slipway/host";
import { pageCacheOn, simulatedDisk, simulatedFiles } from "@slipway/host/testing";
import { type Ledger, openLedger } from "../../src/ledger/open-ledger.ts";
import { manualClock } from "@slipway/host/testing";

export const DIRECTORY = "/var/lib/slipway/agent";

export const memoryFiles = (): Files => {
  const sectors = 2 * (1 + 2048);
  const disk = simulatedDisk(512, sectors, { cache: "none" });
  return simulatedFiles(disk, pageCacheOn(disk), { name: "var", first: 0, sectors, files: 2 });
};

export interface OpenedLedger extends Ledger {
  readonly said: readonly string[];
}

export const ledgerOn = (files: Files, rotateBytes = 256 * 1024): OpenedLedger => {
  const said: string[] = [];
  const ledger = openLedger({
    files,
    directory: DIRECTORY,
    clock: manualClock(),
    exclusively: (work) => work(),
    log: (line) => said.push(line),
    rotateBytes,
  });
  return { ...ledger, said };
};

/** Reads, changes and writes back a file's bytes. */
export const spoil = async (
  files: Files,
  name: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> => {
  const file = await files.open(`${DIRECTORY}/${name}`);
  const bytes = new Uint8Array(await file.size());
  await file.readInto(bytes, 0);
  const changed = change(bytes);
  await file.truncate(0);
  await file.write(changed, 0);
  await file.sync();
  await file.close();
};
