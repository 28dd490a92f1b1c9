/** A node as a directory: its /var, /run, ESP and root are real files, read and written by the real adapters. Only systemd is played. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Exec, Files } from "@slipway/host";
import { HostError, linuxFiles, openReadOnly, type ReadOnlyDevice } from "@slipway/host";
import { type ManualClock, manualClock } from "@slipway/host/testing";
import { parseEntryName } from "../../src/esp/entry-name.ts";
import { ENTRY_DIRECTORY, markBad } from "../../src/esp/steps.ts";
import { linuxPlaces } from "../../src/health/linux/places.ts";
import { linuxWeb } from "../../src/health/linux/web.ts";
import type { Places } from "../../src/health/ports.ts";
import { openLedger } from "../../src/ledger/open-ledger.ts";
import type { EspEntry } from "../../src/node/facts.ts";
import type { VerdictPorts } from "../../src/verdict/decide.ts";
import type { ProbationFacts } from "../../src/verdict/standing.ts";
import { makeWatch } from "./watched.ts";

export const BOOT_ID = "01234567-89ab-4def-8123-456789abcdef";
export const NEW_RELEASE = { version: "2", roothash: "b".repeat(64) };
export const OLD_RELEASE = { version: "1", roothash: "a".repeat(64) };

const entryOf = (file: string, roothash: string): EspEntry => {
  const name = parseEntryName(file);
  if (name === undefined) throw new Error(`${file} is no entry`);
  return { file, name, roothash, dataUuid: undefined, hashUuid: undefined, size: 1 };
};

export const OLD_ENTRY = entryOf("base_1_aaaaaaaa.efi", OLD_RELEASE.roothash);
export const NEW_ENTRY = entryOf("base_2_bbbbbbbb+2-1.efi", NEW_RELEASE.roothash);

/** Release 2 in slot b, booted for the first time; release 1 beside it. */
export const PROBATION: ProbationFacts = {
  bootId: BOOT_ID,
  booted: { ...NEW_RELEASE, slot: "b", entry: NEW_ENTRY, unproven: undefined },
  counted: true,
  degraded: [],
  inactive: { slot: "a", release: OLD_RELEASE, entry: OLD_ENTRY, staged: undefined },
};

const rootedFiles = (root: string): Files => ({
  open: (path) => linuxFiles.open(join(root, path)),
  list: (path) => linuxFiles.list(join(root, path)),
  remove: (path) => linuxFiles.remove(join(root, path)),
  rename: (from, to) => linuxFiles.rename(join(root, from), join(root, to)),
  room: (path) => linuxFiles.room(join(root, path)),
});

const rootedPlaces = (root: string): Places => ({
  at: (path) => linuxPlaces.at(join(root, path)),
  start: (path, most) => linuxPlaces.start(join(root, path), most),
  text: (path, most) => linuxPlaces.text(join(root, path), most),
  end: (path, most) => linuxPlaces.end(join(root, path), most),
  names: (path) => linuxPlaces.names(join(root, path)),
  link: (path) => linuxPlaces.link(join(root, path)),
  room: (path) => linuxPlaces.room(join(root, path)),
});

/** What systemd says on this node. */
export interface Manager {
  readonly inactive?: readonly string[];
  readonly failed?: readonly string[];
  readonly jobs?: readonly string[];
}

/** systemctl and journalctl, as far as they are asked. */
const played = ({ inactive = [], failed = [], jobs = [] }: Manager): Exec => ({
  run: async ({ argv }) => {
    const [program, verb] = argv;
    const units = argv.slice(argv.indexOf("--") + 1);
    const answer = (stdout: string) => ({ stdout, stderr: "", exitCode: 0 });
    if (program === "journalctl") return answer(`${argv.at(-1)?.slice(7)} says why\n`);
    if (program === "systemctl" && verb === "show")
      return answer(
        units
          .map((unit) => {
            const state = inactive.includes(unit) ? "inactive" : "active";
            return `Id=${unit}\nLoadState=loaded\nActiveState=${state}\nSubState=dead\nTriggeredBy=\n`;
          })
          .join("\n"),
      );
    if (program === "systemctl" && verb === "list-units")
      return answer(failed.map((unit) => `${unit} loaded failed failed X\n`).join(""));
    if (program === "systemctl" && verb === "list-jobs")
      return answer(jobs.map((unit, id) => `${id} ${unit} start waiting\n`).join(""));
    throw new HostError("COMMAND_MISSING", `${program} was not found`);
  },
});

export interface FakeNode extends AsyncDisposable {
  readonly ports: VerdictPorts;
  readonly clock: ManualClock;
  /** How the node's time passes: a second whenever none of its files is being read or written. */
  readonly pace: { readonly stepMs: number; readonly rest: () => Promise<void> };
  readonly said: string[];
  readonly write: (path: string, text: string | Uint8Array) => Promise<void>;
  /** Nothing where there is no such file. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly entries: () => Promise<readonly string[]>;
}

export interface NodeOptions {
  readonly facts?: Partial<ProbationFacts>;
  readonly manager?: Manager;
  /** Something in the root's place, from the root itself. */
  readonly asRoot?: (root: ReadOnlyDevice) => ReadOnlyDevice;
}

/** What the root holds, through dm-verity. */
export const ROOT_BYTES: number = 3 * 2 ** 20 + 4096;

export const aNode = async ({
  facts = {},
  manager = {},
  asRoot = (device) => device,
}: NodeOptions = {}): Promise<FakeNode> => {
  const root = await mkdtemp(join(tmpdir(), "slipway-verdict-"));
  const clock = manualClock(new Date("2027-01-01T00:00:00Z"));
  const said: string[] = [];
  const write = async (path: string, text: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const watch = makeWatch();
  const files = watch.over(rootedFiles(root));
  const devices = watch.over({ open: openReadOnly });
  await write("/proc/uptime", "100.00 50.00\n");
  await write("/root.img", new Uint8Array(ROOT_BYTES));
  await write(join(ENTRY_DIRECTORY, OLD_ENTRY.file), "x");
  await write(join(ENTRY_DIRECTORY, NEW_ENTRY.file), "x");
  await mkdir(join(root, "/run/slipway/agent"), { recursive: true });
  await mkdir(join(root, "/var/lib/slipway/agent"), { recursive: true });
  return {
    clock,
    pace: { stepMs: 1000, rest: watch.idle },
    said,
    write,
    read: async (path) => {
      try {
        return await readFile(join(root, path), "utf8");
      } catch {
        return undefined;
      }
    },
    entries: async () => (await readdir(join(root, ENTRY_DIRECTORY))).sort(),
    ports: {
      facts: async () => ({ ...PROBATION, ...facts }),
      health: {
        exec: played(manager),
        web: linuxWeb,
        places: watch.over(rootedPlaces(root)),
        clock,
      },
      openRoot: async () => asRoot(await devices.open(join(root, "/root.img"))),
      files,
      ledger: openLedger({
        files,
        directory: "/var/lib/slipway/agent",
        clock,
        exclusively: (work) => work(),
        log: (line) => said.push(line),
      }),
      markBad: async (entry) => {
        await markBad({ files }, { ...entry.name, torn: [entry.file] });
      },
      log: (line) => said.push(line),
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
};
