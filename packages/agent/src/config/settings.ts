/** The settings of the agent: what there is, what it may be, and what it is by itself. Pure. */
import { LONGEST_POINT_MS } from "../hooks/point.ts";
import { DEFAULT_KEEP, isKeepPath } from "../reset/keep-list.ts";
import type { Blackout } from "../window/gate.ts";
import type { Window } from "../window/window.ts";
import { lockGroupName, lockServerAddress } from "./lock-settings.ts";
import { listOf, type Reading, refused, shown } from "./reading.ts";
import { blackoutsIn, timeZoneName, windowsIn } from "./window-settings.ts";
import type { SettingNode } from "./yaml-document.ts";

/** When a staged release may be booted into. */
export type Strategy = "immediate" | "window" | "lock" | "manual";

/** When a release is written into the inactive slot: as soon as it is offered, or only when the gate to reboot is open. */
export type StageTime = "early" | "at-window";

export interface Settings {
  /** Addresses of one repository's copies, the preferred one first: `https://…`, `http://…`, `file:///…`. Empty: there is no updating. */
  readonly repository: readonly string[];
  readonly channel: string;
  /** From one look at the repository to the next; up to a tenth is added by luck. */
  readonly pollSeconds: number;
  readonly strategy: Strategy;
  readonly stage: StageTime;
  /** Those of the strategy `window`; none where there are none. */
  readonly windows: readonly Window[];
  /** Whose clock windows and blackouts go by, as the time zones' database calls it. */
  readonly timeZone: string;
  readonly blackouts: readonly Blackout[];
  /** The base address of the server that the strategy `lock` asks, without a slash at its end: `https://…` or `http://…`. */
  readonly lockServer: string | undefined;
  /** Among whom that server counts this node. */
  readonly lockGroup: string;
  /** The node's own group, for rollouts with waves of their own for it. */
  readonly group: string | undefined;
  /** From 0 (early) to 1 (late), in place of the node's bucket. */
  readonly wariness: number | undefined;
  /** Bytes a second at most while a release is fetched; undefined: no limit. */
  readonly bytesPerSecond: number | undefined;
  /** What a factory reset leaves, beside the agent's own: absolute paths below `/var`. */
  readonly factoryResetKeep: readonly string[];
  /** `ADDRESS:PORT` on which metrics are served over TCP; undefined: on the agent's own socket alone. */
  readonly metricsListen: string | undefined;
  /** For one hook, at every point but the verdict; undefined: what the point has by itself. */
  readonly hookTimeoutSeconds: number | undefined;
  /** For those who are logged in, a restart that nobody asked for is put off by so long, so often; 0 of either: never. */
  readonly sessionPostponeMinutes: number;
  readonly sessionPostponeTimes: number;
}

export const DEFAULTS: Settings = {
  repository: [],
  channel: "stable",
  pollSeconds: 1800,
  strategy: "immediate",
  stage: "early",
  windows: [],
  timeZone: "UTC",
  blackouts: [],
  lockServer: undefined,
  lockGroup: "default",
  group: undefined,
  wariness: undefined,
  bytesPerSecond: undefined,
  factoryResetKeep: DEFAULT_KEEP,
  metricsListen: undefined,
  hookTimeoutSeconds: undefined,
  sessionPostponeMinutes: 10,
  sessionPostponeTimes: 3,
};

/** What reads a key's value into a field of `Settings`. */
export type SettingRule = {
  readonly [K in keyof Settings]: {
    readonly field: K;
    readonly read: (node: SettingNode) => Reading<Settings[K]>;
  };
}[keyof Settings];

const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (node: SettingNode): Reading<T> => {
    const hint = `write ${choices.join(" or ")}`;
    if (node.kind !== "scalar") return refused(node, "a word belongs here", hint);
    const found = choices.find((choice) => choice === node.text);
    return found === undefined
      ? refused(node, `there is no ${shown(node)}`, hint)
      : { ok: true, value: found };
  };

const numberFrom =
  (least: number, most: number, { whole }: { readonly whole: boolean }) =>
  (node: SettingNode): Reading<number> => {
    const hint = `write a ${whole ? "whole " : ""}number from ${least} to ${most}`;
    if (node.kind !== "scalar") return refused(node, "a number belongs here", hint);
    const pattern = whole ? /^(?:0|[1-9][0-9]{0,14})$/ : /^(?:0|1|0?\.[0-9]{1,9}|1\.0{1,9})$/;
    const value = node.isPlain && pattern.test(node.text) ? Number(node.text) : Number.NaN;
    return value >= least && value <= most
      ? { ok: true, value }
      : refused(node, `${shown(node)} is no such number`, hint);
  };

/** A name as channels and groups have it in the repository. */
const nameText = (node: SettingNode): Reading<string> => {
  const hint = "write up to 63 lower-case letters, digits and ._-";
  if (node.kind !== "scalar") return refused(node, "a name belongs here", hint);
  return /^[a-z0-9][a-z0-9._-]{0,62}$/.test(node.text)
    ? { ok: true, value: node.text }
    : refused(node, `${shown(node)} is no name`, hint);
};

