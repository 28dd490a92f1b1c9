/** Directories of hooks that are real programs, in a place of their own. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { HookCall } from "../../src/hooks/environment.ts";
import { linuxHookPorts } from "../../src/hooks/linux/ports.ts";
import type { HookPorts } from "../../src/hooks/ports.ts";
import type { HookRun } from "../../src/hooks/run-hooks.ts";
import { ONE, TWO } from "../cli/an-agent.ts";

export const CALL: HookCall = {
  point: "pre-reboot",
  image: "edge",
  booted: ONE,
  target: { release: TWO, reason: "update", byHand: false },
};

export interface Scene extends Disposable {
  readonly at: (name: string) => string;
  readonly directories: readonly string[];
  readonly logged: string[];
  readonly ports: HookPorts;
  /** A program of a directory, such as `etc/pre-reboot.d/10-a`, as the text of a shell's script. */
  readonly put: (name: string, script: string, mode?: number) => string;
  readonly run: (with_?: Partial<HookRun>) => HookRun;
  readonly read: (name: string) => string;
}

export const aScene = (): Scene => {
  const place = mkdtempSync(path.join(tmpdir(), "slipway-hooks-"));
  const at = (name: string): string => path.join(place, name);
  const logged: string[] = [];
  const directories = ["usr", "etc", "run"].map(at);
  return {
    at,
    directories,
    logged,
    ports: linuxHookPorts((line) => logged.push(line)),
    put: (name, script, mode = 0o755) => {
      const file = at(name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(
        file,
        script.startsWith("#!") ? script : `#!/bin/sh\ncd '${place}'\n${script}\n`,
      );
      chmodSync(file, mode);
      return file;
    },
    run: (with_ = {}) => ({
      call: CALL,
      limits: { eachMs: 20_000, allMs: 40_000 },
      directories,
      ...with_,
    }),
    read: (name) => readFileSync(at(name), "utf8"),
    [Symbol.dispose]: () => rmSync(place, { recursive: true, force: true }),
  };
};
