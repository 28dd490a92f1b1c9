import path from "node:path";
import type { BootOptions } from "@slipway/composer";
import {
  jsonDocument,
  type OptionTable,
  parseArguments,
  parseSize,
  printable,
  printableLine,
  usageError,
  wholeNumber,
} from "@slipway/host/command-line";
import { cacheDirectory } from "../arguments/places.ts";
import type { Composer } from "../composer.ts";
import type { Display } from "../progress/display.ts";
import type { World } from "../world.ts";
import { type Command, COMMON_OPTIONS, type Outcome } from "./command.ts";

const OPTIONS = {
  memory: { type: "string", value: "MIB", help: "The machine's memory in MiB. Default: 1024." },
  "disk-size": {
    type: "string",
    value: "SIZE",
    help: "Size of the disk that the machine sees, such as 20G; not less than the image has.",
  },
  "add-disk": {
    type: "string",
    multiple: true,
    value: "FILE",
    help: "A further disk for the machine, raw or qcow2; may be given more than once. It is not written to: see --keep.",
  },
  ssh: {
    type: "boolean",
    help: "Let this machine's programs in by ssh: prints the command once QEMU runs. The guest still reaches nothing outside.",
  },
  "ssh-key": {
    type: "string",
    value: "FILE",
    help: "With --ssh: the public key that opens the guest, as root, for this start. Without it: the keys that the image has.",
  },
  credential: {
    type: "string",
    multiple: true,
    value: "NAME=FILE",
    help: "A secret for the machine: what FILE holds becomes the systemd credential NAME; may be given more than once.",
  },
  keep: {
    type: "boolean",
    help: "Keep what the machine writes, beside its disks, and go on from there the next time.",
  },
  exec: {
    type: "string",
    value: "COMMAND",
    help: "Wait until the system has come up, run COMMAND in its shell, print what it prints, power off, and exit with its status.",
  },
  timeout: {
    type: "string",
    value: "SECONDS",
    help: "With --exec: give up after so long. Default: 600.",
  },
  cache: {
    type: "string",
    value: "DIR",
    help: "Where QEMU is kept. Default: $XDG_CACHE_HOME/slipway or ~/.cache/slipway.",
  },
  json: {
    type: "boolean",
    help: "With --exec: print one JSON document with status, output and times.",
  },
  ...COMMON_OPTIONS,
} as const satisfies OptionTable;

export interface RunArguments {
  readonly target: string;
  readonly cache: string;
  readonly memoryMib: number | undefined;
  readonly diskBytes: number | undefined;
  readonly addDisks: readonly string[];
  readonly ssh: { readonly keyFile: string | undefined } | undefined;
  readonly credentials: readonly { readonly name: string; readonly file: string }[];
  readonly keep: boolean;
  readonly exec: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly json: boolean;
}

const readDiskSize = (text: string): number => {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  throw usageError(
    `--disk-size is '${printableLine(text)}'`,
    "write a number and M, G or T, such as 20G",
  );
};

