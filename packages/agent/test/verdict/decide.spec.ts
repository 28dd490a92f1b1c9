import assert from "node:assert/strict";
import {
  encodeHealthChecks,
  type HealthCheck,
  MAY_BE_BLESSED,
  parseVerdictFile,
} from "@slipway/release";
import { HostError, type ReadOnlyDevice } from "@slipway/host";
import { describe, it } from "mocha";
import { ENTRY_DIRECTORY } from "../../src/esp/steps.ts";
import { type Decision, decideVerdict, exitStatusOf } from "../../src/verdict/decide.ts";
import { checkNow } from "../../src/verdict/asked-trials.ts";
import {
  BASELINE,
  type Baseline,
  encodeBaseline,
  readBaseline,
} from "../../src/health/baseline.ts";
import { RUN_VERDICT, slotVerdict } from "../../src/verdict/kept-verdict.ts";
import { whileTimePasses } from "../health/trials.ts";
import {
  aNode,
  BOOT_ID,
  type FakeNode,
  NEW_ENTRY,
  NEW_RELEASE,
  OLD_ENTRY,
  OLD_RELEASE,
  PROBATION,
  ROOT_BYTES,
} from "./node.ts";

const decide = (
  { ports, clock, pace }: Pick<FakeNode, "ports" | "clock" | "pace">,
  signal: AbortSignal = new AbortController().signal,
) => whileTimePasses(decideVerdict(ports, signal), clock, pace);

const MARKED = "base_2_bbbbbbbb+0-4.efi";

const failingCheck: HealthCheck = {
  name: "app",
  level: "required",
  look: { kind: "file", what: { path: "/run/app-is-ready" } },
  timeoutSeconds: 10,
  intervalSeconds: 5,
};

const withCheck = (node: FakeNode, check: HealthCheck): Promise<void> =>
  node.write("/usr/lib/slipway/health.d/50-image.json", encodeHealthChecks({ checks: [check] }));

const WAS_WELL: Baseline = { ...OLD_RELEASE, at: 1, reach: "none", failedUnits: [] };

const rootOf = (device: ReadOnlyDevice): Omit<ReadOnlyDevice, "readBack"> => ({
  name: device.name,
  size: device.size,
  [Symbol.asyncDispose]: () => device[Symbol.asyncDispose](),
});

const keptVerdict = async (node: FakeNode, path: string) => {
  const text = await node.read(path);
  if (text === undefined) return undefined;
  const parsed = parseVerdictFile(new TextEncoder().encode(text));
  assert.ok(parsed.ok);
  return parsed.value;
};

const briefly = (decision: Decision): string => {
  const isRestart = decision.kind === "decided" && decision.mustRestart;
  assert.equal(exitStatusOf(decision), isRestart ? 1 : 0);
  return shownAs(decision);
};

const shownAs = (decision: Decision): string =>
  decision.kind === "decided"
    ? `${decision.verdict.verdict}${decision.mustRestart ? ", restart" : ""}`
    : decision.kind;

