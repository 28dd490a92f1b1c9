/**
 * The story that the demonstration tells, as data: what happens in which order, and how it has to end. Pure.
 *
 * The rollback by hand is told on a copy of the first node, taken when it ran release 2 and still had release 1 in its other slot: on the
 * node itself release 3 takes that slot next. The release that panics is told on a copy as well, beside those that are unhealthy and fall silent: all three
 * start a node again and again.
 */
import type { DemoRelease } from "./definitions.ts";

/** The nodes of the story. Each scene of a copy has its own, of the first node as the scene before left it. */
export type DemoNode = "first" | "copy";

export interface Scene {
  readonly id: "install" | "upgrade" | "rollback" | "unhealthy" | "panics" | "silent";
  /** What a person reads while it happens. */
  readonly title: string;
  readonly node: DemoNode;
  /** Published when the scene begins, for a copy in a repository of its own; the node finds it by itself. */
  readonly publishes?: DemoRelease;
  /** What somebody does on the node before anything else happens: a script for its shell. */
  readonly edits?: string;
  /** The one command that sets things going, where no release does. */
  readonly types?: string;
  /** How often the node's machine starts again until the scene is over. */
  readonly resets: number;
  /** Looks at the repository, after all else, at which the node must find nothing to do. */
  readonly idlePolls?: number;
  readonly ends: {
    readonly booted: DemoRelease;
    /** All that the node refuses from then on. */
    readonly forbidden: readonly DemoRelease[];
    /** Files of the node, and what is in them. */
    readonly files?: Readonly<Record<string, string>>;
  };
}

/** A setting of the operator's, which goes with the release, and data, which stay with the node. */
const SETTING = "/etc/greeter.conf";
const DATA = "/var/lib/greetings";

export const ROLLBACK = "slipway-agent rollback --reason 'the demonstration says so'";

/** How the story is told. */
export interface Telling {
  /** Looks at the repository to wait for after the rollback. */
  readonly idlePolls: number;
  /** Leaves out the releases that panic and fall silent. */
  readonly short: boolean;
}

const MERELY_LONG: ReadonlySet<Scene["id"]> = new Set(["panics", "silent"]);

export const storyFor = ({ idlePolls, short }: Telling): readonly Scene[] =>
  storyWith(idlePolls).filter(({ id }) => !short || !MERELY_LONG.has(id));

/** The releases that a story needs, in the order in which they are built. */
export const releasesOf = (story: readonly Scene[]): readonly DemoRelease[] =>
  story.flatMap(({ publishes }) => publishes ?? []).toSorted();

const storyWith = (idlePolls: number): readonly Scene[] => [
  {
    id: "install",
    title: "a node comes up on release 1",
    node: "first",
    publishes: "1",
    resets: 0,
    ends: { booted: "1", forbidden: [] },
  },
  {
    id: "upgrade",
    title: "release 2 is published: the node takes it, by delta",
    node: "first",
    edits: `echo 'set on release 1' >${SETTING}; echo 'written on release 1' >${DATA}`,
    publishes: "2",
    resets: 1,
    ends: {
      booted: "2",
      forbidden: [],
      files: {
        "/run/greeting": "release 2",
        [SETTING]: "set on release 1",
        [DATA]: "written on release 1",
      },
    },
  },
  {
    id: "rollback",
    title: "on a copy of the node somebody goes back to release 1, with one command",
    node: "copy",
    edits: `echo 'set on release 2' >${SETTING}; echo 'written on release 2' >>${DATA}`,
    types: ROLLBACK,
    resets: 1,
    idlePolls,
    ends: {
      booted: "1",
      forbidden: ["2"],
      files: {
        "/run/greeting": "release 1",
        [SETTING]: "set on release 1",
        [DATA]: "written on release 1\nwritten on release 2",
      },
    },
  },
  {
    id: "panics",
    title:
      "for a copy of the node release 4 is published: it panics three times, and the node is back",
    node: "copy",
    publishes: "4",
    // Into release 4, and out of each of its three tries.
    resets: 4,
    ends: { booted: "2", forbidden: ["4"] },
  },
  {
    id: "unhealthy",
    title: "release 3 is published: its service does not start, and the node goes back",
    node: "first",
    publishes: "3",
    resets: 2,
    ends: { booted: "2", forbidden: ["3"] },
  },
  {
    id: "silent",
    title: "release 5 is published: its agent does not even start, and systemd goes back",
    node: "first",
    publishes: "5",
    // Nobody is there to mark its entry bad: the loader's three tries are used up, as after a panic.
    resets: 4,
    ends: { booted: "2", forbidden: ["3", "5"] },
  },
];
