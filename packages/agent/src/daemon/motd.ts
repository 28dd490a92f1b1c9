/** The message of the day, where pam_motd(8) looks for it: a file in memory, of this boot alone. */
import { open, rename, rm } from "node:fs/promises";
import path from "node:path/posix";
import { errnoOf } from "@slipway/host";

export const MOTD_FILE = "/run/motd.d/50-slipway";

/** Everybody's who logs in, whatever the umask. */
const READABLE = 0o644;

export type TellMotd = (text: string | undefined) => Promise<void>;

/**
 * Writes it beside its name and renames it; nothing to say is no file. It is written again only where it says something else. What goes wrong is logged,
 * once for the same reason: nobody's update waits for a greeting.
 */
export const motdWriter = (file: string, log: (line: string) => void): TellMotd => {
  // Nothing is known of what a daemon before this one has left.
  let told: { readonly text: string | undefined } | undefined;
  let complaint: string | undefined;
  const unfinished = path.join(path.dirname(file), `.${path.basename(file)}`);

  const write = async (text: string): Promise<void> => {
    {
      await using handle = await open(unfinished, "w", READABLE);
      await handle.chmod(READABLE);
      await handle.writeFile(text);
    }
    await rename(unfinished, file);
  };

  return async (text) => {
    if (told !== undefined && told.text === text) return;
    try {
      if (text === undefined) await rm(file, { force: true });
      else await write(text);
      told = { text };
      complaint = undefined;
    } catch (error) {
      const reason = errnoOf(error) ?? (error instanceof Error ? error.message : String(error));
      if (reason !== complaint) log(`${file} cannot be written: ${reason}`);
      complaint = reason;
    }
  };
};
