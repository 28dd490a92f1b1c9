/** One look at the node, from the places that cannot be wrong: the kernel, the loader's variables, the disk, the ESP. */
import { MAY_BE_BLESSED, splitArguments } from "@slipway/release";
import type { ReleaseRef } from "../machine/release.ts";
import { isTorn } from "../esp/entry-name.ts";
import { findBootDisk } from "./boot-disk.ts";
import { bootedEntry } from "./booted-entry.ts";
import { NodeError } from "./errors.ts";
import { readEspEntries } from "./esp-entries.ts";
import type { EspEntry, HostFacts, InactiveSlot, NodeView, SlotLetter } from "./facts.ts";
import { type HostReader, textOf } from "./host-reader.ts";
import { readLoader } from "./loader.ts";
import { type OwnRelease, readOwnRelease } from "./own-release.ts";
import { rootArguments } from "./root-arguments.ts";
import { readSlot, type SlotContents } from "./superblocks.ts";

/** Of the ESP, where entries are; looking at it mounts it. */
export const ESP_ENTRIES = "/efi/EFI/Linux";
const VAR = "/var";
const DEGRADED = "/run/slipway/degraded";

/** The kernel takes no longer one on any architecture of ours. */
const MOST_COMMAND_LINE = 16 * 1024;
const MOST_REASONS = 32;
const MOST_ROOTHASH = 1024;

/** @throws NodeError */
export const readNode = async (
  reader: HostReader,
  running: Pick<OwnRelease, "architecture" | "agentVersion">,
): Promise<NodeView> => {
  const { disk, booted: slot, espUuid } = await findBootDisk(reader);
  const own = await readOwnRelease(reader, running);
  const roothash = await runningRoot(reader);
  const { entries, torn } = await readEspEntries(reader, ESP_ENTRIES);
  const loader = await readLoader(reader);
  const { counted, ...proof } = bootedEntry({
    ...{ loader, entries, roothash, espUuid },
    foundGood: (await textOf(reader, MAY_BE_BLESSED, MOST_ROOTHASH))?.trim(),
  });
  const other: SlotLetter = slot === "a" ? "b" : "a";
  const contents = await readSlot(reader, disk.slots[other]);
  const facts: HostFacts = {
    bootId: await bootId(reader),
    image: own.image,
    architecture: own.architecture,
    agentVersion: own.agentVersion,
    booted: { version: own.version, roothash, slot, ...proof },
    counted,
    degraded: await degradedBecause(reader),
    inactive: inactiveSlot(other, contents, entries, roothash),
    entries,
    torn,
    overrides: loader.overrides,
    slotBytes: Math.min(disk.slots.a.root.size, disk.slots.b.root.size),
    espFreeBytes: await reader.room(ESP_ENTRIES),
    varFreeBytes: await reader.room(VAR),
  };
  return { facts, disk };
};

/** What is in the other slot, where it is whole: both superblocks, as a UKI on the ESP names them. */
const inactiveSlot = (
  slot: SlotLetter,
  { dataUuid, verity }: SlotContents,
  entries: readonly EspEntry[],
  bootedRoothash: string,
): InactiveSlot => {
  const ofSlot = entries.filter(
    (entry) =>
      dataUuid !== undefined &&
      entry.dataUuid === dataUuid &&
      entry.hashUuid === verity?.uuid &&
      entry.roothash !== undefined &&
      entry.roothash !== bootedRoothash,
  );
  // Of two names the whole one.
  const whole = ofSlot.toSorted((a, b) => Number(isTorn(a.file)) - Number(isTorn(b.file)));
  const named = (kinds: readonly EspEntry["name"]["state"]["kind"][]): EspEntry | undefined =>
    whole.find(({ name }) => kinds.includes(name.state.kind));
  const entry = named(["good"]) ?? named(["counted"]);
  const staged = named(["staged"]);
  return { slot, release: releaseOf(entry ?? staged), entry, staged };
};

const releaseOf = (entry: EspEntry | undefined): ReleaseRef | undefined =>
  entry?.roothash === undefined
    ? undefined
    : { version: entry.name.version, roothash: entry.roothash };

const runningRoot = async (reader: HostReader): Promise<string> => {
  const line = await textOf(reader, "/proc/cmdline", MOST_COMMAND_LINE);
  const { roothash } = rootArguments(splitArguments(line ?? ""));
  if (roothash !== undefined) return roothash;
  throw new NodeError("NOT_A_NODE", "the kernel's command line names no roothash=", {
    hint: "this is for machines that were booted from an image of ours: see /proc/cmdline",
  });
};

const bootId = async (reader: HostReader): Promise<string> => {
  const file = "/proc/sys/kernel/random/boot_id";
  const id = await textOf(reader, file);
  if (id !== undefined && /^[0-9a-f-]{36}$/.test(id)) return id;
  throw new NodeError("UNREADABLE", `${file} holds no id of this boot`);
};

const degradedBecause = async (reader: HostReader): Promise<readonly string[]> =>
  ((await textOf(reader, DEGRADED, 64 * 1024)) ?? "")
    .split("\n")
    .filter((line) => line !== "")
    .slice(0, MOST_REASONS);
