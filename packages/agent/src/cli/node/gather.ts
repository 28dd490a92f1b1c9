/** What a support bundle is made of. Each part is asked for by itself: what cannot be had is told in its place. */
import { readFile } from "node:fs/promises";
import process from "node:process";
import { linuxExec } from "@slipway/host";
import { VERSION } from "../../version.ts";
import type { Look, SupportFile } from "../agent.ts";
import { statusDocument } from "../present/status-document.ts";
import { readThisNode } from "./node-ports.ts";
import { inRun, inState } from "./places.ts";

const PATIENCE_MS = 30_000;
const MOST_LINES = 5000;

const UNITS = [
  "slipway-agent.service",
  "slipway-agent.socket",
  "slipway-verdict.service",
  "slipway-loader.service",
  "slipway-task@*.service",
  "slipway-hook@*.service",
  "systemd-bless-boot.service",
  "boot-complete.target",
] as const;

const said = async (argv: readonly [string, ...string[]]): Promise<string> => {
  const result = await linuxExec.run(
    { argv, purpose: "gathering facts for support", timeoutMs: PATIENCE_MS },
    { accept: [0, 1, 2, 3, 4] },
  );
  return result.stdout === "" ? result.stderr : result.stdout;
};

const journal = (boot: string): Promise<string> =>
  said([
    "journalctl",
    "--no-pager",
    `--boot=${boot}`,
    `--lines=${MOST_LINES}`,
    "--output=short-iso",
    ...UNITS.map((unit) => `--unit=${unit}`),
  ]);

const json = (value: unknown): string => `${JSON.stringify(value, mapsToo, 2)}\n`;

const mapsToo = (_: string, value: unknown): unknown =>
  value instanceof Map ? Object.fromEntries(value) : value instanceof Set ? [...value] : value;

const file = (path: string): Promise<string> => readFile(path, "utf8");

/** Every part, by the name of its file. */
const parts = (look: () => Promise<Look>): Readonly<Record<string, () => Promise<string>>> => ({
  "status.json": async () => json(statusDocument(await look())),
  "facts.json": async () => json((await readThisNode()).facts),
  "config.json": async () => {
    const { settings, origins, findings, files } = (await look()).config;
    return json({ settings, origins, findings, files });
  },
  "versions.json": async () =>
    json({ agent: VERSION, node: process.versions.node, v8: process.versions.v8 }),
  "os-release": () => file("/usr/lib/os-release"),
  "release.json": () => file("/usr/lib/slipway/release.json"),
  cmdline: () => file("/proc/cmdline"),
  "state.json": () => file(inState("state.json")),
  "ledger-0": () => file(inState("ledger-0")),
  "ledger-1": () => file(inState("ledger-1")),
  "verdict.json": () => file(inRun("verdict.json")),
  "task.json": () => file(inRun("task.json")),
  "result.json": () => file(inRun("result.json")),
  "journal-of-this-boot": () => journal("0"),
  "journal-of-the-boot-before": () => journal("-1"),
  "failed-units": () => said(["systemctl", "--no-pager", "--failed"]),
  units: () => said(["systemctl", "--no-pager", "--full", "status", ...UNITS]),
  "kernel-messages": () =>
    said(["journalctl", "--no-pager", "--boot=0", "--dmesg", `--lines=${MOST_LINES}`]),
  "boot-entries": () => said(["ls", "-l", "--time-style=full-iso", "/efi/EFI/Linux"]),
  "file-systems": () => said(["df", "--block-size=1K", "/", "/var", "/efi"]),
  "block-devices": () => said(["lsblk", "--output", "NAME,SIZE,TYPE,PARTLABEL,FSTYPE,MOUNTPOINTS"]),
  uptime: () => file("/proc/uptime"),
});

export const gatherSupport = async (look: () => Promise<Look>): Promise<readonly SupportFile[]> => {
  const gathered: SupportFile[] = [];
  for (const [name, read] of Object.entries(parts(look))) {
    try {
      gathered.push({ name, text: await read() });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      gathered.push({ name, text: `(cannot be had: ${reason})\n` });
    }
  }
  return gathered;
};
