/** The hooks of a point, one after the other. */
import type { Failure } from "../errors.ts";
import { holdOf, holdOfProblem, troubleOf } from "./ending.ts";
import { environmentOf, type HookCall } from "./environment.ts";
import { findHooks, type Hook } from "./find-hooks.ts";
import { boundedOutput } from "./output.ts";
import type { HookLimits } from "./point.ts";
import type { HookPorts } from "./ports.ts";

export interface HookRun {
  readonly call: HookCall;
  readonly limits: HookLimits;
  readonly signal?: AbortSignal;
  /** In place of those of a node. */
  readonly directories?: readonly string[];
}

const runOne = async (
  { run, log, begins }: HookPorts,
  { name, file }: Hook,
  { call, timeoutMs, signal }: Pick<HookRun, "call" | "signal"> & { readonly timeoutMs: number },
) => {
  begins?.(name);
  const output = boundedOutput((line) => log(`${name}: ${line}`));
  const ending = await run({
    file,
    environment: environmentOf(call, timeoutMs),
    timeoutMs,
    onLine: output.take,
    ...(signal === undefined ? {} : { signal }),
  });
  return { name, ending, timeoutMs, lastLine: output.end() };
};

/** How long the next one may take: what all have left is its bound too. */
const timeLeft = ({ eachMs, allMs }: HookLimits, goneMs: number): number =>
  Math.max(1, Math.round(Math.min(eachMs, allMs - goneMs)));

/** Asks one after the other; the first that does not let it go on is the answer, and those behind it are not asked. Nothing: they all do. */
export const askHooks = async (ports: HookPorts, run: HookRun): Promise<Failure | undefined> => {
  const { point } = run.call;
  const { hooks, problems } = await findHooks(ports, point, run.directories);
  for (const problem of problems) return holdOfProblem(problem);
  const beganMs = ports.clock.monotonicMs();
  for (const hook of hooks) {
    const timeoutMs = timeLeft(run.limits, ports.clock.monotonicMs() - beganMs);
    const ended = await runOne(ports, hook, { ...run, timeoutMs });
    const hold = holdOf(point, ended);
    if (hold !== undefined) {
      ports.log(`${hold.message} [${hold.code}]`);
      return hold;
    }
    ports.log(`${hook.name}: passed`);
  }
  return undefined;
};

/** Tells each of them, whatever the others do; answers what went wrong, a line each. Never rejects. */
export const tellHooks = async (ports: HookPorts, run: HookRun): Promise<readonly string[]> => {
  const { hooks, problems } = await findHooks(ports, run.call.point, run.directories);
  const beganMs = ports.clock.monotonicMs();
  const troubles = [...problems];
  for (const hook of hooks) {
    const goneMs = ports.clock.monotonicMs() - beganMs;
    if (goneMs >= run.limits.allMs) {
      troubles.push(`${hook.name} was not run: the time of all hooks was up`);
      continue;
    }
    const ended = await runOne(ports, hook, { ...run, timeoutMs: timeLeft(run.limits, goneMs) });
    const trouble = troubleOf(ended);
    if (trouble !== undefined) troubles.push(`${hook.name}: ${trouble}`);
  }
  for (const trouble of troubles) ports.log(trouble);
  return troubles;
};
