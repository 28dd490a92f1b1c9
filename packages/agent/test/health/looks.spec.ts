/** Every kind of check on the real thing: servers on loopback, programs, files. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HealthCheck, Look } from "@slipway/release";
import { linuxClock } from "@slipway/host";
import { manualClock, scriptedExec } from "@slipway/host/testing";
import { after, before, describe, it } from "mocha";
import { type LocalServer, localServer } from "../../../../test/support/local-server.ts";
import { linuxHealthPorts } from "../../src/health/linux/ports.ts";
import { lookAtClock, lookAtNetwork } from "../../src/health/looks/settings.ts";
import type { HealthPorts } from "../../src/health/ports.ts";
import { runTrials } from "../../src/health/run-trials.ts";
import { trialOf } from "../../src/health/trials.ts";

const NO_RETRY: Omit<HealthCheck, "look"> = {
  name: "a",
  level: "required",
  timeoutSeconds: 10,
  intervalSeconds: 1,
  retries: 0,
};

/** `passed: …` or `failed: …`, and what it wrote. */
const tried = async (
  look: Look,
  fields: Partial<HealthCheck> = {},
  ports: HealthPorts = linuxHealthPorts,
): Promise<readonly [string, readonly string[]]> => {
  const [result] = await runTrials([trialOf({ ...NO_RETRY, ...fields, look }, ports, 0)], {
    clock: ports.clock,
    deadlineMs: ports.clock.monotonicMs() + 60_000,
    settleMs: 0,
  });
  assert.ok(result);
  return [`${result.outcome}: ${result.seen}`, result.output];
};

const SOON = { timeoutSeconds: 0.2 };

describe("a check of a command", () => {
  const command = (...argv: readonly [string, ...string[]]): Look => ({
    kind: "command",
    what: { argv, status: 0 },
  });

  it("passes with the status that is asked for", async () => {
    assert.equal((await tried(command("/bin/true")))[0], "passed: /bin/true ended with status 0");
    const three: Look = { kind: "command", what: { argv: ["/bin/sh", "-c", "exit 3"], status: 3 } };
    assert.equal((await tried(three))[0], "passed: /bin/sh ended with status 3");
  });

  it("fails with another one, and keeps the last that it wrote", async () => {
    const script = "seq 1 1000; echo no database >&2; exit 4";
    const [outcome, output] = await tried(command("/bin/sh", "-c", script));
    assert.equal(outcome, "failed: /bin/sh ended with status 4, not 0");
    assert.deepEqual(output.slice(-2), ["1000", "no database"]);
    assert.equal(output.length, 20);
  });

  it("fails where there is no such program", async () => {
    assert.match((await tried(command("/no/such")))[0], /^failed: \/no\/such was not found/);
  });

  it("is ended with all that it began when its time is up", async () => {
    const [outcome] = await tried(command("/bin/sh", "-c", "sleep 60 & wait"), SOON);
    assert.equal(outcome, "failed: no answer within 0.2 s");
  });
});

describe("a check over HTTP", () => {
  let server: LocalServer;
  const held: (() => void)[] = [];
  before(async () => {
    server = await localServer((request, response) => {
      if (request.url === "/ok") response.end("all is well");
      else if (request.url === "/moved") response.writeHead(302, { location: "/ok" }).end();
      else if (request.url === "/ill") response.writeHead(503).end("no database");
      else if (request.url === "/long") response.end(`${"x".repeat(3 * 2 ** 20)}needle`);
      else if (request.url === "/slow-body") response.write("begun");
      else held.push(() => response.end());
    });
  });
  after(async () => {
    for (const release of held) release();
    await server[Symbol.asyncDispose]();
  });

  const http = (path: string, fields: { status?: number; contains?: string } = {}): Look => ({
    kind: "http",
    what: { url: `${server.url}${path}`, ...fields },
  });

  it("passes with an answer from 200 to 299, or the status that is asked for", async () => {
    assert.equal((await tried(http("/ok")))[0], `passed: ${server.url}/ok answered 200`);
    assert.match((await tried(http("/ok", { contains: "is well" })))[0], /^passed/);
    assert.match((await tried(http("/moved", { status: 302 })))[0], /^passed/);
  });

  it("fails with another one, and keeps what the server said", async () => {
    assert.deepEqual(await tried(http("/ill")), [
      `failed: ${server.url}/ill answered 503, not 200 to 299`,
      ["no database"],
    ]);
    assert.match((await tried(http("/moved")))[0], /^failed: .* answered 302, not 200 to 299$/);
    assert.match((await tried(http("/ok", { status: 204 })))[0], /answered 200, not 204$/);
  });

  it("fails without the text, which it looks for in the first mebibyte", async () => {
    assert.match((await tried(http("/ok", { contains: "bad" })))[0], /answered 200 without "bad"$/);
    assert.match((await tried(http("/long", { contains: "needle" })))[0], /^failed/);
  });

  it("fails when there is no answer in time, or one that does not end", async () => {
    assert.equal((await tried(http("/never"), SOON))[0], "failed: no answer within 0.2 s");
    assert.equal((await tried(http("/slow-body"), SOON))[0], "failed: no answer within 0.2 s");
  });

  it("fails where nobody listens", async () => {
    const nobody: Look = { kind: "http", what: { url: "http://127.0.0.1:1/" } };
    assert.match((await tried(nobody))[0], /^failed: connect ECONNREFUSED/);
    const plain: Look = {
      kind: "http",
      what: { url: server.url.replace("http:", "https:") },
    };
    assert.match((await tried(plain))[0], /^failed: /);
  });
});

