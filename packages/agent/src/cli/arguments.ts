/** Reading the arguments of `carry-etc`. Pure. */
import { parseArgs } from "node:util";
import { errnoOf } from "@slipway/host";
import { EtcError } from "../etc/errors.ts";

export interface CarryArguments {
  readonly old: string;
  readonly live: string;
  readonly new: string;
  readonly state: string;
  readonly run: string;
  readonly from: string;
  readonly to: string;
  readonly plan: boolean;
  readonly json: boolean;
}

export const USAGE = `usage: carry-etc --old DIR --live DIR --new DIR --state DIR --from ROOTHASH --to ROOTHASH
                 [--run DIR] [--plan] [--json]
  --old    /etc in the image of the release that runs
  --live   /etc as it runs
  --new    /etc in the image of the next release
  --state  where the upper directories of the releases are
  --run    for mount points, in memory; default /run/slipway/carry-etc
  --plan   say what would be done, and change nothing
  --json   one JSON document on standard output
`;

const TEXT = { type: "string" } as const;
const FLAG = { type: "boolean", default: false } as const;

/** @throws EtcError `USAGE` */
export const readCarryArguments = (args: readonly string[]): CarryArguments => {
  const { values } = parse(args);
  const given = (name: "old" | "live" | "new" | "state" | "run"): string => {
    const value = values[name];
    if (value?.startsWith("/") === true) return value.replace(/(?<=.)\/+$/, "");
    throw usage(
      value === undefined ? `--${name} is missing` : `--${name} is '${value}'`,
      "give an absolute path",
    );
  };
  const roothash = (name: "from" | "to"): string => {
    const value = values[name];
    if (value !== undefined && /^[0-9a-f]{64}$/.test(value)) return value;
    throw usage(
      value === undefined ? `--${name} is missing` : `--${name} is '${value}'`,
      "give a root hash of 64 hexadecimal digits",
    );
  };
  return {
    old: given("old"),
    live: given("live"),
    new: given("new"),
    state: given("state"),
    run: given("run"),
    from: roothash("from"),
    to: roothash("to"),
    plan: values.plan,
    json: values.json,
  };
};

const parse = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{
          old: TEXT,
          live: TEXT,
          new: TEXT,
          state: TEXT,
          from: TEXT,
          to: TEXT,
          plan: FLAG,
          json: FLAG,
        },
        run: { ...TEXT, default: "/run/slipway/carry-etc" },
      },
    });
  } catch (cause) {
    if (errnoOf(cause)?.startsWith("ERR_PARSE_ARGS") !== true || !(cause instanceof Error))
      throw cause;
    throw usage(cause.message, "see the usage");
  }
};

const usage = (message: string, hint: string): EtcError => new EtcError("USAGE", message, { hint });
