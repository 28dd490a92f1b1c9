/** What the tasks stand on. Each port is given in, so that a test runs the same code on a directory of files. */
import type { BlockDevices, Clock, DurableDirectory, Exec, Files } from "@slipway/host";
import type { StageProgress } from "@slipway/receiver";
import type { ReleaseManifest } from "@slipway/release";
import type { EtcReport } from "../etc/report.ts";
import type { HookPorts } from "../hooks/ports.ts";
import type { ReleaseRef } from "../machine/release.ts";
import type { NodeView } from "../node/facts.ts";
import type { HostReader } from "../node/host-reader.ts";

/** Where things are on a node. */
export interface Places {
  /** Of the ESP, where entries are. */
  readonly entries: string;
  /** Where the ESP is mounted. */
  readonly esp: string;
  /** The loaders that the booted image ships, under systemd's names. */
  readonly loaders: string;
  /** The agent's own on `/var`, mode 0700. */
  readonly state: string;
  /** The uppers of /etc, one a release. */
  readonly etcState: string;
  /** The node's merged /etc. */
  readonly etc: string;
  /** The booted root, without what is mounted over it. */
  readonly root: string;
  /** In memory: mount points, scratch files. */
  readonly run: string;
  /** The root of trust that the booted image ships. */
  readonly trustRoot: string;
}

export const NODE_PLACES: Places = {
  entries: "/efi/EFI/Linux",
  esp: "/efi",
  loaders: "/usr/lib/systemd/boot/efi",
  state: "/var/lib/slipway/agent",
  etcState: "/var/lib/slipway/etc",
  etc: "/etc",
  root: "/",
  run: "/run/slipway/agent",
  trustRoot: "/usr/lib/slipway/root.json",
};

/** Of the settings, what the tasks go by. */
export interface TaskSettings {
  /** Copies of one repository, the preferred one first: `https:`, `http:` and `file:` addresses. */
  readonly repository: readonly string[];
  readonly channel: string;
  readonly group: string | undefined;
  readonly wariness: number | undefined;
  readonly bytesPerSecond: number | undefined;
  readonly hookTimeoutSeconds: number | undefined;
}

export interface TaskContext {
  /** Looks at the node anew. @throws NodeError */
  readonly look: () => Promise<NodeView>;
  readonly settings: () => Promise<TaskSettings>;
  /** The node's id in rollouts. */
  readonly nodeId: () => Promise<string>;
  /** When the booted release was built: the clock was not earlier than that, whatever it says. */
  readonly buildDate: () => Promise<Date>;
  readonly reader: HostReader;
  readonly files: Files;
  readonly devices: BlockDevices;
  readonly exec: Exec;
  readonly hooks: HookPorts;
  /** Makes /etc of the booted release that of the staged one, durably. @throws TaskError, EtcError, HostError */
  readonly carryEtc: (view: NodeView, manifest: ReleaseManifest) => Promise<EtcReport>;
  /** Keeps how the node is on the booted release, for the verdict on the one that it is left for. Never rejects. */
  readonly remember: (booted: ReleaseRef) => Promise<void>;
  /** A directory that is there when this resolves, for root alone. */
  readonly directory: (path: string) => Promise<DurableDirectory>;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly places: Places;
  readonly log: (line: string) => void;
  readonly progress: (progress: StageProgress) => void;
  readonly signal?: AbortSignal;
}
