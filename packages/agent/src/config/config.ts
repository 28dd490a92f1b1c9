/** What the node is set to, as its files say it. Pure. */
import type { Finding } from "./finding.ts";
import type { Settings } from "./settings.ts";

export interface Origin {
  readonly file: string;
  readonly line: number;
}

export interface Config {
  readonly settings: Settings;
  /** Where each value is from that is not the default. */
  readonly origins: ReadonlyMap<keyof Settings, Origin>;
  /** In the order of the files, and of the lines within each. */
  readonly findings: readonly Finding[];
  /** Every file that was looked at, in the order in which they count. */
  readonly files: readonly string[];
}

/** Whether an error holds automatic updates: what was meant by it is not known, and a wrong guess reboots a node. */
export const isUsable = ({ findings }: Pick<Config, "findings">): boolean =>
  findings.every(({ severity }) => severity !== "error");
