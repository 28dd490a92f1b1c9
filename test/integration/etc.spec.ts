/** Carrying /etc to the next release, on real overlays. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { attributeArchive } from "../support/attribute-archive.ts";
import { type EtcStage, etcStage, FIRST, SECOND } from "../support/etc-stage.ts";
import { requireRoot, scratchDirectory, succeeded } from "../support/release.ts";
import { requireTools } from "../support/require-tools.ts";

const WANTS = "systemd/system/multi-user.target.wants";

/** What images have: accounts, units, and a path for everything that can happen to one. */
const FIRST_IMAGE = `
  mkdir -p ${WANTS} app.d dropped.d turned deep/er shut
  : > machine-id; chmod 444 machine-id
  for unit in dropped kept unwanted; do ln -s /usr/lib/systemd/system/$unit.service ${WANTS}/; done
  printf 'root:x:0:0:root:/root:/bin/bash\\nsshd:x:989:65534::/run/sshd:/usr/sbin/nologin\\n' > passwd
  printf 'root:*:::::::\\nsshd:!*:::::::\\n' > shadow; chmod 640 shadow; chown 0:42 shadow
  printf 'root:x:0:\\nadm:x:4:\\n' > group
  echo old > both; echo old > vendors; echo old > users; echo old > untouched; echo old > removed
  echo old > gone; echo old > app.d/vendor; echo old > dropped.d/vendor; echo old > turned/vendor
  echo old > deep/er/file; echo image > ld.so.cache; chmod 700 shut
`;
const SECOND_IMAGE = `
  rm ${WANTS}/dropped.service; ln -s /usr/lib/systemd/system/new.service ${WANTS}/
  echo 'etcd:x:950:950::/:/usr/sbin/nologin' >> passwd; echo 'etcd:!*:::::::' >> shadow
  echo 'etcd:x:950:' >> group
  echo new > both; chmod 600 both; echo new > vendors; echo new > added; echo new > app.d/second
  rm -r gone dropped.d turned; ln -s /usr/share/turned turned; echo newer > ld.so.cache
`;
const USER = `
  rm ${WANTS}/unwanted.service; ln -s /usr/lib/systemd/system/extra.service ${WANTS}/
  echo 'alice:x:1000:1000::/home/alice:/bin/bash' >> passwd; echo 'alice:$y$x:20000::::::' >> shadow
  echo 'alice:x:1000:' >> group; sed -i 's/^adm:x:4:/&alice/' group; : > passwd-; : > .pwd.lock
  echo mine > both; echo mine > users; echo mine > new; echo mine > app.d/mine; chown 7:8 app.d/mine
  rm removed; echo mine > dropped.d/mine; rm -r deep; mkdir deep; echo mine > deep/mine
  chmod 711 shut; ln -s nowhere link; mkfifo pipe; mkdir -m 1777 empty; echo node > ld.so.cache
  echo odd > "$(printf 'odd\\377\\n')"; ln -s "$(printf 'odd\\377')" "$(printf 'link\\376')"
  echo 0123456789abcdef0123456789abcdef > machine-id
`;

const GROW = 'while :; do echo more >> "$1"; done';

