/** The files by which a release tells the agent in it what it is and where to look for others. Pure. */
import type { Architecture, UpdateBlock } from "@slipway/ignition-config";

/** /usr/lib/slipway/release.json. Its readers ignore fields that they do not know. */
export const releaseText = (release: {
  readonly image: string;
  readonly version: string;
  readonly architecture: Architecture;
  /** The agent's version. */
  readonly agent: string;
  /** In seconds since 1970: the release's own time, the same in every build of it. */
  readonly epoch: number;
}): string => {
  const { image, version, architecture, agent, epoch } = release;
  const created = new Date(epoch * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  return `${JSON.stringify({ schema: 1, image, version, architecture, agent, created }, undefined, 2)}\n`;
};

/**
 * The agent's settings as `image.update` has them, in YAML; undefined where it says nothing of them. JSON's way to write a
 * text is YAML's too.
 */
export const settingsText = (update: UpdateBlock | undefined): string | undefined => {
  const { repository = [], channel, pollSeconds, strategy, stage } = update ?? {};
  const { windows = [], timeZone, blackouts = [], lockServer, lockGroup } = update ?? {};
  const line = (key: string, value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [`${key}: ${JSON.stringify(value)}`];
  const list = (key: string, items: readonly string[]): readonly string[] =>
    items.length === 0 ? [] : [`${key}:`, ...items.map((item) => `  - ${JSON.stringify(item)}`)];
  const lines = [
    ...list("repository", repository),
    ...line("channel", channel),
    ...line("poll_seconds", pollSeconds),
    ...line("strategy", strategy),
    ...line("stage", stage),
    ...list("windows", windows),
    ...line("time_zone", timeZone),
    ...list("blackouts", blackouts),
    ...line("lock_server", lockServer),
    ...line("lock_group", lockGroup),
  ];
  return lines.length === 0 ? undefined : [HEADER, ...lines, ""].join("\n");
};

const HEADER =
  "# From image.update of the image's definition. To say otherwise on a node, write a file into /etc/slipway/agent.d.";
