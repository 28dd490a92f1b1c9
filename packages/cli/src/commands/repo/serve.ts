import { needed, REPO_OPTION } from "../../arguments/keys.ts";
import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  printableLine,
  usageError,
  wholeNumber,
} from "@slipway/host/command-line";
import { type Command, COMMON_OPTIONS } from "../command.ts";

const OPTIONS = {
  ...REPO_OPTION,
  listen: {
    type: "string",
    value: "ADDRESS:PORT",
    help: "Where to listen; port 0 takes a free one. Default: 127.0.0.1:8080.",
  },
  json: { type: "boolean", help: "Print the address as one JSON document." },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

const HIGHEST_PORT = 65_535;

/** @throws CliError `USAGE` */
export const readListen = (text: string): { readonly host: string; readonly port: number } => {
  const [, six, host = six, port] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || port === undefined)
    throw usageError(
      `--listen is '${printableLine(text)}'`,
      "write an address and a port, such as 127.0.0.1:8080 or [::1]:8080",
    );
  return { host, port: wholeNumber("listen", port, { least: 0, most: HIGHEST_PORT }) };
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });

export const serve: Command = {
  help: {
    summary: "Hand a repository out over HTTP, to try it or for a few nodes",
    usage: ["repo serve --repo DIR [--listen ADDRESS:PORT] [--json]"],
    about: [
      "Answers GET and HEAD for the repository's files, with ranges, until it is interrupted. Any static web server, object store or CDN does the same; nothing in a repository needs this one. It listens on this machine alone unless it is told otherwise, and speaks no TLS: what nodes believe is signed.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway repo serve --repo /srv/repo", does: "Serve on 127.0.0.1:8080." },
      {
        line: "slipway repo serve --repo /srv/repo --listen 0.0.0.0:80",
        does: "Serve to the network.",
      },
    ],
    exits: [["0", "interrupted, which is how it ends"]],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, OPTIONS, { name: "DIR", least: 0, most: 0 });
    const where = readListen(values.listen ?? "127.0.0.1:8080");
    const repo = needed("repo", values.repo, world);
    const { serveRepository } = await world.composer();
    await using served = await serveRepository({ repo, ...where });
    const { address, port } = served;
    await world.writeData(values.json === true ? jsonDocument({ address, port }) : `${address}\n`);
    await untilAborted(world.signal);
    return {};
  },
};