describe("the verdict on a release", () => {
  it("is good when everything works and all of the root was read: only then it may be blessed", async () => {
    await using node = await aNode();
    const decision = await decide(node);
    assert.equal(briefly(decision), "good");
    const verdict = await keptVerdict(node, RUN_VERDICT);
    assert.deepEqual(decision.kind === "decided" ? decision.verdict : undefined, verdict);
    assert.equal(verdict?.readBytes, ROOT_BYTES);
    assert.equal(verdict.bootId, BOOT_ID);
    assert.equal(verdict.reason, "all 6 required checks passed");
    assert.deepEqual(
      verdict.checks.map(({ name, outcome }) => `${name} ${outcome}`),
      [
        "slipway/root passed",
        "slipway/node passed",
        "slipway/boot passed",
        "slipway/jobs passed",
        "slipway/new-failures passed",
        "slipway/network passed",
        "slipway/failed-units passed",
      ],
    );
    assert.equal(await node.read(MAY_BE_BLESSED), `${NEW_RELEASE.roothash}\n`);
    assert.deepEqual(await node.entries(), [OLD_ENTRY.file, NEW_ENTRY.file].sort());
    assert.deepEqual((await node.ports.ledger.view()).history, []);
  });

  it("is good in spite of what is only wanted, and says so", async () => {
    await using node = await aNode({ manager: { failed: ["old-thing.service"] } });
    await withCheck(node, { ...failingCheck, level: "wanted" });
    assert.equal(briefly(await decide(node)), "good");
    assert.equal(
      (await keptVerdict(node, RUN_VERDICT))?.reason,
      "all 6 required checks passed; not so slipway/failed-units, app",
    );
  });

  it("is bad when a required check fails until the deadline: kept, in the ledger, marked", async () => {
    await using node = await aNode({ manager: { failed: ["app.service"] } });
    await withCheck(node, failingCheck);
    assert.equal(briefly(await decide(node)), "bad, restart");
    // The boot had taken 100 s of the 600.
    assert.ok(node.clock.monotonicMs() > 490_000 && node.clock.monotonicMs() <= 510_000);
    const verdict = await keptVerdict(node, slotVerdict("b"));
    assert.equal(verdict?.verdict, "bad");
    assert.equal(verdict.reason, "app: /run/app-is-ready is not there");
    assert.deepEqual(verdict.failedUnits, [
      { unit: "app.service", journal: ["app.service says why"] },
    ]);
    assert.deepEqual(await keptVerdict(node, RUN_VERDICT), verdict);
    assert.deepEqual(await node.entries(), [OLD_ENTRY.file, MARKED].sort());
    const { forbidden, history } = await node.ports.ledger.view();
    assert.equal(forbidden.get(NEW_RELEASE.roothash)?.reason, verdict.reason);
    const [line] = history;
    assert.ok(line?.kind === "failed");
    assert.equal(line.evidence?.source, "verdict");
    assert.match(line.evidence.lines.join("\n"), /^failed \(required, \d+ tries\) app: \/run/);
    assert.ok(line.evidence.lines.includes("| app.service says why"));
    assert.equal(await node.read(MAY_BE_BLESSED), undefined);
  });

  it("is good when the check passes later", async () => {
    await using node = await aNode();
    await withCheck(node, failingCheck);
    const ready = node.clock.sleep(120_000).then(() => node.write("/run/app-is-ready", ""));
    assert.equal(briefly(await decide(node)), "good");
    await ready;
  });

  it("is bad when a unit fails that had not failed on the release before, a minute later", async () => {
    await using node = await aNode({ manager: { failed: ["app.service", "old.service"] } });
    await node.write(BASELINE, encodeBaseline({ ...WAS_WELL, failedUnits: ["old.service"] }));
    assert.equal(briefly(await decide(node)), "bad, restart");
    assert.ok(node.clock.monotonicMs() > 55_000 && node.clock.monotonicMs() < 90_000);
    assert.equal(
      (await keptVerdict(node, RUN_VERDICT))?.reason,
      "slipway/new-failures: failed, and not on 1: app.service",
    );
    assert.deepEqual(await node.entries(), [OLD_ENTRY.file, MARKED].sort());
  });

  it("is bad when the node had a route and has none until the deadline", async () => {
    await using node = await aNode();
    await node.write(BASELINE, encodeBaseline({ ...WAS_WELL, reach: "route" }));
    assert.equal(briefly(await decide(node)), "bad, restart");
    assert.ok(node.clock.monotonicMs() > 490_000);
    assert.equal(
      (await keptVerdict(node, RUN_VERDICT))?.reason,
      "slipway/network: the node has no address on any network; on 1 it had a default route",
    );
  });

  it("is good in spite of both where the operator only wants to hear of them", async () => {
    await using node = await aNode({ manager: { failed: ["app.service"] } });
    await node.write(BASELINE, encodeBaseline({ ...WAS_WELL, reach: "route" }));
    await node.write(
      "/etc/slipway/health.d/50-mine.yaml",
      "schema: 1\nbuilt_in: { network: wanted, new_failures: wanted }\n",
    );
    assert.equal(briefly(await decide(node)), "good");
  });

  it("when it is good keeps how the node is, for the next one", async () => {
    await using node = await aNode({ manager: { failed: ["app.service"] } });
    assert.equal(briefly(await decide(node)), "good");
    const kept = await readBaseline(node.ports.health.places);
    assert.deepEqual(
      [kept?.roothash, kept?.reach, kept?.failedUnits],
      [NEW_RELEASE.roothash, "none", ["app.service"]],
    );
  });

  it("when it is bad leaves what was kept of the release before", async () => {
    await using node = await aNode({ manager: { inactive: ["local-fs.target"] } });
    await node.write(BASELINE, encodeBaseline(WAS_WELL));
    assert.equal(briefly(await decide(node)), "bad, restart");
    assert.equal((await readBaseline(node.ports.health.places))?.roothash, OLD_RELEASE.roothash);
  });

  it("is bad when the boot did not get where it should", async () => {
    await using node = await aNode({ manager: { inactive: ["multi-user.target"] } });
    assert.equal(briefly(await decide(node)), "bad, restart");
    assert.equal(
      (await keptVerdict(node, RUN_VERDICT))?.reason,
      "slipway/boot: multi-user.target is inactive (dead)",
    );
  });

  it("is bad when a job of the boot hangs", async () => {
    await using node = await aNode({
      manager: {
        // The others wait for the verdict themselves.
        jobs: ["dev-missing.device", "slipway-verdict.service", "slipway-loader.service"],
      },
    });
    assert.equal(briefly(await decide(node)), "bad, restart");
    assert.equal(
      (await keptVerdict(node, RUN_VERDICT))?.reason,
      "slipway/jobs: still to be done: dev-missing.device",
    );
  });

  it("is bad at once when a block of the root cannot be read", async () => {
    await using node = await aNode({
      asRoot: (device) => ({
        ...rootOf(device),
        readBack: async (target, offset) => {
          if (offset + target.length > ROOT_BYTES - 4096)
            throw new HostError("DEVICE_FAILED", `root cannot be read at byte ${offset}`);
          await device.readBack(target, offset);
        },
      }),
    });
    await withCheck(node, failingCheck);
    assert.equal(briefly(await decide(node)), "bad, restart");
    assert.ok(node.clock.monotonicMs() < 10_000);
    const verdict = await keptVerdict(node, RUN_VERDICT);
    assert.equal(
      verdict?.reason,
      `slipway/root: the root cannot be read: root cannot be read at byte ${3 * 2 ** 20}`,
    );
    assert.equal(verdict.readBytes, 0);
    assert.deepEqual(await node.entries(), [OLD_ENTRY.file, MARKED].sort());
  });

  it("is bad when the root is not read to its end before the deadline", async () => {
    const stuck: (() => void)[] = [];
    await using node = await aNode({
      asRoot: (device) => ({
        ...rootOf(device),
        readBack: () => new Promise((resolve) => stuck.push(resolve)),
      }),
    });
    assert.equal(briefly(await decide(node)), "bad, restart");
    assert.equal(
      (await keptVerdict(node, RUN_VERDICT))?.reason,
      "slipway/root was not finished: the root was not read to its end",
    );
    for (const release of stuck) release();
  });

  it("is bad when a file of health checks cannot be understood", async () => {
    await using node = await aNode();
    await node.write("/etc/slipway/health.d/90-mine.yaml", "schema: 1\nchecks: [{ name: a }]\n");
    assert.equal(briefly(await decide(node)), "bad, restart");
    assert.match(
      (await keptVerdict(node, RUN_VERDICT))?.reason ?? "",
      /^\/etc\/slipway\/health\.d\/90-mine\.yaml: .* is no file of health checks: checks\[0\] looks at nothing/,
    );
  });

  it("is bad at once for a release that the ledger forbids: its last try was cut before the mark", async () => {
    await using node = await aNode();
    await node.ports.ledger.append({ kind: "failed", release: NEW_RELEASE, reason: "no database" });
    assert.equal(briefly(await decide(node)), "bad, restart");
    assert.ok(node.clock.monotonicMs() < 10_000);
    assert.equal(
      (await keptVerdict(node, RUN_VERDICT))?.reason,
      "it was found bad before: no database",
    );
    assert.deepEqual(await node.entries(), [OLD_ENTRY.file, MARKED].sort());
  });

  it("restarts the node although nothing of it can be kept or marked", async () => {
    await using node = await aNode({ manager: { inactive: ["local-fs.target"] } });
    const broken = async (): Promise<never> => {
      throw new HostError("FILE_FAILED", "no space left");
    };
    const { view } = node.ports.ledger;
    const ports = { ...node.ports, ledger: { view, append: broken }, markBad: broken };
    assert.equal(briefly(await decide({ ...node, ports })), "bad, restart");
    assert.ok(node.said.includes(`cannot mark ${NEW_ENTRY.file} bad: no space left`));
    assert.ok(node.said.includes("cannot write the ledger: no space left"));
  });
});

