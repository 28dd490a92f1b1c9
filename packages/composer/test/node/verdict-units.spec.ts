import assert from "node:assert/strict";
import { DEFAULT_DEADLINE_SECONDS, JUDGED, MAY_BE_BLESSED } from "@slipway/release";
import { describe, it } from "mocha";
import { nodeFiles } from "../../src/node/files.ts";
import { deadlineFile } from "../../src/node/verdict-units.ts";

const UNITS = "/usr/lib/systemd/system";

const settingsOf = (name: string): ReadonlyMap<string, readonly string[]> => {
  const file = nodeFiles().find(({ path }) => path === `${UNITS}/${name}`);
  assert.ok(file !== undefined, name);
  const lines = file.text.split("\n").filter((line) => /^[A-Z]/.test(line));
  const pairs = lines.map(
    (line) => [line.split("=")[0] ?? "", line.slice(line.indexOf("=") + 1)] as const,
  );
  return new Map(
    pairs.map(([key]) => [key, pairs.filter(([one]) => one === key).map(([, value]) => value)]),
  );
};

const words = (settings: ReadonlyMap<string, readonly string[]>, key: string): readonly string[] =>
  (settings.get(key) ?? []).flatMap((value) => value.split(" "));

const secondsOf = (text: string): number => {
  const seconds = /^JobTimeoutSec=(\d+)s$/m.exec(text)?.[1];
  assert.ok(seconds !== undefined, text);
  return Number(seconds);
};

describe("the units of a verdict", () => {
  const verdict = settingsOf("slipway-verdict.service");
  const complete = settingsOf("boot-complete.target.d/20-slipway.conf");
  const bless = settingsOf("systemd-bless-boot.service.d/20-slipway.conf");

  it("restart the node whatever keeps a boot from its verdict", () => {
    assert.deepEqual(verdict.get("FailureAction"), ["reboot-force"]);
    assert.deepEqual(complete.get("JobTimeoutAction"), ["reboot-force"]);
    assert.deepEqual(complete.get("OnFailure"), ["emergency.target"]);
    assert.deepEqual(words(complete, "Requires"), ["slipway-verdict.service"]);
  });

  it("believe no agent that ends well without having judged", () => {
    assert.deepEqual(verdict.get("ExecStartPre"), [`rm --force ${JUDGED}`]);
    assert.deepEqual(verdict.get("ExecStartPost"), [`test -e ${JUDGED}`]);
  });

  it("let nothing fail before the verdict has looked: it requires nothing", () => {
    assert.deepEqual(verdict.get("DefaultDependencies"), ["no"]);
    for (const key of ["Requires", "Requisite", "BindsTo", "RequiresMountsFor", "AssertPathExists"])
      assert.equal(verdict.get(key), undefined, key);
    assert.ok(words(verdict, "After").includes("multi-user.target"));
    assert.ok(words(verdict, "Before").includes("boot-complete.target"));
  });

  it("have no verdict and no blessing where somebody recovers the node", () => {
    assert.deepEqual(verdict.get("ConditionKernelCommandLine"), ["!slipway.recovery"]);
    assert.deepEqual(bless.get("ConditionPathExists"), [MAY_BE_BLESSED, "!/run/slipway/degraded"]);
    assert.ok(words(bless, "After").includes("slipway-verdict.service"));
  });

  it("leave the verdict its own deadline, the image's too", () => {
    assert.ok(
      Number.parseInt(complete.get("JobTimeoutSec")?.[0] ?? "", 10) > DEFAULT_DEADLINE_SECONDS,
    );
    assert.ok(secondsOf(deadlineFile(900).text) > 900);
    assert.match(deadlineFile(900).path, /\/boot-complete\.target\.d\/50-/);
  });

  it("judge what the loader did not count for want of a name, and wait for nobody", () => {
    const torn = settingsOf("slipway-torn-name.service");
    // A condition of systemd's own would be checked by who mounts /efi, and so sees nothing there.
    assert.match(
      torn.get("ExecCondition")?.[0] ?? "",
      /^\/bin\/sh -c 'ls \/efi\/EFI\/Linux \| grep/,
    );
    assert.ok(![...torn.keys()].some((name) => name.startsWith("ConditionPath")));
    assert.match(torn.get("ExecStart")?.[0] ?? "", /--no-block start slipway-verdict\.service$/);
  });

  it("are started by nobody but a boot that is counted", () => {
    const text = nodeFiles().find(({ path }) => path.endsWith("/slipway-verdict.service"))?.text;
    assert.doesNotMatch(text ?? "", /\[Install\]/);
  });
});
