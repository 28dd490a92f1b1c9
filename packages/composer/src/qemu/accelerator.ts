/** Whether this machine's KVM really runs guests. A device file that opens says nothing: guests may die all the same. */
import { constants } from "node:fs";
import { access, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import { type Accelerator, probeCommand } from "./machine.ts";
import type { Spawn } from "./spawn.ts";
import { parseVerdict, type ProbeVerdict, verdictFor } from "./verdict.ts";

/** Firmware under working KVM speaks within two seconds. */
const PROBE_MS = 15_000;

export interface AcceleratorChoice {
  readonly accelerator: Accelerator;
  /** Why there is no KVM, for a person; undefined when there is. */
  readonly reason: string | undefined;
}

export interface ProbeRequest {
  readonly spawn: Spawn;
  readonly clock: Clock;
  readonly tree: string;
  readonly architecture: Architecture;
  /** Where the verdict is remembered until the next boot of this machine. */
  readonly memory: string;
}

/** KVM when it has been seen to work since this machine was booted, else emulation. */
export const chooseAccelerator = async (request: ProbeRequest): Promise<AcceleratorChoice> => {
  const { architecture } = request;
  if (architecture !== hostArchitecture()) {
    return { accelerator: "tcg", reason: `this machine is no ${architecture} one` };
  }
  const usable = await access("/dev/kvm", constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!usable) return { accelerator: "tcg", reason: "/dev/kvm is missing or not ours to open" };
  const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  const file = path.join(request.memory, `kvm-${architecture}.json`);
  const remembered = await readFile(file, "utf8").then(
    (text) => parseVerdict(text, bootId, request.tree),
    () => undefined,
  );
  const verdict: Probed =
    remembered === undefined ? await probe(request) : { ...remembered, certain: true };
  if (remembered === undefined && verdict.certain) {
    await writeFile(file, verdictFor(verdict, bootId, request.tree));
  }
  return verdict.works
    ? { accelerator: "kvm", reason: undefined }
    : { accelerator: "tcg", reason: verdict.reason };
};

const hostArchitecture = (): Architecture | undefined =>
  new Map<string, Architecture>([
    ["x64", "x86_64"],
    ["arm64", "aarch64"],
  ]).get(process.arch);

/** A failure that is not QEMU's says nothing of KVM, and is not to be remembered. */
type Probed = ProbeVerdict & { readonly certain: boolean };

/** Starts firmware under KVM: the first thing it says proves that guest code runs. */
const probe = async ({ spawn, clock, tree, architecture }: ProbeRequest): Promise<Probed> => {
  const program = spawn(tree, probeCommand(architecture, "kvm"), { terminal: false, channels: 0 });
  let complaint = "";
  program.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString("utf8");
  });
  const done = new AbortController();
  const spoke = new Promise<Probed>((resolve) => {
    program.stdout?.once("data", () => {
      resolve({ works: true, certain: true });
    });
  });
  const died = program.ended.then((): Probed => {
    const [line = ""] = complaint.split("\n").filter((one) => one.trim() !== "");
    return {
      works: false,
      reason: `KVM guests die at once${line === "" ? "" : `: ${line.trim()}`}`,
      certain: line.startsWith("qemu-system-") || line.startsWith("KVM"),
    };
  });
  const silent = clock.sleep(PROBE_MS, done.signal).then(
    (): Probed => ({
      works: false,
      reason: `KVM guests are silent for ${PROBE_MS / 1000} s`,
      certain: true,
    }),
    (): Probed => ({ works: false, reason: "the probe was ended", certain: false }),
  );
  try {
    return await Promise.race([spoke, died, silent]);
  } finally {
    done.abort();
    program.kill();
    await program.ended;
  }
};
