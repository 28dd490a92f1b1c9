/** What people are told of each setting: the one place for it, of which docs/reference/agent-settings.md is made. Pure. */
import type { Settings } from "./settings.ts";

export interface SettingText {
  /** What it is, in sentences. */
  readonly about: string;
  /** Values as a file has them behind the key; a test has each of them read. */
  readonly examples: readonly [string, ...string[]];
  /** Where nothing is set, and there is no value to show for it. */
  readonly otherwise?: string;
}

/** A setting without a line here does not compile. */
export const SETTING_TEXTS: Readonly<Record<keyof Settings, SettingText>> = {
  repository: {
    about:
      "Where releases are looked for: copies of one repository, the preferred one first. A list, or one address.",
    examples: ["https://updates.example.org/edge", "[https://a.example/, file:///media/repo]"],
    otherwise: "none: this node looks for no releases",
  },
  channel: { about: "The channel that this node follows.", examples: ["stable", "lts"] },
  pollSeconds: {
    about:
      "Seconds from one look at the repository to the next; up to a tenth is added by luck, so that nodes do not come together.",
    examples: ["1800"],
  },
  strategy: {
    about:
      "When a staged release may be booted into: as soon as it is staged, in a window, with a lease of a lock server, or when somebody says `slipway-agent update`.",
    examples: ["immediate", "window", "lock", "manual"],
  },
  stage: {
    about:
      "When a release is written into the other slot: as soon as it is offered, or only when the node may restart, so that until then a rollback reaches what is in that slot.",
    examples: ["early", "at-window"],
  },
  windows: {
    about: "With the strategy `window`: when the node may restart. A list, or one window.",
    // A comma ends an item of a list in brackets: such a window stands in quotes there.
    examples: ['["Sat,Sun 02:00 for 4h", cron 0 3 * * 2#2 for 90m]', "daily 03:30 for 90m"],
    otherwise: "none",
  },
  timeZone: {
    about: "Whose clock windows and blackouts go by.",
    examples: ["Europe/Berlin"],
  },
  blackouts: {
    about: "Days on which no window opens. A list of days, or of ranges of days.",
    examples: ["[2026-12-18 to 2027-01-06, 2027-05-01]"],
    otherwise: "none",
  },
  lockServer: {
    about: "With the strategy `lock`: the server that is asked before a restart.",
    examples: ["https://locks.example.org/"],
    otherwise: "none",
  },
  lockGroup: {
    about: "With the strategy `lock`: among whom that server counts this node.",
    examples: ["rack-7"],
  },
  group: {
    about: "The node's group, for rollouts with waves of their own for it.",
    examples: ["canary"],
    otherwise: "none: the waves for everybody",
  },
  wariness: {
    about:
      "The node's own place in rollouts: 0 comes first, 1 last. It takes the place of the one that the node's id gives it.",
    examples: ["0", "0.75", "1"],
    otherwise: "by the node's id",
  },
  bytesPerSecond: {
    about: "How many bytes a second are fetched at most.",
    examples: ["1000000"],
    otherwise: "no limit",
  },
  factoryResetKeep: {
    about:
      "What a factory reset leaves on /var, beside the agent's own directory and the node's ids. A list, or one path.",
    examples: ["[/var/lib/slipway/ssh, /var/lib/postgresql]"],
  },
  metricsListen: {
    about:
      "Where metrics are served over TCP. Everybody who reaches that port learns which release the node runs.",
    examples: ["127.0.0.1:9464", '"[::1]:9464"'],
    otherwise: "on the agent's socket alone",
  },
  hookTimeoutSeconds: {
    about:
      "Seconds that one hook has, at every point but the verdict and in a rollback; all of a point have twice that, up to half an hour.",
    examples: ["600"],
    otherwise: "300, and 900 before a restart",
  },
  sessionPostponeMinutes: {
    about:
      "For whoever is logged in, a restart that nobody asked for is put off by so many minutes; 0: never.",
    examples: ["10", "0"],
  },
  sessionPostponeTimes: {
    about: "How often it is put off for one release; 0: never.",
    examples: ["3", "0"],
  },
};
