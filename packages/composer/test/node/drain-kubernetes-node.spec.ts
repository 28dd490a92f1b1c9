/** The drain script, before a cluster that is a shell script. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";

const SCRIPT = path.join(import.meta.dirname, "../../node/drain-kubernetes-node");

/** Keeps the node's standing in two files; refuses what a test puts into `refuses`. */
const KUBECTL = `#!/bin/sh
cd "$(dirname "$0")" || exit 9
[ "$1" != --request-timeout=10s ] || shift
echo "$*" >>ran
if [ -e "refuses-$1" ]; then echo "$1: refused" >&2; exit 1; fi
case $1 in
  get) [ ! -e cordoned ] || printf true; printf /; [ ! -e mark ] || cat mark ;;
  cordon) touch cordoned ;;
  uncordon) rm -f cordoned ;;
  annotate) case "$*" in *=true) printf true >mark ;; *) rm -f mark ;; esac ;;
esac
`;

describe("drain-kubernetes-node", () => {
  let place = "";
  const at = (name: string): string => path.join(place, name);
  beforeEach(() => {
    place = mkdtempSync(path.join(tmpdir(), "slipway-drain-"));
    writeFileSync(at("kubectl"), KUBECTL);
    chmodSync(at("kubectl"), 0o755);
    writeFileSync(at("settings"), `NODE=node-7\nKUBECTL=${at("kubectl")}\n`);
  });
  afterEach(() => rmSync(place, { recursive: true }));

  const run = (point: string, more: Readonly<Record<string, string>> = {}) => {
    rmSync(at("ran"), { force: true });
    const { status, stdout, stderr } = spawnSync(SCRIPT, [], {
      encoding: "utf8",
      env: {
        PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
        DRAIN_SETTINGS: at("settings"),
        SLIPWAY_HOOK: point,
        SLIPWAY_REASON: "update",
        SLIPWAY_TIMEOUT_SECONDS: "900",
        ...more,
      },
    });
    const ran = existsSync(at("ran")) ? readFileSync(at("ran"), "utf8").trim().split("\n") : [];
    return { status, said: (stdout + stderr).trim().split("\n"), ran: ran.slice(1), all: ran };
  };
  const isCordoned = (): boolean => existsSync(at("cordoned"));
  const isMarked = (): boolean => existsSync(at("mark"));

  it("marks, cordons and drains before the restart, within its time, and takes that back after it", () => {
    const { status, ran } = run("pre-reboot");
    assert.equal(status, 0);
    assert.deepEqual(ran, [
      "annotate --overwrite node node-7 slipway-agent/cordoned=true",
      "cordon node-7",
      "drain node-7 --ignore-daemonsets --delete-emptydir-data --timeout=885s",
    ]);
    assert.ok(isCordoned() && isMarked());
    const after = run("post-boot");
    assert.deepEqual(after.ran, [
      "uncordon node-7",
      "annotate node node-7 slipway-agent/cordoned-",
    ]);
    assert.ok(after.status === 0 && !isCordoned() && !isMarked());
  });

  it("may run again", () => {
    for (const point of ["pre-reboot", "pre-reboot", "post-boot", "post-boot"])
      assert.equal(run(point).status, 0);
    assert.ok(!isCordoned() && !isMarked());
  });

  it("leaves a node cordoned that somebody else has cordoned", () => {
    writeFileSync(at("cordoned"), "");
    assert.equal(run("pre-reboot").status, 0);
    assert.ok(!isMarked());
    assert.deepEqual(run("post-boot").ran, []);
    assert.ok(isCordoned());
  });

  it("holds the restart where pods stay, and gives the node back to the cluster", () => {
    writeFileSync(at("refuses-drain"), "");
    const { status, said } = run("pre-reboot");
    assert.equal(status, 1);
    assert.match(said.join("\n"), /drain: refused/);
    assert.match(said.join("\n"), /pods cannot be moved away from node-7 in 885 s/);
    assert.ok(!isCordoned() && !isMarked());
  });

  it("wants to be asked again where the cluster does not answer", () => {
    writeFileSync(at("refuses-get"), "");
    const { status, said } = run("pre-reboot");
    assert.equal(status, 75);
    assert.match(said.join("\n"), /the cluster does not answer for node node-7/);
  });

  it("takes the half minute of a rollback, and leaves the node cordoned that restarts anyway", () => {
    writeFileSync(at("refuses-drain"), "");
    const more = { SLIPWAY_REASON: "rollback", SLIPWAY_TIMEOUT_SECONDS: "30" };
    const { status, ran } = run("pre-reboot", more);
    assert.equal(status, 1);
    assert.match(ran.at(-1) ?? "", /--timeout=15s$/);
    assert.ok(isCordoned() && isMarked());
  });

  it("waits for the cluster after the restart, and no longer than it may", () => {
    writeFileSync(at("refuses-get"), "");
    const { status, said } = run("post-boot", { SLIPWAY_TIMEOUT_SECONDS: "1" });
    assert.equal(status, 1);
    assert.match(said.join("\n"), /node-7 may still be cordoned/);
  });

  it("says where it belongs", () => {
    assert.match(run("pre-fetch").said.join(), /belongs into pre-reboot\.d and post-boot\.d/);
  });
});