describe("a check over TCP", () => {
  const tcp = (port: number, host = "127.0.0.1"): Look => ({ kind: "tcp", what: { host, port } });

  it("passes where somebody listens, and fails where nobody does", async () => {
    const server = net.createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    assert.equal(
      (await tried(tcp(address.port)))[0],
      `passed: 127.0.0.1 port ${address.port} takes connections`,
    );
    server.close();
    await once(server, "close");
    assert.match((await tried(tcp(address.port)))[0], /^failed: connect ECONNREFUSED/);
  });

  it("fails when there is no answer in time", async () => {
    const ports: HealthPorts = {
      ...linuxHealthPorts,
      web: { ...linuxHealthPorts.web, connect: () => new Promise(() => {}) },
    };
    assert.equal((await tried(tcp(1), SOON, ports))[0], "failed: no answer within 0.2 s");
  });
});

describe("a check of a file", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "slipway-looks-"));
    await writeFile(join(directory, "ready"), "state: ready\n");
    await mkdir(join(directory, "folder"));
    await symlink("ready", join(directory, "link"));
  });
  after(() => rm(directory, { recursive: true }));

  const file = (
    name: string,
    fields: { contains?: string; fresh_seconds?: number } = {},
  ): Look => ({
    kind: "file",
    what: { path: join(directory, name), ...fields },
  });

  it("passes where something is there, and holds what is asked for", async () => {
    for (const name of ["ready", "folder", "link"])
      assert.equal((await tried(file(name)))[0], `passed: ${join(directory, name)} is there`);
    assert.match(
      (await tried(file("link", { contains: "ready" })))[0],
      /^passed: .* holds "ready"$/,
    );
  });

  it("fails where it is not", async () => {
    assert.match((await tried(file("gone")))[0], /^failed: .*gone is not there$/);
    assert.match((await tried(file("ready/below")))[0], /^failed: .* is not there$/);
    assert.deepEqual((await tried(file("ready", { contains: "steady" })))[1], ["state: ready"]);
    assert.match((await tried(file("folder", { contains: "a" })))[0], /is no plain file/);
  });

  it("knows how old it is", async () => {
    const anHourAgo = linuxClock.now().getTime() / 1000 - 3600;
    await utimes(join(directory, "ready"), anHourAgo, anHourAgo);
    assert.match((await tried(file("ready", { fresh_seconds: 7200 })))[0], /^passed/);
    assert.match(
      (await tried(file("ready", { fresh_seconds: 60 })))[0],
      /^failed: .* was written 36\d\d s ago, more than 60 s$/,
    );
  });
});

describe("a check of space", () => {
  const rooms = (freeMib: number, totalMib: number): HealthPorts => ({
    ...linuxHealthPorts,
    places: {
      ...linuxHealthPorts.places,
      room: async () => ({ freeBytes: freeMib * 2 ** 20, totalBytes: totalMib * 2 ** 20 }),
    },
  });
  const space = (fields: { free_mib?: number; free_percent?: number }): Look => ({
    kind: "space",
    what: { path: "/", ...fields },
  });

  it("asks the file system", async () => {
    assert.match((await tried(space({ free_mib: 1 })))[0], /^passed: \/ has \d+ MiB free, \d+ %$/);
    const nowhere: Look = { kind: "space", what: { path: "/no/such", free_mib: 1 } };
    assert.match((await tried(nowhere))[0], /^failed: ENOENT/);
  });

  it("passes exactly from the bound on", async () => {
    assert.match((await tried(space({ free_mib: 100 }), {}, rooms(100, 1000)))[0], /^passed/);
    assert.match((await tried(space({ free_percent: 10 }), {}, rooms(100, 1000)))[0], /^passed/);
    assert.equal(
      (await tried(space({ free_mib: 101, free_percent: 11 }), {}, rooms(100, 1000)))[0],
      "failed: / has 100 MiB free, 10 %, less than 101 MiB and 11 %",
    );
    assert.match((await tried(space({ free_percent: 1 }), {}, rooms(0, 0)))[0], /^failed/);
  });
});

