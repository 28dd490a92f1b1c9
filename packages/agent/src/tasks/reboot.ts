/** The end of this boot. */
import type { TaskContext } from "./context.ts";

/**
 * Asks systemd to go down, and does not wait for it. Everything that the next boot goes by is durable by then: the tasks before this flushed what they
 * wrote. @throws HostError
 */
export const reboot = async (
  { exec, log }: Pick<TaskContext, "exec" | "log">,
  reason: string,
): Promise<void> => {
  log(`rebooting: ${reason}`);
  await exec.run({
    argv: ["systemctl", "reboot", "--no-block", "--no-wall"],
    purpose: "rebooting",
    timeoutMs: 10_000,
  });
};
