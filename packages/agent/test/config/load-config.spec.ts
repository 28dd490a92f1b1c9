import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { loadConfig } from "../../src/config/load-config.ts";

describe("the files of settings", () => {
  let root: string;
  let directories: readonly string[];
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "slipway-settings-"));
    directories = ["usr", "etc", "run"].map((name) => path.join(root, name));
    for (const directory of directories) mkdirSync(directory);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const put = (name: string, text: string | Uint8Array): void =>
    writeFileSync(path.join(root, name), text);

  it("are none where there are no directories", async () => {
    const { files, findings } = await loadConfig([path.join(root, "a"), path.join(root, "b")]);
    assert.deepEqual([files, findings], [[], []]);
  });

  it("count in the order of their names, whichever directory they are in", async () => {
    put("usr/50-image.yaml", "channel: a\npoll_seconds: 10");
    put("etc/10-site.yaml", "channel: b\ngroup: c");
    put("usr/ignored.yml", "channel: z");
    const { settings, files } = await loadConfig(directories);
    assert.deepEqual([settings.channel, settings.pollSeconds, settings.group], ["a", 10, "c"]);
    assert.deepEqual(
      files.map((file) => path.relative(root, file)),
      ["etc/10-site.yaml", "usr/50-image.yaml"],
    );
  });

  it("stand in for one of the same name in an earlier directory", async () => {
    put("usr/50-update.yaml", "channel: a\ngroup: canary");
    put("etc/50-update.yaml", "channel: b");
    const { settings } = await loadConfig(directories);
    assert.deepEqual([settings.channel, settings.group], ["b", undefined]);
  });

  it("are masked by a link to /dev/null", async () => {
    put("usr/50-update.yaml", "channel: a");
    symlinkSync("/dev/null", path.join(root, "run/50-update.yaml"));
    const { files, settings } = await loadConfig(directories);
    assert.deepEqual([files, settings.channel], [[], "stable"]);
  });

  it("are bounded, and are files of text", async () => {
    put("etc/1.yaml", "#".repeat(70_000));
    put("etc/2.yaml", new Uint8Array([0xff, 0xfe]));
    mkdirSync(path.join(root, "etc/3.yaml"));
    // To open a pipe for reading would wait for somebody who writes.
    execFileSync("mkfifo", [path.join(root, "etc/4.yaml")]);
    symlinkSync("nowhere", path.join(root, "etc/5.yaml"));
    const { findings, settings } = await loadConfig(directories);
    assert.deepEqual(
      findings.map(({ message }) => message.split(":")[0]),
      [
        "it has more than 65536 bytes",
        "it is no UTF-8",
        "it is no plain file",
        "it is no plain file",
        "it cannot be read",
      ],
    );
    assert.equal(settings.channel, "stable");
  });

  it("are not without number", async () => {
    for (let index = 100; index < 170; index += 1) put(`run/${index}.yaml`, "");
    const { files, findings } = await loadConfig(directories);
    assert.equal(files.length, 65);
    assert.match(findings.at(-1)?.message ?? "", /more than 64/);
  });
});
