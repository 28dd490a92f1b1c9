/** One scene of the story on a node: what is done, what must come of it, and what it took. Shell. */
import type { Clock } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import type { Task } from "../progress.ts";
import type { MachineSession } from "../qemu/session.ts";
import { type AgentRecord, type AgentStatus, parseHistory, parseStatus } from "./agent-answers.ts";
import type { Scene } from "./story.ts";
import { type Traffic, type TrafficCounter, trafficSince } from "./traffic.ts";

export interface SceneReport {
  readonly id: Scene["id"];
  readonly title: string;
  /** From the release's being published, or the command's being typed, until the node had come to rest. */
  readonly seconds: number;
  /** The same, until the machine was reset for the first time; absent where it was not. */
  readonly secondsToReset?: number;
  readonly resets: number;
  readonly traffic: Traffic;
  readonly status: AgentStatus;
  /** What came into the node's history meanwhile. */
  readonly history: readonly AgentRecord[];
  /** How long the node was watched doing nothing, and what it asked of the repository. */
  readonly idle?: { readonly seconds: number; readonly polls: number };
}

/** As much of a machine as a scene needs. */
export type Player = Pick<MachineSession, "up" | "run" | "send" | "resets" | "reset">;

export interface Stage {
  readonly machine: Player;
  readonly clock: Clock;
  readonly traffic: TrafficCounter;
  /** Puts a release on the channel. */
  readonly offer: (release: NonNullable<Scene["publishes"]>) => Promise<void>;
  /** How many records of the history the node had before. */
  readonly known: number;
  /** Aborted when nobody wants to know any more. */
  readonly signal: AbortSignal | undefined;
}

/** All of a scene: staging, as many boots as it has, and health checks, in emulation on a busy machine. */
const SCENE_MS = 15 * 60_000;
/** A busy machine that emulates another architecture was seen to need more than five minutes. */
const COMMAND_MS = 600_000;
/** What a look of the node's at the repository may take with the wait before it. */
const POLL_MS = 30_000;
/** Between two looks at a node that has not come to rest: under emulation each takes some seconds of what it is busy with. */
const LOOK_MS = 4000;
/** How often what the repository was asked is looked at: here, where it costs nobody anything. */
const WATCH_MS = 250;
/** From a boot's end to the daemon's first look: it starts half a minute later, and under emulation takes its time. */
const FIRST_LOOK_MS = 300_000;
/** Who is to be seen doing nothing looks often. */
const OFTEN =
  "mkdir -p /etc/slipway/agent.d; echo 'poll_seconds: 1' >/etc/slipway/agent.d/50-often.yaml; systemctl reload slipway-agent.service";

/** @throws ComposerError `DEMO_FAILED` when it does not end as it must, and what machines throw. */
export const playScene = async (
  stage: Stage,
  scene: Scene,
  task: Pick<Task, "note">,
): Promise<SceneReport> => {
  const { machine, clock, traffic, offer, known } = stage;
  if (scene.edits !== undefined) await outputOf(machine, scene.edits);
  const resetsBefore = machine.resets();
  const trafficBefore = traffic.now();
  if (scene.publishes !== undefined) await offer(scene.publishes);
  const started = clock.monotonicMs();
  const since = (): number => Math.round(clock.monotonicMs() - started) / 1000;
  if (scene.types !== undefined) machine.send(scene.types);

  let polls = trafficBefore.polls;
  let secondsToReset: number | undefined;
  for (let reset = 1; reset <= scene.resets; reset += 1) {
    await machine.reset(resetsBefore + reset, SCENE_MS);
    polls = traffic.now().polls;
    secondsToReset ??= since();
    task.note(`restarted ${reset} of ${scene.resets}, ${Math.round(since())} s`);
  }
  // Without a restart it is the boot that began when the machine was switched on, which nobody has waited for.
  await machine.up(SCENE_MS);
  await hasLooked(stage, polls);
  const status = await atRest(stage, scene);
  const seconds = since();
  requireEnd(scene, status);
  for (const [file, text] of Object.entries(scene.ends.files ?? {}))
    requireFile(file, text, await outputOf(machine, `cat ${file}`));
  const idle =
    scene.idlePolls === undefined ? undefined : await watchIdle(stage, scene.idlePolls, task);
  const history = parseHistory(await outputOf(machine, "slipway-agent history --json"));
  if (idle !== undefined) requireEnd(scene, await statusOf(machine));
  if (machine.resets() !== resetsBefore + scene.resets)
    throw failed(`the machine was reset ${machine.resets() - resetsBefore} times`);
  return {
    ...{ id: scene.id, title: scene.title, seconds, resets: scene.resets, status },
    ...(secondsToReset === undefined ? {} : { secondsToReset }),
    traffic: trafficSince(trafficBefore, traffic.now()),
    history: history.slice(known),
    ...(idle === undefined ? {} : { idle }),
  };
};

