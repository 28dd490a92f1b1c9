/** What is the node's own in /etc: the three-way comparison with the booted image on both sides. */
import { mkdtemp, rmdir } from "node:fs/promises";
import path from "node:path/posix";
import { linuxExec } from "@slipway/host";
import { planCarry } from "../../etc/carry-forward.ts";
import type { EtcReport } from "../../etc/report.ts";
import { inRun } from "./places.ts";

const ETC_STATE = "/var/lib/slipway/etc";

/** @throws EtcError, HostError */
export const readOwnEtc = async (): Promise<EtcReport> => {
  await using stack = new AsyncDisposableStack();
  const root = await mkdtemp(inRun("etc-"));
  stack.defer(() => rmdir(root));
  // The booted image without what is mounted in it: its own /etc is under the overlay.
  await linuxExec.run({
    argv: ["mount", "--bind", "/", root],
    purpose: "looking at the booted image",
  });
  stack.defer(async () => {
    await linuxExec.run({ argv: ["umount", root], purpose: "leaving the booted image" });
  });
  const image = path.join(root, "etc");
  return await planCarry(linuxExec, {
    etc: { old: image, node: "/etc", image },
    stateDirectory: ETC_STATE,
    runDirectory: inRun("etc-plan"),
  });
};
