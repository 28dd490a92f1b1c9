/** The releases of the demonstration: one small server, which each version changes a little, some of them for the worse. Pure. */
import type { Architecture } from "@slipway/ignition-config";
import { AGENT_FILES } from "../agent/agent-paths.ts";
import { SERVER_FOR_GUESTS } from "../qemu/machine.ts";

export const IMAGE = "demo";
export const CHANNEL = "demo";

export const RELEASES = ["1", "2", "3", "4", "5"] as const;

/** Their versions. */
export type DemoRelease = (typeof RELEASES)[number];

/** What each is, for people. */
const WHAT_IT_IS: ReadonlyMap<string, string> = new Map<DemoRelease, string>([
  ["1", "the last point release's packages"],
  ["2", "with today's security updates"],
  ["3", "whose service does not start"],
  ["4", "whose kernel panics"],
  ["5", "whose agent is cut in half"],
]);

export const whatItIs = (version: string): string => WHAT_IT_IS.get(version) ?? "";

export interface DemoSettings {
  readonly architecture: Architecture;
  /** The document that every image begins with, beside the definition. */
  readonly base: string;
  /** The repository's first root, beside the definition. */
  readonly root: string;
  /** What it calls itself. Default: the release's own name. */
  readonly version?: string;
  /** Half of the agent, beside the definition; for release 5. */
  readonly halfAgent: string;
  /** A file that this release has more than others, beside the definition. */
  readonly ballast?: string;
  /** How long nodes wait between two looks at the repository. */
  readonly pollSeconds: number;
}

/** The agent's program in a root. */
export const AGENT_FILE: string = AGENT_FILES.program;

const SERVICE = "greeter.service";
const PROGRAM = "/usr/lib/greeter/greeter";

/** Not more than what a health check can look at. */
const greeter = (release: DemoRelease): string =>
  release === "3"
    ? "#!/bin/sh\necho 'greeter: no such option: --listen' >&2\nexit 64\n"
    : `#!/bin/sh\necho 'release ${release}' >/run/greeting\nexec sleep infinity\n`;

const units = (release: DemoRelease): readonly object[] => [
  {
    name: SERVICE,
    enabled: true,
    contents: `[Unit]
Description=What this server is for
[Service]
ExecStart=${PROGRAM}
[Install]
WantedBy=multi-user.target
`,
  },
  SOON,
  ...(release === "5" ? [CUTS_AGENT] : []),
];

/** Elsewhere the daemon leaves half a minute to what the node is for. */
const SOON = {
  name: "slipway-agent.timer",
  dropins: [{ name: "soon.conf", contents: "[Timer]\nOnActiveSec=\nOnActiveSec=1s\n" }],
};

const HALF_AGENT_FILE = "/usr/lib/greeter/half-of-the-agent.mjs";

/** No definition can put another agent into an image: this one lays half of it over the whole. */
const CUTS_AGENT = {
  name: "usr-lib-slipway-agent-agent.mjs.mount",
  enabled: true,
  contents: `[Unit]
DefaultDependencies=no
Before=local-fs.target
[Mount]
What=${HALF_AGENT_FILE}
Where=${AGENT_FILE}
Type=none
Options=bind
[Install]
WantedBy=local-fs.target
`,
};

/** Seconds that a panic stays on the console, elsewhere ten; nobody sits before this one. */
const PANIC_SECONDS = 1;

/** A kernel that finds neither its initrd's program nor a root panics before anything else runs: what a kernel without the right driver does. */
const PANICS = "rdinit=/no-such-program";

/** A slot holds twice what the root needs, and is soon written under emulation. */
const SLOT_MIB = 768;

/** The definition's text. JSON is YAML, and quotes whatever a path holds. */
export const definitionOf = (
  release: DemoRelease,
  { version = release, ...settings }: DemoSettings,
): string =>
  JSON.stringify(
    {
      variant: "slipway",
      version: "1.0.0",
      include: [settings.base],
      image: {
        name: IMAGE,
        version,
        architectures: [settings.architecture],
        slot_size_mib: SLOT_MIB,
        update: {
          repository: [SERVER_FOR_GUESTS],
          channel: CHANNEL,
          root: settings.root,
          poll_seconds: settings.pollSeconds,
        },
        health: {
          checks: [
            { name: "greeter", units: { active: [SERVICE] }, retries: 2, interval_seconds: 2 },
          ],
        },
      },
      storage: {
        files: [
          { path: PROGRAM, mode: 0o755, contents: { inline: greeter(release) } },
          ...(settings.ballast === undefined
            ? []
            : [{ path: "/usr/lib/greeter/ballast", contents: { local: settings.ballast } }]),
          ...(release === "5"
            ? [{ path: HALF_AGENT_FILE, contents: { local: settings.halfAgent } }]
            : []),
        ],
      },
      kernel_arguments: {
        should_exist: [`panic=${PANIC_SECONDS}`, ...(release === "4" ? [PANICS] : [])],
      },
      systemd: { units: units(release) },
    },
    undefined,
    2,
  );
