/** A world for the command line that is nothing but values. */
import { TreeRefused } from "@slipway/composer";
import { linuxExec } from "@slipway/host";
import { type ManualClock, manualClock } from "@slipway/host/testing";
import type { DefinitionIo } from "@slipway/ignition-config";
import type { Composer } from "../../src/composer.ts";
import type { TerminalModel } from "./a-terminal.ts";
import { runSlipway } from "../../src/slipway.ts";
import type { CreateFiles, World } from "../../src/world.ts";

const notExpected = (name: string) => async (): Promise<never> => {
  throw new Error(`${name} was not to be called`);
};

/** A composer that answers only what a test has taught it. */
export const aComposer = (taught: Partial<Composer>): Composer => ({
  TreeRefused,
  buildReleases: notExpected("buildReleases"),
  planBuild: notExpected("planBuild"),
  lockImage: notExpected("lockImage"),
  bootMachine: notExpected("bootMachine"),
  collectGarbage: notExpected("collectGarbage"),
  editRepository: notExpected("editRepository"),
  exportRelease: notExpected("exportRelease"),
  publish: notExpected("publish"),
  serveRepository: notExpected("serveRepository"),
  verifyRepository: notExpected("verifyRepository"),
  inspectRelease: notExpected("inspectRelease"),
  diffReleases: notExpected("diffReleases"),
  ensureRepository: notExpected("ensureRepository"),
  initKeys: notExpected("initKeys"),
  listKeys: notExpected("listKeys"),
  openKeys: notExpected("openKeys"),
  openMetadata: notExpected("openMetadata"),
  refreshRepository: notExpected("refreshRepository"),
  requireKeys: notExpected("requireKeys"),
  revokeKeys: notExpected("revokeKeys"),
  rotateKeys: notExpected("rotateKeys"),
  runDemo: notExpected("runDemo"),
  presentRelease: () => "",
  ...taught,
});

/** Documents by path. */
export const documents = (texts: Readonly<Record<string, string>>): DefinitionIo => ({
  read: async (path) => {
    const text = texts[path];
    return text === undefined
      ? { ok: false, reason: "missing", detail: "" }
      : { ok: true, bytes: new TextEncoder().encode(text) };
  },
  kind: async (path) => (texts[path] === undefined ? "missing" : "file"),
});

export const GOOD = `variant: slipway
version: 1.0.0
image:
  name: base
  version: "1"
  debian:
    suite: trixie
    packages: [systemd-sysv]
`;

/** The same with a misspelt key on line 8. */
export const BAD: string = GOOD.replace("packages:", "pakages:");

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Setting {
  readonly composer?: Partial<Composer>;
  readonly texts?: Readonly<Record<string, string>>;
  readonly createFiles?: CreateFiles;
  readonly environment?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  /** Where both streams go, as on a person's terminal. */
  readonly terminal?: TerminalModel;
  readonly abort?: AbortController;
  readonly writeData?: World["writeData"];
  readonly clock?: ManualClock;
}

/** Runs the command line in memory. */
export const runInMemory = async (args: readonly string[], setting: Setting = {}): Promise<Ran> => {
  let stdout = "";
  let stderr = "";
  const { terminal } = setting;
  const status = await runSlipway(args, {
    environment: setting.environment ?? {},
    directory: "/project",
    home: "/home/me",
    exec: linuxExec,
    clock: setting.clock ?? manualClock(),
    definitions: documents(setting.texts ?? { "good.yaml": GOOD }),
    createFiles: setting.createFiles ?? notExpected("createFiles"),
    composer: async () => aComposer(setting.composer ?? {}),
    screen: {
      isTerminal: setting.isTerminal ?? false,
      write: (text) => {
        stderr += String(text);
        terminal?.write(text);
      },
      size: () => ({ columns: 80, rows: 24 }),
    },
    writeData:
      setting.writeData ??
      (async (data) => {
        stdout += String(data);
        terminal?.write(data);
      }),
    signal: (setting.abort ?? new AbortController()).signal,
  });
  return { status, stdout, stderr };
};
