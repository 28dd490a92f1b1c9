/** What units of ours may do, as systemd counts it, on every node. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { linuxExec } from "@slipway/host";
import { findToolbox, nodeFiles, type Toolbox } from "@slipway/composer/testing";
import { describe, it } from "mocha";
import { builtBase } from "../support/built-base.ts";
import { CACHE, requireRoot, scratchDirectory } from "../support/release.ts";

/** The exposure that `systemd-analyze security` may see in a unit of ours, 0 to 10. */
const MOST_EXPOSED = 3;

/** Those for which it is another, and why. */
const EXCEPTIONS: ReadonlyMap<string, number> = new Map([
  // Always there, and asks the network.
  ["slipway-agent.service", 2.5],
  // Mounts the disk for people to see, in recovery alone.
  ["slipway-recovery.service", 4],
  // Writes slots and the ESP, when the agent starts it.
  ["slipway-task@.service", 4],
  // Run programs of the image's and the operator's, as root and in no sandbox.
  ["slipway-verdict.service", 10],
  ["slipway-hook@.service", 10],
]);

const UNIT = /^\/usr\/lib\/systemd\/system\/(slipway-[^/]+\.service)$/;

const exposureOf = async (toolbox: Toolbox, file: string): Promise<number> => {
  const { stdout } = await toolbox.run(
    {
      argv: ["systemd-analyze", "security", "--offline=true", "--no-pager", file],
      purpose: "looking at what a unit may do",
      timeoutMs: 60_000,
    },
    { readable: [file] },
  );
  const level = /exposure level for \S+: (\d+\.\d)/.exec(stdout)?.[1];
  assert.ok(level !== undefined, `${file}: ${stdout}`);
  return Number(level);
};

describe("units of ours", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("unit-exposure");

  it("may do little, in the eyes of systemd-analyze", async () => {
    // Whatever builds makes the tools.
    await builtBase();
    const toolbox = await findToolbox(linuxExec, CACHE, "compose");
    assert.ok(toolbox !== undefined);
    const directory = path.join(scratch, "units");
    mkdirSync(directory);
    const names = nodeFiles().flatMap(({ path: file, text }) => {
      const [, name] = UNIT.exec(file) ?? [];
      if (name === undefined) return [];
      writeFileSync(path.join(directory, name), text);
      return [name];
    });
    for (const unit of EXCEPTIONS.keys()) assert.ok(names.includes(unit), unit);

    const tooMuch: string[] = [];
    for (const name of names) {
      const level = await exposureOf(toolbox, path.join(directory, name));
      const most = EXCEPTIONS.get(name) ?? MOST_EXPOSED;
      if (level > most) tooMuch.push(`${name}: ${level}, and ${most} at most`);
    }
    assert.deepEqual(tooMuch, []);
  });
});