describe("carry-etc", () => {
  requireRoot();
  requireTools("unshare", "nsenter", "mount", "umount", "cp", "tar", "sync");
  const scratch = scratchDirectory("etc");
  let stage: EtcStage;

  beforeEach(async () => {
    const directory = mkdtempSync(path.join(scratch, "stage-"));
    stage = await etcStage(directory, { first: FIRST_IMAGE, second: SECOND_IMAGE });
  });
  afterEach(() => stage?.[Symbol.asyncDispose]());

  const carry = async (...more: readonly string[]) =>
    succeeded(await stage.mounts.run(stage.carry(...more)));
  /** What the second release would run. */
  const second = async (): Promise<string> => {
    await stage.boot(SECOND, stage.next);
    const picture = await stage.picture(stage.next);
    await stage.unmount(stage.next);
    return picture;
  };
  const changesNothing = async (work: () => Promise<unknown>): Promise<void> => {
    const upper = path.join(stage.state, FIRST, "upper");
    const before = [await stage.picture(stage.live), await stage.picture(upper)];
    await work();
    assert.deepEqual([await stage.picture(stage.live), await stage.picture(upper)], before);
  };

  it("gives a node without changes what a fresh one has", async () => {
    const { stdout } = await carry("--json");
    assert.equal(await second(), await stage.picture(stage.second));
    assert.deepEqual(readdirSync(path.join(stage.state, SECOND, "upper")), []);
    const report = JSON.parse(stdout) as Record<string, readonly unknown[]>;
    assert.deepEqual([report["carried"], report["conflicts"], report["ignored"]], [[], [], []]);
    assert.ok((report["taken"]?.length ?? 0) > 5);
  });

  it("gives a node whose next image is the same what it has", async () => {
    await stage.script(stage.live, `${USER}\n rm pipe passwd- .pwd.lock; echo image > ld.so.cache`);
    await stage.script(stage.second, `find . -mindepth 1 -delete; cp -a "${stage.first}/." .`);
    await carry();
    assert.equal(await second(), await stage.picture(stage.live));
  });

  it("brings together what the image and the node changed, and leaves the first release as it was", async () => {
    await stage.script(stage.live, USER);
    let [plan, report] = ["", ""];
    await changesNothing(async () => {
      plan = (await carry("--plan")).stdout;
      assert.deepEqual(readdirSync(stage.state), [FIRST]);
      report = (await carry()).stdout;
    });
    assert.equal(plan, report);
    const got = await second();
    // A fresh second release, and on it the node's changes by the rules.
    const wanted = mkdtempSync(path.join(scratch, "wanted-"));
    await stage.script(
      wanted,
      `
      cp --archive "${stage.second}/." .
      rm ${WANTS}/unwanted.service; ln -s /usr/lib/systemd/system/extra.service ${WANTS}/
      echo 'alice:x:1000:1000::/home/alice:/bin/bash' >> passwd; echo 'alice:$y$x:20000::::::' >> shadow
      echo 'alice:x:1000:' >> group; sed -i 's/^adm:x:4:/&alice/' group
      echo mine > both; echo mine > users; echo mine > new; echo mine > app.d/mine; chown 7:8 app.d/mine
      rm removed; mkdir dropped.d; echo mine > dropped.d/mine; rm -r deep/er; echo mine > deep/mine
      chmod 711 shut; ln -s nowhere link; mkdir -m 1777 empty
      echo odd > "$(printf 'odd\\377\\n')"; ln -s "$(printf 'odd\\377')" "$(printf 'link\\376')"
      echo 0123456789abcdef0123456789abcdef > machine-id
      `,
    );
    assert.equal(got, await stage.picture(wanted));
    assert.match(
      report,
      /^ {2}\/etc\/both: contents changed here and in the new image; the node's stays$/m,
    );
    assert.match(report, /^ {2}\/etc\/pipe: a socket, pipe or device$/m);
    assert.match(report, /^ {2}\/etc\/ld\.so\.cache: made from the libraries of one release$/m);
  });

  it("carries extended attributes, and their changes alone", async () => {
    const archive = path.join(stage.kept, "attributes.tar");
    writeFileSync(archive, attributeArchive({ untouched: "old\n", "app.d/": "" }));
    await stage.script(
      stage.live,
      `tar --extract --xattrs --xattrs-include='*' --file="${archive}"`,
    );
    const attributes = (picture: string): readonly string[] =>
      picture.split("\n").filter((line) => line.includes("user.slipway"));
    const [before, report] = [await stage.picture(stage.live), await carry()];
    assert.equal(attributes(before).length, 2, before);
    assert.deepEqual(attributes(await second()), attributes(before));
    assert.match(
      report.stdout,
      /^carried:\n {2}\/etc\/app\.d: changed\n {2}\/etc\/untouched: changed\n/m,
    );
  });

  it("takes what was edited since it was last done, in place of what it wrote then", async () => {
    await stage.script(stage.live, USER);
    await carry();
    await stage.script(stage.live, "echo later > later; rm users");
    await carry();
    const { stdout } = await stage.script(
      path.join(stage.state, SECOND, "upper"),
      "cat later; stat -c %F users",
    );
    assert.equal(stdout, "later\ncharacter special file\n");
    assert.deepEqual(readdirSync(stage.state).sort(), [FIRST, SECOND]);
  });

  it("gives every release the id that is kept for the node", async () => {
    const id = "f".repeat(32);
    writeFileSync(path.join(stage.kept, "machine-id"), `${id}\n`);
    await carry();
    const { stdout } = await stage.script(
      path.join(stage.state, SECOND, "upper"),
      "cat machine-id",
    );
    assert.equal(stdout, `${id}\n`);
  });

  it("killed at any time and done again gives the same, and what has its name is complete", async function () {
    this.timeout("5m");
    await stage.script(stage.live, USER);
    const started = performance.now();
    await carry();
    const durationMs = performance.now() - started;
    const wanted = await second();
    const rounds = 16;
    let interrupted = 0;
    for (let round = 0; round < rounds; round += 1) {
      // Every second round replaces what the one before it has finished.
      if (round % 2 === 0) await stage.script(stage.state, `rm -rf ${SECOND}*`);
      const [program, ...args] = [...stage.mounts.enter, ...stage.carry()] as [string, ...string[]];
      const child = spawn(program, args, { stdio: "ignore" });
      const ended = once(child, "close");
      await Promise.race([delay((durationMs * (round + 1)) / rounds), ended]);
      child.kill("SIGKILL");
      const [status] = (await ended) as [number | null];
      if (status === null) interrupted += 1;
      if (existsSync(path.join(stage.state, SECOND))) assert.equal(await second(), wanted);
      await carry();
      assert.equal(await second(), wanted);
      assert.deepEqual(readdirSync(stage.state).sort(), [FIRST, SECOND]);
    }
    assert.ok(interrupted >= rounds / 2, `${interrupted} of ${rounds} were interrupted`);
  });

  it("writes nothing while /etc never stays the same, and says so", async () => {
    await changesNothingBut("busy", async () => {
      const [program, ...args] = [
        ...stage.mounts.enter,
        ...["sh", "-c", GROW, "sh", path.join(stage.live, "busy")],
      ] as [string, ...string[]];
      const writer = spawn(program, args, { stdio: "ignore" });
      const ended = once(writer, "close");
      const outcome = await stage.mounts.run(stage.carry());
      writer.kill("SIGKILL");
      await ended;
      assert.equal(outcome.status, 1, outcome.stdout);
      assert.match(
        outcome.stderr,
        /\/etc\/busy (was changed while it was carried|in .* changed while it was read)/,
      );
    });
  });

  const changesNothingBut = async (file: string, work: () => Promise<void>): Promise<void> => {
    await changesNothing(async () => {
      await work();
      await stage.script(
        stage.live,
        `rm -f ${file}; rm -f "${path.join(stage.state, FIRST, "upper", file)}"`,
      );
    });
    assert.deepEqual(readdirSync(stage.state), [FIRST]);
  };

  it("without room leaves nothing half-written, and says what to do", async () => {
    await stage.mounts.memory(stage.state, 1);
    await stage.script(stage.live, "head -c 4000000 /dev/urandom > large");
    const outcome = await stage.mounts.run(stage.carry());
    assert.equal(outcome.status, 1);
    assert.match(
      outcome.stderr,
      /cannot write \/etc of the new release in .*: ENOSPC\n.*\nhint: make room on it/,
    );
    assert.equal((await stage.script(stage.state, "ls -A")).stdout, "");
  });

  it("refuses to write into the release that runs", async () => {
    await changesNothing(async () => {
      const outcome = await stage.mounts.run(stage.carry("--to", FIRST));
      assert.equal(outcome.status, 1);
      assert.match(outcome.stderr, /the release that runs, 1{64}, cannot take over its own \/etc/);
    });
    const usage = await stage.mounts.run(stage.carry("--to", "../x"));
    assert.equal(usage.status, 2);
    assert.match(usage.stderr, /--to is '\.\.\/x'/);
  });
});
