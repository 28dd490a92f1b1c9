/** Whether this node has hooks of a point, for those who may not run them. */
import { findHooks } from "../../hooks/find-hooks.ts";
import { linuxHookPorts } from "../../hooks/linux/ports.ts";
import type { AskedPoint } from "../../hooks/point.ts";

const PORTS = linuxHookPorts(() => undefined);

/** What cannot be looked at from here may be one. Never rejects. */
export const hasHooks = async (point: AskedPoint): Promise<boolean> => {
  const { hooks, problems } = await findHooks(PORTS, point);
  return hooks.length > 0 || problems.length > 0;
};
