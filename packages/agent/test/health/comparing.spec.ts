/** What is compared with the release before: units that fail, and how far the node reaches. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Exec, linuxFiles } from "@slipway/host";
import { manualClock } from "@slipway/host/testing";
import { afterEach, beforeEach, describe, it } from "mocha";
import { BASELINE, encodeBaseline, readBaseline } from "../../src/health/baseline.ts";
import { lookAtNewFailures } from "../../src/health/looks/new-failures.ts";
import { lookAtReach, readReach } from "../../src/health/looks/reach.ts";
import { linuxPlaces } from "../../src/health/linux/places.ts";
import type { Places } from "../../src/health/ports.ts";
import { remember } from "../../src/verdict/remember.ts";

const ROUTES_HEAD =
  "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT \n";
const row = (...columns: readonly string[]): string => `${columns.join("\t")}\n`;
const V4_DEFAULT = row("eth0", "00000000", "0202000A", "0003", "0", "0", "1024", "00000000", "0");
const v4Network = (device: string, network = "0002000A"): string =>
  row(device, network, "00000000", "0001", "0", "0", "1024", "00FFFFFF", "0");
const zeros = "0".repeat(32);
const v6Default = (device: string, flags: string): string =>
  `${zeros} 00 ${zeros} 00 fe800000000000000000000000000002 00000400 00000001 00000000 ${flags} ${device.padStart(8)}\n`;
const v6Address = (device: string, scope: string): string =>
  `fd000000000000000000000000000002 02 40 ${scope} 80 ${device.padStart(8)}\n`;

let root: string;
const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
const places: Places = {
  ...linuxPlaces,
  at: (path) => linuxPlaces.at(join(root, path)),
  start: (path, most) => linuxPlaces.start(join(root, path), most),
  names: (path) => linuxPlaces.names(join(root, path)),
};
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "slipway-comparing-"));
});
afterEach(() => rm(root, { recursive: true }));

/** systemctl on a node where these have failed, by name with what it shows of each. */
const systemctl = (failed: Readonly<Record<string, string>>): Exec => ({
  run: async ({ argv }) => {
    const units = argv.slice(argv.indexOf("--") + 1);
    const stdout = argv.includes("list-units")
      ? Object.keys(failed).map((unit) => `${unit} loaded failed failed X\n`)
      : units.map((unit) => `Id=${unit}\n${failed[unit] ?? ""}\n\n`);
    return { stdout: stdout.join(""), stderr: "", exitCode: 0 };
  },
});

const OLD = { version: "1", roothash: "a".repeat(64) };

describe("how far a node reaches", () => {
  it("is nowhere without a network, and with loopback alone", async () => {
    assert.equal(await readReach(places), "none");
    await write("/proc/net/route", ROUTES_HEAD);
    await write("/proc/net/ipv6_route", v6Default("lo", "00200200"));
    await write("/proc/net/if_inet6", v6Address("lo", "10"));
    assert.equal(await readReach(places), "none");
  });

  it("is to the world with a default route of either family", async () => {
    await write("/proc/net/route", ROUTES_HEAD + v4Network("eth0") + V4_DEFAULT);
    assert.equal(await readReach(places), "route");
    await write("/proc/net/route", ROUTES_HEAD);
    await write(
      "/proc/net/ipv6_route",
      v6Default("lo", "00200200") + v6Default("eth0", "00450003"),
    );
    assert.equal(await readReach(places), "route");
  });

  it("is not to the world by a route that refuses, or that is down", async () => {
    await write("/proc/net/ipv6_route", v6Default("eth0", "00200200"));
    await write("/proc/net/route", ROUTES_HEAD + V4_DEFAULT.replace("0003", "0002"));
    assert.equal(await readReach(places), "none");
  });

  it("is an address where a device has one, also under a bond or a bridge", async () => {
    await write("/proc/net/route", ROUTES_HEAD + v4Network("br0"));
    assert.equal(await readReach(places), "none");
    await write("/sys/class/net/br0/lower_bond0", "");
    await write("/sys/class/net/bond0/lower_eth1", "");
    await write("/sys/class/net/eth1/device", "");
    assert.equal(await readReach(places), "address");
    await write("/proc/net/route", ROUTES_HEAD);
    await write("/proc/net/if_inet6", v6Address("eth1", "00"));
    assert.equal(await readReach(places), "address");
  });

  it("is nowhere with an address that only containers or only the link see", async () => {
    await write("/sys/class/net/eth0/device", "");
    await write("/sys/class/net/podman0/lower_veth0", "");
    await write("/sys/class/net/veth0/address", "");
    await write(
      "/proc/net/route",
      ROUTES_HEAD + v4Network("podman0") + v4Network("eth0", "0000FEA9"),
    );
    await write("/proc/net/if_inet6", v6Address("eth0", "20") + v6Address("podman0", "00"));
    assert.equal(await readReach(places), "none");
  });

  it("survives what no kernel writes", async () => {
    await write("/proc/net/route", "eth0\n\n\u0000 00000000\neth0 00000000 x zz");
    await write("/proc/net/ipv6_route", "nonsense");
    await write("/proc/net/if_inet6", "a b c");
    assert.equal(await readReach(places), "none");
  });

  it("must be as far as on the release before, and no further", async () => {
    await write("/proc/net/route", ROUTES_HEAD + v4Network("eth0"));
    await write("/sys/class/net/eth0/device", "");
    const now = (reach: "none" | "address" | "route") =>
      lookAtReach(places, { version: "1", reach })();
    assert.deepEqual(await now("route"), {
      passed: false,
      seen: "the node has an address, and no default route; on 1 it had a default route",
    });
    assert.equal((await now("address")).passed, true);
    assert.equal((await now("none")).passed, true);
    assert.equal((await lookAtReach(places, undefined)()).passed, true);
  });
});