/** What a script in the guest prints. @throws ComposerError `DEMO_FAILED` when it fails. */
export const outputOf = async (machine: Pick<Player, "run">, script: string): Promise<string> => {
  const { status, stdout, stderr } = await machine.run(script, COMMAND_MS);
  if (status === 0) return stdout.trim();
  throw failed(`on the node, this ended with status ${status}: ${script}\n${stdout}${stderr}`);
};

const statusOf = async (machine: Player): Promise<AgentStatus> =>
  parseStatus(await outputOf(machine, "slipway-agent status --json"));

/** States in which a node is under way, or does not know yet. */
const UNDER_WAY: ReadonlySet<string> = new Set([
  ...["init", "probation", "fetching", "staged", "finalizing", "rolling-back"],
]);

/**
 * Waits until the daemon has looked at the repository since it had done so `polls` times, which it does when it has dealt with how the boot ended. One that
 * does not is asked all the same: what it says decides.
 */
const hasLooked = async ({ clock, traffic, signal }: Stage, polls: number): Promise<void> => {
  const deadline = clock.monotonicMs() + FIRST_LOOK_MS;
  while (traffic.now().polls === polls && clock.monotonicMs() < deadline)
    await clock.sleep(WATCH_MS, signal);
};

/** Waits until the node has nothing more to do, by its own word, and all that happened is in its history. */
const atRest = async ({ machine, clock, signal }: Stage, { ends }: Scene): Promise<AgentStatus> => {
  // Probation reads the whole release, and has ten minutes for that by itself.
  const deadline = clock.monotonicMs() + SCENE_MS;
  for (;;) {
    const status = await statusOf(machine);
    const settled =
      status.blessed &&
      !UNDER_WAY.has(status.state) &&
      ends.forbidden.every((release) => status.forbidden.includes(release));
    if (settled || clock.monotonicMs() > deadline) return status;
    await clock.sleep(LOOK_MS, signal);
  }
};

const requireEnd = ({ ends }: Scene, status: AgentStatus): void => {
  const { version, blessed, forbidden } = status;
  const wrong =
    version !== ends.booted ||
    !blessed ||
    JSON.stringify(forbidden) !== JSON.stringify(ends.forbidden);
  if (wrong)
    throw failed(
      `the node should run release ${ends.booted} and refuse [${ends.forbidden.join(", ")}]; it says ${JSON.stringify(status)}`,
    );
};

const requireFile = (file: string, wanted: string, found: string): void => {
  if (found !== wanted) throw failed(`${file} should hold '${wanted}', and holds '${found}'`);
};

/** Waits until the daemon has looked at the repository so often. */
const watchIdle = async (
  { machine, clock, traffic, signal }: Stage,
  polls: number,
  task: Pick<Task, "note">,
): Promise<NonNullable<SceneReport["idle"]>> => {
  await outputOf(machine, OFTEN);
  const [started, before] = [clock.monotonicMs(), traffic.now()];
  for (;;) {
    const { polls: seen, bytes } = trafficSince(before, traffic.now());
    const seconds = (clock.monotonicMs() - started) / 1000;
    if (bytes.delta + bytes.index + bytes.full > 0)
      throw failed("the node fetched a release again that it had gone back from");
    if (seen >= polls) return { seconds: Math.round(seconds), polls: seen };
    if (seconds * 1000 > SCENE_MS + polls * POLL_MS)
      throw failed(`the node looked at the repository only ${seen} times`);
    task.note(`${seen} of ${polls} looks at the repository`);
    await clock.sleep(LOOK_MS, signal);
  }
};

const failed = (what: string): ComposerError => new ComposerError("DEMO_FAILED", what);
