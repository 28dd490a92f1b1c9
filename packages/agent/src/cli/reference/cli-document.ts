/** docs/reference/agent-cli.md, out of what the verbs say of themselves. */
import { programReference } from "@slipway/host/command-line";
import { SLIPWAY_AGENT } from "../command-line.ts";

/** Never rejects but for a verb that cannot be loaded. */
export const agentCliDocument = (): Promise<string> =>
  programReference(SLIPWAY_AGENT, [
    "What is typed on a node, as root. A verb whose summary ends with a unit's name is what systemd runs. Made from the verbs' own help; [the operator's guide](../operating.md) says which of them when, [agent-errors.md](agent-errors.md) what their codes mean.",
  ]);
