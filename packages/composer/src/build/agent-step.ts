/** The agent's two parts, each made once and then cached: its bundle, and the Node.js that runs it. */
import type { StepInputs } from "../cache/key.ts";
import { AGENT, agentInputs, type AgentBundle, makeBundle, readBundle } from "../agent/bundle.ts";
import { makeNodeProgram, NODE, nodeInputs } from "../agent/node-program.ts";
import { nodePackage } from "../agent/node-package.ts";
import type { NpmPackage } from "../agent/bundle-description.ts";
import { type BuildContext, runStep, type Target } from "./context.ts";
import { settled } from "./settled.ts";

export interface Agent {
  readonly bundle: AgentBundle;
  readonly node: NodeProgram;
}

export interface NodeProgram {
  readonly key: string;
  /** Holds `node` and `LICENSE`. */
  readonly directory: string;
  /** The package that it comes from. */
  readonly package: NpmPackage;
}

export const agentStep = async (context: BuildContext, target: Target): Promise<Agent> => {
  const [bundle, node] = await settled([bundleOf(context, target), nodeOf(context, target)]);
  return { bundle, node };
};

/** The part that the agent has in a root's identity: by content, so that a source's comment makes no root anew. */
export const agentRootInputs = (agent: {
  readonly bundle: Pick<AgentBundle, "digest">;
  readonly node: Pick<NodeProgram, "key">;
}): StepInputs => ({ agent: agent.bundle.digest, "node program": agent.node.key });

const bundleOf = async (context: BuildContext, target: Target): Promise<AgentBundle> => {
  const { directory } = await runStep(context, target, AGENT, agentInputs(), (made) =>
    makeBundle(context.exec, made, context.progress.signal),
  );
  await context.store.prune(AGENT, 4);
  return readBundle(directory);
};

const nodeOf = async (context: BuildContext, target: Target): Promise<NodeProgram> => {
  const { architecture } = target;
  const inputs = nodeInputs(context.toolbox, architecture);
  const { directory, key } = await runStep(context, target, NODE, inputs, (made) =>
    makeNodeProgram(context, architecture, made),
  );
  await context.store.prune(NODE, 4);
  const { name, version, licence } = nodePackage(architecture);
  return { key, directory, package: { name, version, licence } };
};
