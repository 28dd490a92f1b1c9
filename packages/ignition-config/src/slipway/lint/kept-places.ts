/** Content that the node does not keep as the image has it. */
import { quote } from "../../report/violation.ts";
import type { Say } from "../../schema/shape.ts";
import type { StorageFragment } from "../v1_0/storage.ts";

/** Covered by other file systems when the system runs, and emptied in the image. */
const COVERED = ["/boot", "/dev", "/efi", "/proc", "/run", "/sys", "/tmp", "/var/run", "/var/lock"];

/** The node's own: made once from what the image has, and never touched by a later release. */
const OWN = ["/var", "/home", "/mnt", "/opt", "/root", "/srv", "/usr/local"];

const placeOf = (path: string, places: readonly string[]): string | undefined =>
  places.find((place) => path.startsWith(`${place}/`));

/** Nodes that nobody will ever see, and files that no later release can change. */
export const checkKeptPlaces = (storage: StorageFragment, say: Say): void => {
  const { directories = [], links = [] } = storage;
  // A secret is written when the node has started.
  const files = (storage.files ?? []).filter(({ contents }) => contents?.secret === undefined);
  for (const node of [...directories, ...files, ...links]) {
    const covered = placeOf(node.path, COVERED);
    if (covered === undefined) continue;
    say(node, ["path"], {
      rule: "path-not-kept",
      message: `${quote(node.path)} will not be on the node: ${covered} is another file system there`,
      hint: "put it elsewhere, or make it when the system starts (tmpfiles.d)",
    });
  }
  for (const file of files) {
    const own = placeOf(file.path, OWN);
    if (own === undefined || placeOf(file.path, COVERED) !== undefined) continue;
    if (file.contents === undefined) continue;
    say(file, ["path"], {
      rule: "path-made-once",
      message: `${quote(file.path)} is made on the first boot; later releases do not change it`,
      hint: `put what belongs to the release below /usr or /etc, and only the node's own below ${own}`,
    });
  }
};