describe("no verdict", () => {
  it("is given about a boot that nobody proves, and it is not blessed and not restarted", async () => {
    const booted = {
      ...PROBATION.booted,
      entry: undefined,
      unproven: "the loader started base_1_aaaaaaaa.efi, and another release runs",
    };
    await using node = await aNode({ facts: { booted } });
    await node.write(MAY_BE_BLESSED, "of the boot before a soft reboot");
    assert.equal(briefly(await decide(node)), "none");
    const verdict = await keptVerdict(node, RUN_VERDICT);
    assert.equal(verdict?.verdict, "unproven");
    assert.equal(verdict.reason, booted.unproven);
    assert.equal(await node.read(MAY_BE_BLESSED), undefined);
    assert.deepEqual(await node.entries(), [OLD_ENTRY.file, NEW_ENTRY.file].sort());
  });

  it("is given about a boot that is not on probation", async () => {
    await using node = await aNode({ facts: { counted: false } });
    assert.equal(briefly(await decide(node)), "none");
    assert.equal(await node.read(RUN_VERDICT), undefined);
    assert.equal(await node.read(MAY_BE_BLESSED), undefined);
  });

  it("is given when the node is told to go down meanwhile", async () => {
    await using node = await aNode();
    await withCheck(node, failingCheck);
    const ending = new AbortController();
    void node.clock.sleep(30_000).then(() => ending.abort());
    assert.equal(briefly(await decide(node, ending.signal)), "interrupted");
    assert.equal(await node.read(RUN_VERDICT), undefined);
    assert.deepEqual(await node.entries(), [OLD_ENTRY.file, NEW_ENTRY.file].sort());
  });
});

