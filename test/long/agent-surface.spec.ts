/**
 * A node in the hands of its operator, on one real machine: what keeps it from a release and when that clears, what monitoring and other programs are told,
 * who may order it about, what a hook holds, an update that the API is asked for, and a factory reset.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { serveRepository } from "@slipway/composer";
import type { MachineSession } from "@slipway/composer/testing";
import { after, before, describe, it } from "mocha";
import { agentFleet, type AgentFleet } from "../support/agent-fleet.ts";
import { agentStatus, statusThat } from "../support/agent-status.ts";
import { bootNode, comesUpWhole, outputOf } from "../support/node-machine.ts";
import { requireRoot, scratchDirectory } from "../support/release.ts";
import { requireTools } from "../support/require-tools.ts";

const SETTINGS = "/etc/slipway/agent.d/60-test.yaml";
const IMAGE_SETTINGS = "10-image.yaml";
const HOOK = "/etc/slipway/hooks/pre-reboot.d/10-freeze";
const SOCKET = "/run/slipway/agent.sock";
const WAIT_MS = 600_000;
const LOOK_MS = 3000;

/** Asks the socket in the guest, with the agent's own Node.js: prints the status, a line break, and the body. */
const REQUEST = `const { method, path, body, ms } = JSON.parse(process.argv[1]);
const headers = body === undefined ? {} : { "content-type": "application/json" };
const request = require("node:http").request({ socketPath: "${SOCKET}", method, path, headers }, (answer) => {
  process.stdout.write(answer.statusCode + "\\n");
  answer.pipe(process.stdout);
  if (ms !== undefined) setTimeout(() => process.exit(0), ms);
});
request.on("error", (error) => { process.stdout.write(error.code + "\\n"); });
request.end(body);`;

interface Asked {
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly body?: object;
  /** Ends after so long, whether or not the answer has. */
  readonly ms?: number;
  /** Before the program: another user, for example. */
  readonly as?: string;
}

