/** docs/hooks.md is the contract with those who write hooks: what it says is what is. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { HOOK_DIRECTORIES } from "@slipway/release";
import { describe, it } from "mocha";
import { SETTING_RULES } from "../../src/config/settings.ts";
import { holdOf } from "../../src/hooks/ending.ts";
import { environmentOf, HOOK_API } from "../../src/hooks/environment.ts";
import { HOOK_POINTS, limitsOf } from "../../src/hooks/point.ts";
import { warningText } from "../../src/sessions/session.ts";
import { CALL } from "./scene.ts";

const text = readFileSync(path.join(import.meta.dirname, "../../../../docs/hooks.md"), "utf8");
const section = (title: string): string =>
  text.split(/^## /m).find((one) => one.startsWith(`${title}\n`)) ?? "";
const rowsOf = (title: string): readonly (readonly string[])[] =>
  section(title)
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.slice(2, -2).split(" | "));

describe("the document of hooks", () => {
  it("names every variable of a hook's environment, and no other", () => {
    const told = environmentOf({ ...CALL, verdict: { verdict: "good", reason: "x" } }, 1000);
    const named = rowsOf("What a hook finds").flatMap(([names = ""]) =>
      [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = ""]) => name),
    );
    assert.deepEqual(named.toSorted(), Object.keys(told).toSorted());
    assert.ok(text.includes(`\`${told["PATH"]}\``));
    assert.ok(text.includes(`| \`SLIPWAY_HOOK_API\` | \`${HOOK_API}\`;`));
  });

  it("gives each point the time that it has", () => {
    const seconds = (cell = ""): number =>
      Number.parseInt(cell, 10) * (cell.endsWith("min") ? 60 : 1);
    const seen = new Set<string>();
    for (const [name = "", , holds, each, all] of rowsOf("Points")) {
      const point = HOOK_POINTS.find((one) => name.startsWith(`\`${one}.d\``));
      assert.ok(point !== undefined, name);
      seen.add(point);
      const reason = name.includes("rollback") ? "rollback" : "update";
      const { eachMs, allMs } = limitsOf(point, { reason, timeoutSeconds: undefined });
      assert.deepEqual([seconds(each), seconds(all)], [eachMs / 1000, allMs / 1000], name);
      assert.equal(holds === "yes", point.startsWith("pre-") && reason === "update");
    }
    assert.deepEqual(seen, new Set(HOOK_POINTS));
    for (const directory of HOOK_DIRECTORIES) assert.ok(text.includes(`\`${directory}\``));
  });

  it("shows what people read, and settings that there are", () => {
    const hold = holdOf("pre-reboot", {
      name: "pre-reboot.d/20-backup",
      ending: { kind: "exited", status: 1 },
      timeoutMs: 1000,
      lastLine: "the backup runs",
    });
    assert.ok(text.includes(`${hold?.message} [${hold?.code}]`));
    assert.ok(text.includes(hold?.hint ?? "none"));
    assert.ok(text.includes(warningText("2026.11.2", 30)));
    for (const [, name = ""] of text.matchAll(/`((?:hook|session)_[a-z_]+)`/g))
      assert.ok(SETTING_RULES.has(name), name);
  });

  it("has scripts that a shell understands", () => {
    for (const [, script = ""] of text.matchAll(/^```sh\n(.*?)^```$/gms)) {
      const { status, stderr } = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
      assert.equal(status, 0, stderr);
    }
  });

  it("begins with a hook that holds while a backup runs", () => {
    const [, hook = ""] = /<<'END'\n(.*?)^END$/ms.exec(text) ?? [];
    for (const [isActive, status, said] of [
      ["true", 75, "the backup runs\n"],
      ["false", 0, ""],
    ] as const) {
      const input = `systemctl() { ${isActive}; }\n${hook}`;
      const ended = spawnSync("sh", [], { input, encoding: "utf8" });
      assert.deepEqual([ended.status, ended.stdout], [status, said]);
    }
  });
});
