/** What the node is set to, from where settings are kept. */
import { linuxPlaces } from "../health/linux/places.ts";
import { type DropInKind, readDropIns } from "./drop-ins.ts";
import type { Config } from "./config.ts";

/** The image's, the operator's, and what holds until the next boot. */
export const SETTINGS_DIRECTORIES: readonly string[] = [
  "/usr/lib/slipway/agent.d",
  "/etc/slipway/agent.d",
  "/run/slipway/agent.d",
];

/** More text than this is no file of settings. */
const MAX_FILE_BYTES = 64 * 1024;

const settingsIn = (directories: readonly string[]): DropInKind => ({
  directories,
  endings: [".yaml"],
  mostBytes: MAX_FILE_BYTES,
});

/** Never throws: what is wrong is among the findings. YAML and cron are loaded by those who ask for settings. */
export const loadConfig = async (
  directories: readonly string[] = SETTINGS_DIRECTORIES,
): Promise<Config> => {
  const { mergeSettings } = await import("./merge.ts");
  return mergeSettings(await readDropIns(linuxPlaces, settingsIn(directories)));
};
