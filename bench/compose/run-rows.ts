/** Goes through the rows, bringing each program into the row's state before every run. */
import type { Exec } from "@slipway/host";
import { type Cost, measure } from "../measure/measure.ts";
import type { Invocation } from "./contestant.ts";
import type { Mkosi } from "./mkosi.ts";
import { type Contestant, type Row, type RowId } from "./rows.ts";
import type { Slipway } from "./slipway.ts";
import { type Runs, seconds } from "./summary.ts";

export interface RunPlan {
  readonly runs: number;
  /** In their order; among them must be one with mkosi. */
  readonly rows: readonly Row[];
  readonly slipway: Slipway;
  /** Called once slipway has resolved the packages, for mkosi is to install the same. */
  readonly openMkosi: () => Promise<Mkosi>;
  readonly environment: Invocation["env"];
  /** Where the programs' own words go, a file a run. */
  readonly logs: string;
  readonly exec: Exec;
  readonly say: (text: string) => void;
}

export interface Finished {
  readonly runs: Runs;
  readonly mkosi: Mkosi;
}

export const runRows = async (plan: RunPlan): Promise<Finished> => {
  const measured = new Map<RowId, Record<Contestant, readonly Cost[]>>();
  let mkosi: Mkosi | undefined;
  // Without the cold rows, what those after them start from has to be made first.
  if (plan.rows[0]?.id.startsWith("cold") !== true) {
    plan.say("preparing slipway: a complete build");
    await runOnce(plan, "slipway-complete", plan.slipway.invocation);
  }
  for (const row of plan.rows) {
    const costs: Record<Contestant, Cost[]> = { slipway: [], mkosi: [] };
    measured.set(row.id, costs);
    if (row.contestants.includes("mkosi")) mkosi ??= await firstMkosiBuild(plan);
    for (let run = 1; run <= plan.runs; run += 1) {
      for (const contestant of row.contestants) {
        const invocation =
          contestant === "slipway"
            ? await slipwayReady(plan.slipway, row.id, run)
            : await mkosiReady(mkosi, row.id, run);
        const cost = await runOnce(plan, `${row.id}-${contestant}-${run}`, invocation);
        costs[contestant].push(cost);
        plan.say(`${row.title}, ${contestant}, run ${run}: ${seconds(cost.wallSeconds)} s`);
      }
    }
  }
  if (mkosi === undefined) throw new Error("no row has mkosi in it");
  return { runs: measured, mkosi };
};

/** Not measured: fetches the packages and fills mkosi's incremental cache. */
const firstMkosiBuild = async (plan: RunPlan): Promise<Mkosi> => {
  plan.say("preparing mkosi: its tools, its packages, its incremental cache");
  const mkosi = await plan.openMkosi();
  await runOnce(plan, "mkosi-fetching", mkosi.invocation("fetching"));
  return mkosi;
};

const runOnce = async (plan: RunPlan, name: string, invocation: Invocation): Promise<Cost> => {
  // What an earlier run left to be written back must not slow this one down.
  await plan.exec.run({ argv: ["sync"], purpose: "writing back what is dirty" });
  const { argv, cwd } = invocation;
  const env = { ...plan.environment, ...invocation.env };
  return measure({ argv, cwd, env, name, directory: plan.logs });
};

const slipwayReady = async (slipway: Slipway, row: Row["id"], run: number): Promise<Invocation> => {
  switch (row) {
    case "cold-everything":
      await slipway.forget("everything");
      break;
    case "cold-tools":
      await slipway.forget("tools");
      break;
    case "cold":
      await slipway.forget("builds");
      break;
    case "config-changed":
      await slipway.changeConfig(`run ${run}`);
      break;
    case "unchanged":
    case "unlooked":
      break;
  }
  return slipway.invocation;
};

const mkosiReady = async (
  mkosi: Mkosi | undefined,
  row: Row["id"],
  run: number,
): Promise<Invocation> => {
  if (mkosi === undefined) throw new Error("mkosi has not been prepared");
  switch (row) {
    case "cold-everything":
    case "cold-tools":
    case "cold":
      await mkosi.removeOutputs();
      return mkosi.invocation("cold");
    case "config-changed":
      await mkosi.changeConfig(`run ${run}`);
      return mkosi.invocation("incremental");
    case "unchanged":
      return mkosi.invocation("incremental");
    case "unlooked":
      return mkosi.invocation("plain");
  }
};
