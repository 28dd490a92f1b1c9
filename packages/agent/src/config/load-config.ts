/** What the node is set to, from where settings are kept. */
import { linuxPlaces } from "../health/linux/places.ts";
import { type DropInKind, readDropIns } from "./drop-ins.ts";
import { type Config, mergeSettings } from "./merge.ts";
import { MAX_FILE_BYTES } from "./yaml-document.ts";

/** The image's, the operator's, and what holds until the next boot. */
export const SETTINGS_DIRECTORIES: readonly string[] = [
  "/usr/lib/slipway/agent.d",
  "/etc/slipway/agent.d",
  "/run/slipway/agent.d",
];

const settingsIn = (directories: readonly string[]): DropInKind => ({
  directories,
  endings: [".yaml"],
  mostBytes: MAX_FILE_BYTES,
});

/** Never throws: what is wrong is among the findings. */
export const loadConfig = async (
  directories: readonly string[] = SETTINGS_DIRECTORIES,
): Promise<Config> => mergeSettings(await readDropIns(linuxPlaces, settingsIn(directories)));