describe("a check of units", () => {
  const asked = async (
    what: { active: readonly string[]; none_failed: boolean },
    ...answers: readonly string[]
  ) => {
    const exec = scriptedExec(answers.map((stdout) => ({ stdout })));
    const [outcome] = await tried({ kind: "units", what }, {}, { ...linuxHealthPorts, exec });
    return { outcome, ran: exec.ran.map(({ argv }) => argv.join(" ")) };
  };
  const shown = (unit: string, active: string, sub: string, load = "loaded"): string =>
    `Id=${unit}\nLoadState=${load}\nActiveState=${active}\nSubState=${sub}\n`;

  it("passes where each is active", async () => {
    const { outcome, ran } = await asked(
      { active: ["a.service", "alias.service"], none_failed: false },
      [shown("a.service", "active", "running"), shown("b.service", "active", "exited")].join("\n"),
    );
    assert.equal(outcome, "passed: a.service, alias.service active");
    assert.deepEqual(ran, [
      "systemctl show --property=Id,LoadState,ActiveState,SubState -- a.service alias.service",
    ]);
  });

  it("fails where one is not, or is not known", async () => {
    const { outcome } = await asked(
      { active: ["a.service", "b.service", "c.service"], none_failed: false },
      [
        shown("a.service", "activating", "auto-restart"),
        shown("b.service", "inactive", "dead", "not-found"),
      ].join("\n"),
    );
    assert.equal(
      outcome,
      "failed: a.service is activating (auto-restart), b.service is not-found, c.service is unknown",
    );
  });

  it("fails where any unit has failed, if that is asked for", async () => {
    const lines = "  b.service loaded failed failed B\na.mount   loaded failed failed A\n";
    const { outcome } = await asked({ active: [], none_failed: true }, lines);
    assert.equal(outcome, "failed: failed: a.mount, b.service");
    assert.equal(
      (await asked({ active: [], none_failed: true }, "")).outcome,
      "passed: no unit has failed",
    );
  });
});

describe("checks of clock and network", () => {
  const signal = new AbortController().signal;
  const files = (texts: Readonly<Record<string, string>>): HealthPorts["places"] => ({
    ...linuxHealthPorts.places,
    at: async (path) => (path in texts ? { isFile: true, changedMs: 0 } : undefined),
    start: async (path) => texts[path] ?? "",
  });
  const clock = manualClock(new Date("2027-01-01T00:00:00Z"));
  const builtAt = Date.UTC(2026, 11, 31) / 1000;
  const [no, yes] = ["no\n", "yes\n"].map((stdout) => () => scriptedExec([{ stdout }]));
  assert.ok(no && yes);
  const synchronised = { "/run/systemd/timesync/synchronized": "" };

  it("know a clock that was never set from one that was", async () => {
    const atEpoch = manualClock(new Date(0));
    const plausible = { state: "plausible" } as const;
    const early = { places: files(synchronised), exec: no(), clock: atEpoch };
    assert.deepEqual(await lookAtClock(early, builtAt, plausible)(signal), {
      passed: false,
      seen: "the clock says 1970-01-01T00:00:00.000Z, before the release was built",
    });
    const set = { places: files({}), exec: no(), clock };
    assert.equal((await lookAtClock(set, builtAt, plausible)(signal)).passed, true);
  });

  it("ask whether it is synchronised, and by whomever", async () => {
    const look = async (exec: HealthPorts["exec"], texts: Readonly<Record<string, string>>) =>
      (
        await lookAtClock({ places: files(texts), exec, clock }, builtAt, {
          state: "synchronised",
        })(signal)
      ).passed;
    assert.equal(await look(scriptedExec([]), synchronised), true);
    assert.equal(await look(yes(), {}), true);
    assert.equal(await look(no(), {}), false);
  });

  it("take networkd's word", async () => {
    const look = async (state: "online" | "routable", text: string | undefined) =>
      (
        await lookAtNetwork(files(text === undefined ? {} : { "/run/systemd/netif/state": text }), {
          state,
        })()
      ).passed;
    const text = "# private\nOPER_STATE=routable\nCARRIER_STATE=carrier\nONLINE_STATE=partial\n";
    assert.equal(await look("routable", text), true);
    assert.equal(await look("online", text), false);
    assert.equal(await look("online", text.replace("partial", "online")), true);
    assert.equal(await look("routable", text.replace("routable", "degraded")), false);
    assert.equal(await look("online", undefined), false);
  });
});
