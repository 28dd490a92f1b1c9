/** How long something takes, whatever else the machine does. */
import process from "node:process";

/** Milliseconds of this thread's own work until the action is done. */
export const ownWorkOf = async (action: () => unknown): Promise<number> => {
  const start = process.threadCpuUsage();
  await action();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
};
