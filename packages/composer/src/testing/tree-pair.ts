/** The same image tree, composed chrootless and as an ordinary installation would be. */
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Architecture } from "@slipway/ignition-config";
import { ARCHITECTURE } from "../architecture.ts";
import { agentStep } from "../build/agent-step.ts";
import type { BuildContext, Target } from "../build/context.ts";
import { readAttributes } from "../build/root-checks.ts";
import { finishTree } from "../build/root-step.ts";
import { openSession, type SessionOptions } from "../build/session.ts";
import { kernelStep, loaderStep, makeTree } from "../build/tree-steps.ts";
import { parseGetfattr } from "../lint/getfattr.ts";
import { ensureLock } from "../lock/ensure.ts";
import { lockFileOf } from "../lock/file.ts";
import { NO_ACCOUNTS } from "../accounts/pins.ts";
import { describeTree, type TreeFacts } from "./compare-trees.ts";

/** Composes and finishes both trees of `architecture`, whose programs this machine must be able to run. */
export const composeTreePair = async (
  options: SessionOptions,
  architecture: Architecture,
): Promise<{ readonly chrootless: TreeFacts; readonly ordinary: TreeFacts }> => {
  await using context = await openSession(options, { throwAway: false });
  const { definition } = options;
  const lock = await ensureLock(context, {
    file: lockFileOf(options.definitionFile),
    ...definition,
    architectures: [architecture],
    locked: false,
  });
  const locked = lock.architectures[architecture];
  if (locked === undefined) throw new Error(`the lock has no packages for ${architecture}`);
  // Without pins: the ids that the scripts choose by themselves are part of what is compared.
  const target: Target = {
    definition,
    architecture,
    lock: { ...lock, accounts: NO_ACCOUNTS },
    locked,
    onStep: () => undefined,
  };
  return {
    chrootless: await composeOne(context, target, "chrootless"),
    ordinary: await composeOne(context, target, "root"),
  };
};

const composeOne = async (
  context: BuildContext,
  target: Target,
  mode: "chrootless" | "root",
): Promise<TreeFacts> => {
  await using scratch = await context.store.scratch("pair");
  const tree = path.join(scratch.directory, "tree");
  const work = path.join(scratch.directory, "work");
  await mkdir(work);
  const kernel = await kernelStep(context, target);
  await makeTree(context, target, kernel, { mode, tree, work, note: () => undefined });
  await finishTree(context, target, tree, {
    agent: await agentStep(context, target),
    loader: await loaderStep(context, target, ARCHITECTURE[target.architecture].efi),
  });
  const table = await parseGetfattr([Buffer.from(await readAttributes(context, tree))]);
  const attributes = new Map(
    [...table].map(([file, list]) => [file, JSON.stringify(list)] as const),
  );
  return describeTree(tree, attributes);
};
