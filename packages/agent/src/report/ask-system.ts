/** What systeminformation finds out about this machine. Loaded by who makes a report, and by nobody else. */
import { setTimeout as delay } from "node:timers/promises";
import { cpu } from "systeminformation/lib/cpu.js";
import { chassis, system } from "systeminformation/lib/system.js";
import type { SystemAnswers } from "./system-answers.ts";

/** It starts `lscpu`, `cat` and the like, each of which takes some milliseconds; under emulation it all takes seconds. */
const PATIENCE_MS = 10_000;

/**
 * Never rejects: what fails, or does not come in time, is nothing. Of its functions these are the ones that need nothing but a shell, files of the kernel's and
 * `lscpu`, and of which at least half is known without `dmidecode`, which no image of ours has.
 */
export const askSystem = async (patienceMs: number = PATIENCE_MS): Promise<SystemAnswers> => {
  using stop = abortedAtEnd();
  const late = delay(patienceMs, undefined, { signal: stop.signal, ref: false }).catch(
    () => undefined,
  );
  const asked = (ask: () => Promise<unknown>): Promise<unknown> =>
    Promise.race([ask().catch(() => undefined), late]);
  const [ofSystem, ofChassis, ofCpu] = await Promise.all([
    asked(system),
    asked(chassis),
    asked(cpu),
  ]);
  return { system: ofSystem, chassis: ofChassis, cpu: ofCpu };
};

const abortedAtEnd = (): Disposable & { readonly signal: AbortSignal } => {
  const controller = new AbortController();
  return { signal: controller.signal, [Symbol.dispose]: () => controller.abort() };
};