const command = ({ method = "GET", path, body, ms, as = "" }: Asked): string => {
  const asked = JSON.stringify({
    ...{ method, path },
    ...(ms === undefined ? {} : { ms }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return `${as} /usr/lib/slipway/agent/node -e '${REQUEST}' '${asked}'`;
};

const ask = async (
  machine: MachineSession,
  asked: Asked,
): Promise<{ readonly status: string; readonly text: string }> => {
  const [status = "", ...lines] = (await outputOf(machine, command(asked))).split("\n");
  return { status, text: lines.join("\n") };
};

interface Blocker {
  readonly code: string;
  readonly message: string;
  readonly clearsAt?: number;
}

const isWhy = (value: unknown): value is { readonly why: readonly Blocker[] } =>
  typeof value === "object" && value !== null && "why" in value && Array.isArray(value.why);

const whyOf = async (machine: MachineSession): Promise<readonly Blocker[]> => {
  const text = await outputOf(machine, "slipway-agent why --json");
  const said: unknown = JSON.parse(text);
  assert.ok(isWhy(said), text);
  return said.why;
};

/** The member of a status, as text. */
const bootedOf = (text: string): string => {
  const status: unknown = JSON.parse(text);
  assert.ok(typeof status === "object" && status !== null && "booted" in status, text);
  return JSON.stringify(status.booted);
};

/** Waits until something with this code is in the way. */
const blockedBy = async (machine: MachineSession, code: RegExp): Promise<Blocker> => {
  for (const end = performance.now() + WAIT_MS; ;) {
    const why = await whyOf(machine);
    const found = why.find((one) => code.test(one.code));
    if (found !== undefined) return found;
    if (performance.now() > end)
      assert.fail(`nothing of ${code.source}, but ${JSON.stringify(why)}`);
    await sleep(LOOK_MS);
  }
};

describe("a node in the hands of its operator", function () {
  this.timeout("30m");
  requireRoot();
  requireTools("promtool");
  const scratch = scratchDirectory("agent-surface");
  const cleanup = new AsyncDisposableStack();
  let fleet: AgentFleet;
  let machine: MachineSession;

  const guest = (script: string): Promise<string> => outputOf(machine, script);
  const api = (asked: Asked) => ask(machine, asked);
  const set = async (...lines: readonly string[]): Promise<void> => {
    await guest(
      `mkdir -p /etc/slipway/agent.d; printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")} >${SETTINGS}; systemctl reload slipway-agent.service`,
    );
  };

  before("a node comes up on release 1, and its agent answers", async () => {
    fleet = await agentFleet(scratch, { ballastBytes: 0, sectorBytes: 512 });
    const { repo } = fleet.shop;
    const served = cleanup.use(await serveRepository({ repo, host: "127.0.0.1", port: 0 }));
    machine = await bootNode([], {
      disks: [{ file: fleet.disk }],
      network: { port: served.port },
    });
    await comesUpWhole(machine);
    await statusThat(machine, ({ lastCheck }) => lastCheck?.answer === "none");
  });
  after("switch it off", async () => {
    await machine?.cut();
    await cleanup.disposeAsync();
  });

  it("tells why nothing newer comes, in one look: nothing is there, it is paused, it is pinned", async () => {
    assert.deepEqual(
      (await whyOf(machine)).map(({ code }) => code),
      ["up-to-date"],
    );
    await guest("slipway-agent pause --reason 'sale'; slipway-agent pin --reason 'audit'");
    assert.match((await blockedBy(machine, /^PAUSED$/)).message, /sale/);
    assert.match((await blockedBy(machine, /^PINNED$/)).message, /audit/);
    await guest("slipway-agent resume; slipway-agent unpin");
  });

  it("tells it of settings that are wrong, that name no repository, and one that nobody answers at", async () => {
    await set("poll_seconds: sometimes");
    await blockedBy(machine, /^SETTINGS_WRONG$/);
    await set("repository: http://127.0.0.1:9/");
    await blockedBy(machine, /^UNREACHABLE$/);
    await guest(
      `rm ${SETTINGS}; ln -s /dev/null /etc/slipway/agent.d/${IMAGE_SETTINGS}; systemctl reload slipway-agent.service`,
    );
    await blockedBy(machine, /^NO_REPOSITORY$/);
    await guest(`rm /etc/slipway/agent.d/${IMAGE_SETTINGS}`);
  });

  it("shows what an update would change before it fetches any of it", async () => {
    await set("strategy: manual");
    await fleet.shop.offer("2");
    const plan = await guest("slipway-agent plan --json");
    assert.match(plan, /"version": ?"2"/);
    assert.match(await guest("slipway-agent plan"), /restart/i);
  });

  it("tells what a staged release waits for: somebody, a window, a lock server, a hook", async () => {
    await guest(
      `mkdir -p $(dirname ${HOOK}); printf '#!/bin/sh\\necho freeze until Monday\\nexit 1\\n' >${HOOK}; chmod 755 ${HOOK}`,
    );
    await statusThat(machine, ({ staged }) => staged?.version === "2");
    await blockedBy(machine, /^MANUAL$/);
    const inHours = new Date(Date.now() + 12 * 3_600_000).toISOString().slice(11, 16);
    await set("strategy: window", `windows: daily ${inHours} for 1h`);
    const { clearsAt = 0 } = await blockedBy(machine, /^WINDOW_CLOSED$/);
    const now = Number(await guest("date +%s"));
    assert.ok(clearsAt > now && clearsAt < now + 24 * 3600, `${clearsAt} at ${now}`);
    // Whoever answers there knows nothing of locks.
    await set("strategy: lock", "lock_server: http://10.0.2.100/locks");
    await blockedBy(machine, /^LOCK_(?!NOT_ASKED)/);
    await set("strategy: immediate");
    const held = await blockedBy(machine, /^HOOK_HELD$/);
    assert.match(held.message, /freeze until Monday/);
    assert.equal((await agentStatus(machine)).booted.version, "1");
  });

  it("answers programs on its socket as its verbs answer people, and lets nobody in but the group", async () => {
    assert.equal(await guest(`stat -c '%U:%G %a' ${SOCKET}`), "root:slipway 660");
    const nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups";
    assert.equal((await api({ path: "/v1/status", as: nobody })).status, "EACCES");
    const member = "setpriv --reuid=65534 --regid=slipway --clear-groups";
    const { status, text } = await api({ path: "/v1/status", as: member });
    assert.equal(status, "200");
    assert.equal(bootedOf(text), bootedOf(await guest("slipway-agent status --json")));
    assert.match((await api({ path: "/v1/openapi.json" })).text, /"openapi": ?"3\.1/);
  });

  it("has metrics that Prometheus takes, more than 25 of them", async () => {
    const { status, text } = await api({ path: "/metrics" });
    assert.equal(status, "200");
    const checked = spawnSync("promtool", ["check", "metrics"], {
      input: `${text}\n`,
      encoding: "utf8",
    });
    assert.deepEqual([checked.status, checked.stderr], [0, ""]);
    assert.ok([...text.matchAll(/^# TYPE slipway_/gm)].length > 25);
  });

  it("tells of what happens as it happens: to programs, in the journal, at the next login", async () => {
    const listener = command({ path: "/v1/events", ms: 240_000 });
    const heard = await guest(
      `heard() { for i in $(seq 180); do grep -q "$1" /run/heard && break; sleep 1; done; }
${listener} >/run/heard & listener=$!; heard '^event: state'; slipway-agent pause --reason 'told at once'; heard 'told at once'; kill $listener; cat /run/heard`,
    );
    assert.match(heard, /^event: ledger\n(?:.*\n)*?data: .*told at once/m);
    assert.match(
      await guest("journalctl --boot SLIPWAY_EVENT=paused --output=verbose --no-pager"),
      /MESSAGE_ID=4ca38e0cd85548c5b79c41d93ca98f69/,
    );
    // The daemon writes it when it is through with what it does.
    assert.match(
      await guest(
        "for i in $(seq 300); do grep -q paused /run/motd.d/50-slipway && break; sleep 1; done; cat /run/motd.d/50-slipway",
      ),
      /paused/,
    );
    const resumed = await api({ method: "POST", path: "/v1/actions/resume", body: {} });
    assert.equal(resumed.status, "200");
    assert.ok(!(await whyOf(machine)).some(({ code }) => code === "PAUSED"));
  });

  it("takes the release that the API is asked for once no hook holds it, and tells hooks behind the boot", async () => {
    await guest(
      `rm -f ${HOOK}; mkdir -p /etc/slipway/hooks/post-boot.d; printf '#!/bin/sh\\necho "$SLIPWAY_BOOTED_VERSION" >/var/post-boot\\n' >/etc/slipway/hooks/post-boot.d/10-note; chmod 755 /etc/slipway/hooks/post-boot.d/10-note; sync`,
    );
    await statusThat(machine, ({ staged }) => staged?.version === "2");
    const { status } = await api({ method: "POST", path: "/v1/actions/update", body: {} });
    assert.equal(status, "202");
    await machine.reset(1, WAIT_MS);
    await comesUpWhole(machine);
    await statusThat(
      machine,
      ({ booted, state }) =>
        booted.version === "2" && booted.standing === "good" && state.kind === "steady",
    );
    assert.equal(
      await guest(
        "for i in $(seq 60); do [ -e /var/post-boot ] && break; sleep 2; done; cat /var/post-boot",
      ),
      "2",
    );
  });

  it("forgets its data with a factory reset that was asked for twice, and stays on its releases", async () => {
    await guest("echo mine >/var/home/mine; sync");
    const id = await guest("cat /etc/machine-id");
    const offer = await guest("slipway-agent factory-reset --json");
    const code = /"code": ?"([^"]+)"/.exec(offer)?.[1];
    assert.ok(code !== undefined, offer);
    assert.equal((await machine.run("slipway-agent factory-reset --confirm wrong")).status, 1);
    await guest(`slipway-agent factory-reset --confirm ${code}`);
    await guest("systemd-run --quiet --on-active=2 systemctl reboot");
    await machine.reset(2, WAIT_MS);
    await comesUpWhole(machine);
    assert.equal(await guest("ls /var/home"), "");
    assert.equal(await guest("cat /etc/machine-id"), id);
    assert.deepEqual((await agentStatus(machine)).booted.version, "2");
    assert.match(await guest("slipway-agent history"), /good/);
  });
});
