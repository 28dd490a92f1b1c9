/** docs/reference/slipway-cli.md, out of what the commands say of themselves. */
import { programReference } from "@slipway/host/command-line";
import { SLIPWAY } from "../slipway.ts";

/** Never rejects but for a command that cannot be loaded. */
export const cliDocument = (): Promise<string> =>
  programReference(SLIPWAY, [
    "What is typed where images are built and releases published. Made from the commands' own help. In a checkout it is `./slipway`, which sets the machine up before its first command.",
  ]);