describe("a bad release", () => {
  it("on a temporary /var is left to the loader's counter: nothing on the disk is written", async () => {
    await using node = await aNode({ facts: { degraded: ["no /var"] } });
    await node.write("/run/slipway/degraded", "/var cannot be mounted\n");
    assert.equal(briefly(await decide(node)), "bad, restart");
    assert.equal(
      (await keptVerdict(node, RUN_VERDICT))?.reason,
      "slipway/node: the node is degraded: /var cannot be mounted",
    );
    assert.equal(await node.read(slotVerdict("b")), undefined);
    assert.deepEqual(await node.entries(), [OLD_ENTRY.file, NEW_ENTRY.file].sort());
  });

  for (const [what, entry] of [
    ["no other release", undefined],
    [
      "another one that is bad too",
      { ...OLD_ENTRY, name: { ...OLD_ENTRY.name, state: { kind: "counted", left: 0, done: 4 } } },
    ],
  ] as const) {
    it(`with ${what} stays up, unblessed and reachable`, async () => {
      const inactive = { ...PROBATION.inactive, entry };
      await using node = await aNode({
        facts: { inactive },
        manager: { inactive: ["local-fs.target"] },
      });
      assert.equal(briefly(await decide(node)), "bad");
      assert.equal(await node.read(MAY_BE_BLESSED), undefined);
      assert.equal((await node.ports.ledger.view()).forbidden.size, 0);
      assert.deepEqual(await node.entries(), [OLD_ENTRY.file, NEW_ENTRY.file].sort());
    });
  }
});