const MAX_ADDRESS = 2048;
const PROTOCOLS: ReadonlySet<string> = new Set(["http:", "https:", "file:"]);

const isAddress = (text: string): boolean => {
  if (text.length > MAX_ADDRESS || !URL.canParse(text)) return false;
  const { protocol, search, hash } = new URL(text);
  return PROTOCOLS.has(protocol) && search === "" && hash === "";
};

const MAX_SOURCES = 8;

const ADDRESS_HINT =
  "write addresses such as https://updates.example.org/, or file:///media/repo, without ? and #";

const addresses = (node: SettingNode): Reading<readonly string[]> =>
  listOf(
    node,
    { what: "an address", most: MAX_SOURCES, hint: ADDRESS_HINT },
    (item): Reading<string> =>
      // The text is not repeated: an address may have a password in it.
      isAddress(item.text)
        ? { ok: true, value: item.text }
        : refused(item, "this is no address of a repository", ADDRESS_HINT),
  );

const MAX_KEPT = 64;

const KEEP_HINT = "write absolute paths below /var, such as /var/lib/postgresql";

const keepPaths = (node: SettingNode): Reading<readonly string[]> =>
  listOf(node, { what: "a path", most: MAX_KEPT, hint: KEEP_HINT }, (item): Reading<string> =>
    isKeepPath(item.text)
      ? { ok: true, value: item.text }
      : refused(item, `${shown(item)} is no path below /var`, KEEP_HINT),
  );
const LISTEN_HINT = "write an address and a port, such as 127.0.0.1:9464 or [::1]:9464";

/** An address and no name: what a name means may not be known when it is needed. */
const isListenAddress = (text: string): boolean => {
  const [, host = "", port = ""] =
    /^(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:.]{2,45}\]):([1-9]\d{0,4})$/.exec(text) ?? [];
  return host !== "" && Number(port) <= 65_535 && URL.canParse(`http://${host}/`);
};

const listenAddress = (node: SettingNode): Reading<string> => {
  if (node.kind !== "scalar") return refused(node, "an address belongs here", LISTEN_HINT);
  return isListenAddress(node.text)
    ? { ok: true, value: node.text }
    : refused(node, `${shown(node)} is no address to listen on`, LISTEN_HINT);
};

const WEEK_SECONDS = 604_800;
const MOST_POSTPONE_MINUTES = 720;
const MOST_POSTPONE_TIMES = 100;
const MOST_BYTES_PER_SECOND = 1_000_000_000_000;

/** Every key that a file may have. */
export const SETTING_RULES: ReadonlyMap<string, SettingRule> = new Map<string, SettingRule>([
  ["repository", { field: "repository", read: addresses }],
  ["channel", { field: "channel", read: nameText }],
  ["poll_seconds", { field: "pollSeconds", read: numberFrom(1, WEEK_SECONDS, { whole: true }) }],
  ["strategy", { field: "strategy", read: oneOf(["immediate", "window", "lock", "manual"]) }],
  ["stage", { field: "stage", read: oneOf(["early", "at-window"]) }],
  ["windows", { field: "windows", read: windowsIn }],
  ["time_zone", { field: "timeZone", read: timeZoneName }],
  ["blackouts", { field: "blackouts", read: blackoutsIn }],
  ["lock_server", { field: "lockServer", read: lockServerAddress }],
  ["lock_group", { field: "lockGroup", read: lockGroupName }],
  ["group", { field: "group", read: nameText }],
  ["wariness", { field: "wariness", read: numberFrom(0, 1, { whole: false }) }],
  [
    "bytes_per_second",
    {
      field: "bytesPerSecond",
      read: numberFrom(16_384, MOST_BYTES_PER_SECOND, { whole: true }),
    },
  ],
  ["factory_reset_keep", { field: "factoryResetKeep", read: keepPaths }],
  ["metrics_listen", { field: "metricsListen", read: listenAddress }],
  [
    "hook_timeout_seconds",
    {
      field: "hookTimeoutSeconds",
      read: numberFrom(1, LONGEST_POINT_MS / 1000, { whole: true }),
    },
  ],
  [
    "session_postpone_minutes",
    {
      field: "sessionPostponeMinutes",
      read: numberFrom(0, MOST_POSTPONE_MINUTES, { whole: true }),
    },
  ],
  [
    "session_postpone_times",
    {
      field: "sessionPostponeTimes",
      read: numberFrom(0, MOST_POSTPONE_TIMES, { whole: true }),
    },
  ],
]);

/** The key that stands for a field in files. */
export const keyOf = (field: keyof Settings): string =>
  [...SETTING_RULES].find(([, rule]) => rule.field === field)?.[0] ?? field;