const readCredential = (
  text: string,
  absolute: (file: string) => string,
): { readonly name: string; readonly file: string } => {
  const [, name, file] = /^([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)$/.exec(text) ?? [];
  if (name !== undefined && file !== undefined) return { name, file: absolute(file) };
  throw usageError(
    "--credential is not NAME=FILE",
    "write the name of a secret and the file that holds it, such as db-password=./password.txt",
  );
};

export const readRunArguments = (
  args: readonly string[],
  surroundings: Pick<World, "environment" | "directory" | "home">,
): RunArguments => {
  const { values, positionals } = parseArguments(args, OPTIONS, {
    name: "DIR or DISK",
    least: 1,
    most: 1,
  });
  const { memory, exec, timeout } = values;
  if (exec === undefined && values.json === true) {
    throw usageError("--json is for the outcome of a command", "add --exec COMMAND");
  }
  if (exec === undefined && timeout !== undefined) {
    throw usageError("--timeout is for a command", "add --exec COMMAND");
  }
  if (exec !== undefined && values.ssh === true) {
    throw usageError("--ssh is for a machine on your terminal", "leave out --exec");
  }
  const key = values["ssh-key"];
  if (key !== undefined && values.ssh !== true) {
    throw usageError("--ssh-key is for --ssh", "add --ssh");
  }
  const absolute = (file: string): string => path.resolve(surroundings.directory, file);
  return {
    target: absolute(positionals[0] ?? ""),
    cache: cacheDirectory(values.cache, surroundings),
    memoryMib:
      memory === undefined
        ? undefined
        : wholeNumber("memory", memory, { least: 256, most: 1_048_576 }),
    diskBytes: values["disk-size"] === undefined ? undefined : readDiskSize(values["disk-size"]),
    addDisks: (values["add-disk"] ?? []).map(absolute),
    ssh:
      values.ssh === true ? { keyFile: key === undefined ? undefined : absolute(key) } : undefined,
    credentials: (values.credential ?? []).map((text) => readCredential(text, absolute)),
    keep: values.keep === true,
    exec,
    timeoutMs:
      timeout === undefined
        ? undefined
        : wholeNumber("timeout", timeout, { least: 1, most: 86_400 }) * 1000,
    json: values.json === true,
  };
};

type Boot = Composer["bootMachine"];

/** Boots, and shows the guest's output as it comes, with nothing of ours between its lines. */
const runCommand = async (
  boot: Boot,
  options: Omit<BootOptions, "onStdout" | "onStderr" | "onMessage">,
  { json, world, display }: { json: boolean; world: World; display: Display },
): Promise<Outcome> => {
  // A write that fails is reported when the machine is off.
  let written: Promise<unknown> = Promise.resolve();
  const outcome = await display.progress.task("machine", "coming up", () =>
    boot({
      ...options,
      onStdout: (chunk) => {
        if (json) return;
        display.close();
        written = Promise.all([written, world.writeData(chunk)]);
        // Awaited below: until then a failure is kept, not forgotten.
        written.catch(() => undefined);
      },
      onStderr: (chunk) => {
        if (json) return;
        display.close();
        world.screen.write(chunk);
      },
      onMessage: (message) => display.say(printable(message)),
    }),
  );
  await written;
  const { exitStatus: status } = outcome;
  if (!json || outcome.kind === "terminal") return { status };
  const { exitStatus, stdout, stderr, state, timings } = outcome;
  return { data: jsonDocument({ exitStatus, stdout, stderr, state, timings }), status };
};

/** Boots with the guest's console on this terminal, which is its own from the first message on. */
const runTerminal = async (
  boot: Boot,
  options: Omit<BootOptions, "onStdout" | "onStderr" | "onMessage">,
  display: Display,
): Promise<Outcome> => {
  const { exitStatus } = await boot({
    ...options,
    onStdout: () => undefined,
    onStderr: () => undefined,
    onMessage: (message) => {
      display.close();
      display.say(printable(message));
    },
  });
  return { status: exitStatus };
};

export const run: Command = {
  help: {
    summary: "Boot a release or a disk in a virtual machine",
    usage: [
      "run DIR|DISK [--memory MIB] [--disk-size SIZE] [--add-disk FILE]… [--ssh [--ssh-key FILE]] [--credential NAME=FILE]… [--keep]",
      "run DIR|DISK --exec COMMAND [--timeout SECONDS] [--json]",
    ],
    about: [
      "Boots the disk of the release in DIR, or DISK, in QEMU: with KVM where it works, else in software, which is slow. The image itself is never written to; without --keep all that the machine writes is thrown away. The machine reaches no network.",
      "Its console is on your terminal: Ctrl-A X ends it.",
    ],
    options: OPTIONS,
    examples: [
      { line: "slipway run out/base/1/x86_64", does: "Boot and look around." },
      {
        line: "slipway run out/base/1/x86_64 --exec 'systemctl is-system-running; cat /etc/os-release'",
        does: "Boot, ask, power off.",
      },
      {
        line: "slipway run out/base/1/x86_64 --disk-size 20G --keep",
        does: "Give it a larger disk and let it remember.",
      },
      {
        line: "slipway run out/base/1/x86_64 --ssh --ssh-key ~/.ssh/id_ed25519.pub",
        does: "Boot, and be let in as root from another terminal.",
      },
    ],
    exits: [["N", "with --exec: the command's own status, whatever it is"]],
  },
  run: async (args, world, display) => {
    const given = readRunArguments(args, world);
    const { bootMachine } = await world.composer();
    const { exec, memoryMib, diskBytes, timeoutMs, json } = given;
    const options = {
      target: given.target,
      keep: given.keep,
      addDisks: given.addDisks,
      credentials: given.credentials,
      ...(given.ssh === undefined ? {} : { ssh: given.ssh }),
      cache: given.cache,
      exec: world.exec,
      clock: world.clock,
      progress: display.progress,
      ...(memoryMib === undefined ? {} : { memoryMib }),
      ...(diskBytes === undefined ? {} : { diskBytes }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
    return exec === undefined
      ? runTerminal(bootMachine, options, display)
      : runCommand(bootMachine, { ...options, command: exec }, { json, world, display });
  },
};