describe("a release whose entry has lost its name", () => {
  const TORN = "BASE_2~1.EFI";
  const tornNode = async (options: Parameters<typeof aNode>[0] = {}): Promise<FakeNode> => {
    const entry = { ...NEW_ENTRY, file: TORN, name: { ...NEW_ENTRY.name, state: GOOD } };
    const node = await aNode({
      ...options,
      facts: { booted: { ...PROBATION.booted, entry }, ...options.facts },
    });
    await node.ports.files.rename(
      `${ENTRY_DIRECTORY}/${NEW_ENTRY.file}`,
      `${ENTRY_DIRECTORY}/${TORN}`,
    );
    return node;
  };
  const GOOD = { kind: "good" } as const;

  it("is judged, and may be good under it: nothing on the ESP changes", async () => {
    await using node = await tornNode();
    assert.equal(briefly(await decide(node)), "good");
    assert.equal(await node.read(MAY_BE_BLESSED), `${NEW_RELEASE.roothash}\n`);
    assert.deepEqual(await node.entries(), [TORN, OLD_ENTRY.file].sort());
  });

  it("is not judged again when it was found good before", async () => {
    await using node = await tornNode({ manager: { inactive: ["multi-user.target"] } });
    await node.ports.ledger.append({ kind: "good", release: NEW_RELEASE });
    assert.equal(briefly(await decide(node)), "none");
    assert.equal(await node.read(MAY_BE_BLESSED), `${NEW_RELEASE.roothash}\n`);
  });

  it("gets the mark where it is bad, or was found so before the cut", async () => {
    await using node = await tornNode();
    await node.ports.ledger.append({ kind: "failed", release: NEW_RELEASE, reason: "no database" });
    assert.equal(briefly(await decide(node)), "bad, restart");
    assert.deepEqual(await node.entries(), [OLD_ENTRY.file, MARKED].sort());
  });

  it("restarts no node for ever: not a degraded one, and not where the mark cannot be set", async () => {
    await using degraded = await tornNode({ facts: { degraded: ["no /var"] } });
    assert.equal(briefly(await decide(degraded)), "none");
    await using node = await tornNode({ manager: { inactive: ["multi-user.target"] } });
    const markBad = async (): Promise<never> => {
      throw new HostError("FILE_FAILED", "read-only");
    };
    assert.equal(briefly(await decide({ ...node, ports: { ...node.ports, markBad } })), "bad");
  });
});

describe("looking at everything once", () => {
  it("decides nothing, and tells each as what it is", async () => {
    await using node = await aNode({ manager: { inactive: ["multi-user.target"] } });
    await withCheck(node, failingCheck);
    const { health } = node.ports;
    const results = await whileTimePasses(checkNow(health), node.clock, node.pace);
    assert.deepEqual(
      results.map(({ name, level, outcome, tries }) => `${name} ${level} ${outcome} ${tries}`),
      [
        "slipway/boot required failed 1",
        "app required failed 1",
        "slipway/node required passed 1",
        "slipway/jobs required passed 1",
        "slipway/new-failures required passed 1",
        "slipway/network required passed 1",
        "slipway/failed-units wanted passed 1",
      ],
    );
    assert.equal(await node.read(RUN_VERDICT), undefined);
    assert.equal(await node.read(MAY_BE_BLESSED), undefined);
  });
});
