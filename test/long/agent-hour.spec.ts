/**
 * A node that is kept up for an hour, on one real machine, while a release a minute is published and windows open and close: it restarts in every window and
 * in no other moment, takes no release twice, and its daemon holds what it held in the beginning.
 *
 * What the daemon holds is written down on the node itself, by a unit of its own in /etc: that goes along with every release, and nobody has to ask a machine
 * that is just restarting.
 */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serveRepository } from "@slipway/composer";
import { type MachineSession, parseHistory } from "@slipway/composer/testing";
import { after, before, describe, it } from "mocha";
import { median } from "../../bench/measure/median.ts";
import { agentFleet, type AgentFleet } from "../support/agent-fleet.ts";
import { statusThat } from "../support/agent-status.ts";
import { bootNode, comesUpWhole, outputOf } from "../support/node-machine.ts";
import { requireRoot, scratchDirectory } from "../support/release.ts";

const MINUTE_MS = 60_000;
const LASTS_MS = 60 * MINUTE_MS;

/** Three beginnings an hour. Staging takes some minutes under emulation, so that what is staged is there when a window opens. */
const EVERY_SECONDS = 20 * 60;
const OPEN_SECONDS = 8 * 60;
const SETTINGS = [
  "strategy: window",
  "time_zone: UTC",
  `windows: 'cron 0,20,40 * * * * for ${OPEN_SECONDS / 60}m'`,
  "poll_seconds: 15",
];
/** What is begun in a window is brought to its end, and written down a little later than decided. */
const LATE_SECONDS = 90;

/** Of the story's versions: whatever is higher comes later. */
const FIRST_VERSION = 100;

const SAMPLES = "/var/lib/samples";
const SAMPLER_FILE = "/etc/sampler.sh";
const SAMPLER = `#!/bin/sh
while sleep 20; do
  pid=$(systemctl show --property=MainPID --value slipway-agent.service)
  [ "$pid" -gt 0 ] || continue
  anonymous=$(sed -n 's/^RssAnon:[^0-9]*//p' /proc/$pid/status)
  [ -n "$anonymous" ] || continue
  echo "$(date +%s) $(cat /proc/sys/kernel/random/boot_id) $pid \${anonymous% kB} $(ls /proc/$pid/fd | wc -l)" >>${SAMPLES}
done
`;
const SAMPLER_UNIT = `[Unit]
Description=Write down what the daemon of the agent holds
[Service]
ExecStart=/bin/sh ${SAMPLER_FILE}
[Install]
WantedBy=multi-user.target
`;

/** The promise of the agent at rest: anonymous memory of its daemon. */
const MOST_ANONYMOUS_KB = 35 * 1024;
/** What a garbage collector leaves about, and a file that is just open. */
const LEAKED_KB = 4 * 1024;
const LEAKED_FILES = 3;
/** Before that the daemon is still being loaded. */
const SETTLED_SECONDS = 90;

const LEAST_LOOKS = 20;

interface Sample {
  readonly at: number;
  readonly boot: string;
  readonly process: string;
  readonly anonymousKb: number;
  readonly files: number;
}

const samplesIn = (text: string): readonly Sample[] =>
  text.split("\n").map((line) => {
    const [at, boot = "", process = "", anonymousKb, files] = line.split(" ");
    const sample = {
      ...{ at: Number(at), boot, process },
      ...{ anonymousKb: Number(anonymousKb), files: Number(files) },
    };
    assert.ok(sample.anonymousKb > 0 && sample.files > 0, line);
    return sample;
  });