describe("units that fail", () => {
  const look = (failed: Readonly<Record<string, string>>, before: readonly string[] | undefined) =>
    lookAtNewFailures(
      systemctl(failed),
      before && { version: "1", failedUnits: before },
    )(new AbortController().signal);

  it("are the release's fault where they had not failed before", async () => {
    assert.deepEqual(await look({ "app.service": "", "old.service": "" }, ["old.service"]), {
      passed: false,
      seen: "failed, and not on 1: app.service",
    });
    assert.equal((await look({ "old.service": "" }, ["old.service"])).passed, true);
    assert.deepEqual(await look({}, []), { passed: true, seen: "no unit has failed" });
  });

  it("are nobody's fault where there is nothing to compare with", async () => {
    assert.deepEqual(await look({ "app.service": "" }, undefined), {
      passed: true,
      seen: "failed, with no release before to compare with: app.service",
    });
  });

  it("are not the release's fault where a timer, a connection or a program began them, or where they wait for the network", async () => {
    const others = {
      "apt-news.service": "Transient=no\nTriggeredBy=apt-news.timer",
      "ssh@4-10.0.0.1:22-10.0.0.2:999.service": "Transient=no\nTriggeredBy=ssh.socket",
      "run-u12.service": "Transient=yes\nTriggeredBy=",
      "systemd-networkd-wait-online@eth0.service": "Transient=no\nTriggeredBy=",
    };
    assert.equal((await look(others, [])).passed, true);
    const socket = { "docker.service": "Transient=no\nTriggeredBy=docker.socket" };
    assert.equal(
      (await look({ ...others, ...socket }, [])).seen,
      "failed, and not on 1: docker.service",
    );
  });
});

describe("how a node was on the release before", () => {
  const files = {
    ...linuxFiles,
    open: (path: string) => linuxFiles.open(join(root, path)),
    rename: (from: string, to: string) => linuxFiles.rename(join(root, from), join(root, to)),
  };
  const clock = manualClock(new Date(5000));
  const rememberWith = (failed: readonly string[], release = OLD): Promise<void> =>
    remember(
      {
        exec: systemctl(Object.fromEntries(failed.map((unit) => [unit, ""]))),
        places,
        files,
        clock,
      },
      release,
    );

  it("is kept with all units that ever failed on it, and the network as it is at last", async () => {
    await mkdir(join(root, dirname(BASELINE)), { recursive: true });
    assert.equal(await readBaseline(places), undefined);
    await write("/proc/net/route", ROUTES_HEAD + V4_DEFAULT);
    await rememberWith(["b.service"]);
    await write("/proc/net/route", ROUTES_HEAD);
    await rememberWith(["a.service"]);
    assert.deepEqual(await readBaseline(places), {
      ...OLD,
      at: 5,
      reach: "none",
      failedUnits: ["a.service", "b.service"],
    });
    await rememberWith([], { version: "2", roothash: "b".repeat(64) });
    assert.deepEqual((await readBaseline(places))?.failedUnits, []);
  });

  it("is unknown where the file is none of ours", async () => {
    const whole = encodeBaseline({ ...OLD, at: 1, reach: "route", failedUnits: [] });
    await write(BASELINE, whole);
    assert.equal((await readBaseline(places))?.reach, "route");
    for (const text of [
      "",
      "{",
      whole.slice(0, 40),
      whole.replace('"route"', '"far"'),
      whole.replace('"schema":1', '"schema":2'),
      whole.replace("[]", '["a b"]'),
    ]) {
      await write(BASELINE, text);
      assert.equal(await readBaseline(places), undefined, text);
    }
  });
});
