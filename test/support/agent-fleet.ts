/** Two releases in a repository, and the disk of a node that was never booted: for tests that do something bad to it. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { silentProgress } from "@slipway/composer";
import { type MadeRelease, type OpenedWorkshop, openWorkshop } from "@slipway/composer/testing";
import { linuxClock, linuxExec } from "@slipway/host";
import { definitionIo } from "./definition-io.ts";
import { copyDisk, diskOf } from "./node-disk.ts";
import { CACHE } from "./release.ts";

const BASE = path.resolve(import.meta.dirname, "../../images/base.yaml");

export interface FleetOptions {
  /** What release 2 has beyond release 1 that no delta makes smaller. */
  readonly ballastBytes: number;
  /** Of the node's disk. */
  readonly sectorBytes: 512 | 4096;
}

export interface AgentFleet {
  /** Its channel names release 1. */
  readonly shop: OpenedWorkshop;
  readonly one: MadeRelease;
  readonly two: MadeRelease;
  /** Of a node with release 1. */
  readonly disk: string;
}

/** Works in an empty directory. */
export const agentFleet = async (
  directory: string,
  { ballastBytes, sectorBytes }: FleetOptions,
): Promise<AgentFleet> => {
  const shop = await openWorkshop({
    ...{ exec: linuxExec, clock: linuxClock, progress: silentProgress, environment: process.env },
    ...{ definitions: definitionIo, cache: CACHE, architecture: "x86_64", pollSeconds: 2 },
    base: await readFile(BASE, "utf8"),
    ...{ directory, sameDay: true, ballastBytes, sectorBytes },
  });
  const one = await shop.make("1");
  const two = await shop.make("2");
  await shop.offer("1");
  const disk = await copyDisk(diskOf(one.directory), path.join(directory, "node.raw"));
  return { shop, one, two, disk };
};
