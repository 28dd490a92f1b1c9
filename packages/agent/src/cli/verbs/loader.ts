import { parseArguments } from "@slipway/host/command-line";
import { EXIT } from "../exit-status.ts";
import { COMMON_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

export const loader: Verb = {
  help: {
    summary: "Bring the boot loader up to the booted release's: slipway-loader.service",
    usage: ["loader"],
    about: [
      "Where the booted release is blessed, and the ESP has an older systemd-boot than the release ships, the newer one takes its place. Another loader, and a newer one, are left alone. A power cut at any moment leaves the old one or the new one.",
    ],
    options: COMMON_OPTIONS,
    examples: [
      { line: "systemctl status slipway-loader", does: "See whether it was done in this boot." },
      { line: "journalctl --unit slipway-loader", does: "Read what it did." },
    ],
  },
  run: async (args, world) => {
    parseArguments(args, COMMON_OPTIONS, NO_OPERANDS);
    await (await world.agent()).bringLoader(world.signal);
    return { status: EXIT.done };
  },
};
