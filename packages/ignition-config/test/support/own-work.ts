/** How long something takes, whatever else the machine does: milliseconds of this thread's own work. */
import process from "node:process";

const since = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
};

/** Until the action returns. */
export const ownWorkOf = (action: () => void): number => {
  const start = process.threadCpuUsage();
  action();
  return since(start);
};

/** Until what the action promises is there. */
export const ownWorkUntil = async (action: () => Promise<void>): Promise<number> => {
  const start = process.threadCpuUsage();
  await action();
  return since(start);
};
