/**
 * The boot loader on the ESP becomes the one that the booted release ships: a step of its own, that no update waits for.
 *
 * The order: only a release that was blessed does this. Until then the loader on the ESP is the one that the release before it was booted by, and that one
 * must be able to come back; afterwards the new loader has to do what it did before, start either entry, and there is always a whole one of each
 * (see esp/loader-update.ts for its own power cuts). It is never older than what is there: a release that was rolled back to finds the newer one, and leaves it.
 * A cut before, in between, or after leads to a node that boots as before; the next boot goes on with it.
 */
import path from "node:path/posix";
import { loaderName, MOST_LOADER_BYTES, updateLoader } from "../esp/loader-update.ts";
import { observedOf } from "../machine/observe.ts";
import { readStartedLoader } from "../node/loader.ts";
import type { HostFacts } from "../node/facts.ts";
import type { TaskContext } from "./context.ts";

/** Done again, it changes nothing. @throws EspError, HostError, NodeError */
export const bringLoader = async ({
  look,
  reader,
  files,
  places,
  log,
}: Pick<TaskContext, "look" | "reader" | "files" | "places" | "log">): Promise<void> => {
  const { facts } = await look();
  const reason = whyNot(facts);
  if (reason !== undefined) {
    log(`the boot loader stays as it is: ${reason}`);
    return;
  }
  const shipped = path.join(places.loaders, loaderName(facts.architecture));
  const program = await reader.bytes(shipped, MOST_LOADER_BYTES);
  if (program === undefined) {
    log(`the boot loader stays as it is: this release ships none as ${shipped}`);
    return;
  }
  const started = await readStartedLoader(reader);
  const changed = await updateLoader({
    files,
    esp: places.esp,
    architecture: facts.architecture,
    program,
    ...(started === undefined ? {} : { started }),
  });
  for (const place of changed) log(`the boot loader in ${place} is this release's now`);
};

const whyNot = (facts: HostFacts): string | undefined => {
  const { degraded, booted } = observedOf(facts);
  const { version, standing } = booted;
  if (degraded.length > 0) return "this node runs without its data";
  if (standing === "good") return undefined;
  return standing === "unproven"
    ? `nobody can prove what was booted: ${facts.booted.unproven ?? ""}`
    : `release ${version} is not blessed`;
};