describe("a node that is kept up for an hour", function () {
  this.timeout("120m");
  requireRoot();
  const scratch = scratchDirectory("agent-hour");
  const cleanup = new AsyncDisposableStack();
  let fleet: AgentFleet;
  let machine: MachineSession;
  const asked: number[] = [];
  let began = 0;
  const guest = (script: string): Promise<string> => outputOf(machine, script);
  const write = async (file: string, text: string): Promise<void> => {
    await guest(
      `mkdir -p ${path.dirname(file)}; echo ${Buffer.from(text).toString("base64")} | base64 --decode >${file}`,
    );
  };

  before("it comes up on release 1, and writes down what its daemon holds", async () => {
    fleet = await agentFleet(scratch, { ballastBytes: 0, sectorBytes: 512 });
    const served = await serveRepository({
      ...{ repo: fleet.shop.repo, host: "127.0.0.1", port: 0 },
      onAnswer: ({ path: file }) => {
        if (file.endsWith("/timestamp.json")) asked.push(Date.now());
      },
    });
    cleanup.use(served);
    machine = await bootNode([], { disks: [{ file: fleet.disk }], network: { port: served.port } });
    await comesUpWhole(machine);
    began = Date.now();
    await statusThat(machine, ({ lastCheck }) => lastCheck?.answer === "none");
    await write("/etc/slipway/agent.d/60-hour.yaml", `${SETTINGS.join("\n")}\n`);
    await write(SAMPLER_FILE, SAMPLER);
    await write("/etc/systemd/system/sampler.service", SAMPLER_UNIT);
    await guest(
      "systemctl daemon-reload; systemctl enable --now sampler.service; systemctl reload slipway-agent.service; sync",
    );
  });
  after("switch it off", async () => {
    await machine?.cut();
    await cleanup.disposeAsync();
  });

  it("restarts in every window, and only there, and never twice for the same release", async () => {
    const beforeFirst = Date.now();
    let published = 0;
    for (let turn = 0; Date.now() - began < LASTS_MS; turn += 1) {
      const version = String(FIRST_VERSION + turn);
      const made = await fleet.shop.make("2", version);
      await fleet.shop.offer(version);
      published += 1;
      await rm(path.dirname(made.directory), { recursive: true });
      process.stderr.write(
        `release ${version} after ${((Date.now() - began) / MINUTE_MS).toFixed(1)} min, ${machine.resets()} restarts\n`,
      );
      const next = beforeFirst + (turn + 1) * MINUTE_MS;
      await sleep(Math.max(0, next - Date.now()));
    }
    const ended = Date.now();

    await statusThat(machine, ({ booted }) => booted.standing === "good");
    const history = parseHistory(await guest("slipway-agent history --json"));
    const told = JSON.stringify(history);
    process.stderr.write(`${published} releases were published; ${told}\n`);
    const finalized = history.filter(({ kind }) => kind === "finalized");

    const opened: number[] = [];
    const first = Math.ceil(began / 1000 / EVERY_SECONDS) * EVERY_SECONDS;
    for (let open = first; (open + OPEN_SECONDS) * 1000 < ended; open += EVERY_SECONDS)
      opened.push(open);
    assert.ok(opened.length >= 2, "an hour has three windows, of which the last may be cut");
    for (const open of opened) {
      // What is staged is given up for something newer, which may be under way when the window opens.
      const latest = open + OPEN_SECONDS + LATE_SECONDS;
      assert.ok(
        finalized.some(({ at: when }) => when >= open && when <= latest),
        `no restart in the window at ${open}: ${told}`,
      );
    }
    for (const { at: when } of finalized) {
      const since = when % EVERY_SECONDS;
      assert.ok(
        since <= OPEN_SECONDS + LATE_SECONDS,
        `a restart ${since} s after a window opened: ${told}`,
      );
    }
    const versions = finalized.map(({ version }) => version);
    assert.deepEqual(versions, [...new Set(versions)], told);
    assert.equal(machine.resets(), finalized.length, told);
    assert.equal(machine.watchdogs(), 0);
    assert.ok(!history.some(({ kind }) => kind === "failed"), told);
  });

  it("goes on asking, and holds what it held in the beginning", async () => {
    const samples = samplesIn(await guest(`cat ${SAMPLES}`));
    const processes = [...new Set(samples.map(({ boot, process: id }) => `${boot} ${id}`))];
    // One daemon a boot: none has died and been started again, and no two ran beside each other.
    assert.equal(
      processes.length,
      new Set(samples.map(({ boot }) => boot)).size,
      processes.join("\n"),
    );
    assert.equal(processes.length, machine.resets() + 1);
    let looked = 0;
    for (const one of processes) {
      const own = samples.filter(({ boot, process: id }) => `${boot} ${id}` === one);
      const start = own[0]?.at ?? 0;
      const settled = own.filter(({ at: when }) => when > start + SETTLED_SECONDS);
      if (settled.length < 12) continue;
      looked += 1;
      const third = Math.floor(settled.length / 3);
      const [early, late] = [settled.slice(0, third), settled.slice(-third)];
      const memory = [early, late].map((part) => median(part.map((sample) => sample.anonymousKb)));
      const files = [early, late].map((part) => median(part.map((sample) => sample.files)));
      process.stderr.write(
        `${one}: ${settled.length} samples, ${memory.join(" → ")} kB, ${files.join(" → ")} files\n`,
      );
      assert.ok(
        (memory[1] ?? 0) <= (memory[0] ?? 0) + LEAKED_KB,
        `${one}: ${memory.join(" → ")} kB`,
      );
      assert.ok((files[1] ?? 0) <= (files[0] ?? 0) + LEAKED_FILES, `${one}: ${files.join(" → ")}`);
      assert.ok(Math.max(...settled.map(({ anonymousKb }) => anonymousKb)) <= MOST_ANONYMOUS_KB);
    }
    assert.ok(looked >= 2, `of ${processes.length} daemons only ${looked} ran long enough`);
    process.stderr.write(`${asked.length} looks at the repository\n`);
    // While it is staging it does not look.
    assert.ok(asked.length >= LEAST_LOOKS, `${asked.length} looks at the repository in an hour`);
  });
});
