/** Telling the story: the nodes on their machines, scene after scene, and what plays beside them. Shell. */
import { mkdir, rename, rm, stat, truncate } from "node:fs/promises";
import path from "node:path";
import { type Clock, type Exec, HostError, inTurns } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import { ComposerError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { consoleTail } from "../qemu/console-tail.ts";
import { saveMemory } from "../qemu/memory.ts";
import type { MachineSession } from "../qemu/session.ts";
import { startMachine } from "../qemu/start-machine.ts";
import { serveRepository } from "../repository/serve.ts";
import type { DemoRelease } from "./definitions.ts";
import { playScene, type SceneReport } from "./play-scene.ts";
import type { MadeRelease, OpenedWorkshop } from "./releases.ts";
import type { Scene } from "./story.ts";
import type { Crew } from "./together.ts";
import { countTraffic, type TrafficCounter } from "./traffic.ts";

/** By version; each resolves when the release is in the repository. */
export type Releases = ReadonlyMap<DemoRelease, Promise<MadeRelease>>;

export interface Theatre {
  readonly architecture: Architecture;
  readonly exec: Exec;
  readonly clock: Clock;
  readonly cache: string;
  /** Machines lose their power when its signal is aborted. */
  readonly progress: Progress;
  /** For disks. */
  readonly directory: string;
  /** Told of every scene, in their order, when it has ended. */
  readonly onScene: (scene: SceneReport) => void;
}

export interface Telling {
  readonly story: readonly Scene[];
  readonly shop: OpenedWorkshop;
  readonly releases: Releases;
  readonly crew: Crew;
}

export interface ToldStory {
  readonly scenes: readonly SceneReport[];
  /** Since release 1 was there. */
  readonly storySeconds: number;
}

/** A node that runs, and what it has asked of the repository that is served to it. */
interface StagedNode {
  readonly machine: MachineSession;
  readonly traffic: TrafficCounter;
}

/**
 * Plays the scenes of the first node one after the other. A scene on a copy is played beside those that follow it, and after those on earlier copies: two
 * nodes at a time.
 * @throws ComposerError `DEMO_FAILED` when a scene ends otherwise than it has to, and what making releases and machines throw.
 */
export const tellStory = async (
  theatre: Theatre,
  { story, shop, releases, crew }: Telling,
): Promise<ToldStory> => {
  const { clock, directory, onScene } = theatre;
  const disk = await nodeDisk(await releaseOf(releases, "1"));
  const started = clock.monotonicMs();
  const told: Promise<SceneReport>[] = [];
  const inOrder = inTurns();
  const tell = (report: Promise<SceneReport>): void => {
    const telling = inOrder(async () => {
      const ended = await report;
      onScene(ended);
      return ended;
    });
    told.push(crew.join(telling));
  };
  const beside = inTurns();
  await onNode(theatre, { disk, repo: shop.repo }, async (node) => {
    let known = 0;
    for (const scene of story) {
      const made =
        scene.publishes === undefined ? undefined : await releaseOf(releases, scene.publishes);
      if (scene.node === "copy") {
        const copy = await copyOf(theatre, shop, { machine: node.machine, disk }, scene.id);
        const offer = (release: DemoRelease): Promise<void> => shop.offer(release, copy.repo);
        // What the node knows now: by the time of the copy's turn the first may have gone on.
        const has = { made, offer, known };
        tell(crew.join(beside(() => playOnCopy(theatre, copy, scene, has))));
        continue;
      }
      if (made !== undefined) node.traffic.learn(made);
      const report = play(theatre, node, scene, { offer: shop.offer, known });
      tell(report);
      known += (await report).history.length;
    }
  });
  const scenes = await Promise.all(told);
  await rm(path.join(directory, COPIES), { recursive: true, force: true });
  return { scenes, storySeconds: Math.round((clock.monotonicMs() - started) / 1000) };
};

const releaseOf = async (releases: Releases, version: DemoRelease): Promise<MadeRelease> => {
  const made = releases.get(version);
  if (made === undefined) throw new TypeError(`a story without release ${version}`);
  return made;
};

const play = (
  theatre: Theatre,
  { machine, traffic }: StagedNode,
  scene: Scene,
  has: Pick<Parameters<typeof playScene>[0], "offer" | "known">,
): Promise<SceneReport> =>
  theatre.progress.task(scene.id, scene.title, (task) =>
    explaining(theatre, machine, () =>
      playScene(
        { machine, clock: theatre.clock, traffic, signal: theatre.progress.signal, ...has },
        scene,
        task,
      ),
    ),
  );

/** Sparse: what is not written takes no space. */
const ROOM_FOR_VAR = 3 * 2 ** 30;

/** The disk of release 1, which the node may write to, with room behind it. */
const nodeDisk = async (first: MadeRelease): Promise<string> => {
  const file = path.join(first.directory, "disk.raw");
  await truncate(file, (await stat(file)).size + ROOM_FOR_VAR);
  return file;
};

/** What a node boots from, or goes on from, and what it finds on the network. */
interface Props {
  readonly disk: string;
  readonly memory?: string;
  readonly repo: string;
}

/** Switches a node on, and off when the work is done. */
const onNode = async <T>(
  theatre: Theatre,
  { disk, memory, repo }: Props,
  work: (node: StagedNode) => Promise<T>,
): Promise<T> => {
  const { architecture, progress } = theatre;
  const traffic = countTraffic();
  await using served = await serveRepository({
    ...{ repo, host: "127.0.0.1", port: 0 },
    onAnswer: traffic.count,
  });
  progress.signal?.throwIfAborted();
  await using machine = await startMachine(theatre, {
    architecture,
    disks: [{ file: disk }],
    network: { port: served.port },
    ...(memory === undefined ? {} : { memory }),
  });
  // Whoever waits for anything of the machine then hears that it has ended.
  progress.signal?.addEventListener("abort", () => void machine.cut(), { once: true });
  // It has been read, and is as large as a release.
  if (memory !== undefined) await rm(memory);
  return await work({ machine, traffic });
};

const COPIES = "copies";

/**
 * Stops a machine, copies its memory and its disk, and lets it go on. The copy has the repository as it is now: what the first node meets later is not
 * for the copy, which has to go on finding on its channel what it has gone back from.
 */
const copyOf = async (
  { exec, clock, directory }: Theatre,
  shop: OpenedWorkshop,
  { machine, disk }: Pick<StagedNode, "machine"> & Pick<Props, "disk">,
  name: string,
): Promise<Props> => {
  const place = path.join(directory, COPIES, name);
  await mkdir(place, { recursive: true });
  const copy = {
    disk: path.join(place, "disk.raw"),
    memory: path.join(place, "memory"),
    repo: path.join(place, "repo"),
  };
  await shop.copy(copy.repo);
  // Beside the disk is where the machine may write.
  const memory = `${disk}.memory`;
  await machine.execute("stop");
  await saveMemory(machine.execute, clock, memory);
  await exec.run({
    argv: ["cp", "--sparse=always", disk, copy.disk],
    purpose: "copying the node's disk",
  });
  await machine.execute("cont");
  await rename(memory, copy.memory);
  return copy;
};

const playOnCopy = (
  theatre: Theatre,
  copy: Props,
  scene: Scene,
  { made, ...has }: { readonly made: MadeRelease | undefined } & Parameters<typeof play>[3],
): Promise<SceneReport> =>
  onNode(theatre, copy, async (node) => {
    if (made !== undefined) node.traffic.learn(made);
    return play(theatre, node, scene, has);
  });

const TAIL_LINES = 40;
/** For a node that may not answer any more. */
const LAST_WORDS_MS = 30_000;

/** What the agent and the units around it have to say. */
const LAST_WORDS =
  "slipway-agent status; slipway-agent history; journalctl --no-pager --lines=60 'SYSLOG_IDENTIFIER=slipway-agent' + UNIT=slipway-agent.service + _SYSTEMD_UNIT=slipway-verdict.service; systemctl --failed --no-legend";

/** Adds to a failure what the machine's console said last, and what the agent knows. */
const explaining = async <T>(
  { progress }: Pick<Theatre, "progress">,
  machine: MachineSession,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    if (progress.signal?.aborted === true)
      throw new HostError("ABORTED", "interrupted while telling the story", { cause });
    if (!(cause instanceof ComposerError)) throw cause;
    const words = await machine.run(LAST_WORDS, LAST_WORDS_MS).then(
      ({ stdout, stderr }) => `the agent on the node:\n${stdout}${stderr}`,
      () => "the node does not answer",
    );
    const tail = consoleTail(machine.console(), TAIL_LINES);
    throw new ComposerError(
      "DEMO_FAILED",
      `${cause.message}\n${words}\nthe last lines of its console:\n${tail}`,
      { cause, hint: "run it again with --keep and look at what it leaves" },
    );
  }
};
