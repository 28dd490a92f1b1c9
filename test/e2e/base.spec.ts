/** The base image, built by the command and booted: the promises of a first release, on the real thing. */
import assert from "node:assert/strict";
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { before, describe, it } from "mocha";
import { linuxExec } from "@slipway/host";
import { findToolbox, type Toolbox } from "@slipway/composer/testing";
import {
  baseRelease,
  type BaseRelease,
  CACHE,
  requireRoot,
  run,
  scratchDirectory,
  slipway,
  succeeded,
} from "../support/release.ts";

/** The part of `inspect --json` that is looked at here. */
interface Description {
  readonly disk: {
    readonly partitions: readonly { typeName: string; label: string; size: number }[];
  };
  readonly uki: { readonly machine: number };
  readonly problems: readonly string[];
}

const describeRelease = async (directory: string): Promise<Description> =>
  JSON.parse(succeeded(await slipway("inspect", directory, "--json")).stdout) as Description;

/** The machine of every ELF file below a directory, counted. */
const elfMachines = (directory: string): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  const head = Buffer.alloc(20);
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = openSync(path.join(entry.parentPath, entry.name), "r");
    const length = readSync(file, head);
    closeSync(file);
    if (length < 20 || head.readUInt32BE(0) !== 0x7f454c46) continue;
    const machine = head.readUInt16LE(18);
    counts.set(machine, (counts.get(machine) ?? 0) + 1);
  }
  return counts;
};

/** The state of the system, and what is wrong with it unless it is `running`, for the one who reads the failed test. */
const STATE =
  "systemctl is-system-running || { systemctl --failed --no-legend; journalctl -b -p err --no-pager | tail; } >&2";

describe("base image", function () {
  this.timeout("20m");
  requireRoot();
  let release: BaseRelease;
  let toolbox: Toolbox;
  const scratch = scratchDirectory("e2e");

  before("build it", async () => {
    release = await baseRelease();
    const found = await findToolbox(linuxExec, CACHE, "compose");
    assert.ok(found !== undefined);
    toolbox = found;
  });

  it("is a list of releases with the digests of all artifacts", async () => {
    const [first, second] = release.built as readonly {
      arch: string;
      directory: string;
      artifacts: Record<string, { size: number; sha256: string }>;
    }[];
    assert.deepEqual([first?.arch, second?.arch], ["x86_64", "aarch64"]);
    assert.equal(first?.directory, release.x86_64);
    // The tool that everybody has must agree, on the sparse disk as well.
    for (const [name, { sha256 }] of Object.entries(first?.artifacts ?? {})) {
      const { stdout } = succeeded(await run(["sha256sum", path.join(release.x86_64, name)]));
      assert.equal(stdout.slice(0, 64), sha256, name);
    }
  });

  it("boots to a running system on a read-only verity root, without a network and with nothing added", async () => {
    const commands = [
      "findmnt -no SOURCE,FSTYPE,OPTIONS /; touch /x; cat /etc/os-release",
      STATE,
      "stat -c 'usr %Y' /usr; stat -c 'etc %Y' /etc/.updated",
      "readlink /home /root /opt /srv /usr/local /mnt",
      "touch /etc/x /var/x /home/x && echo writable",
      "slipway-agent --version | sed 's/^/agent: /'",
      "systemctl is-active ssh systemd-networkd systemd-resolved systemd-timesyncd | sort -u",
      "exit 7",
    ];
    const outcome = await slipway("run", release.x86_64, "--exec", commands.join("; "));
    assert.match(outcome.stdout, /^\/dev\/mapper\/root +erofs +ro,/);
    assert.match(outcome.stdout, /^IMAGE_ID=base$/m);
    assert.match(outcome.stdout, /^IMAGE_VERSION=1$/m);
    assert.match(outcome.stdout, /^running$/m, outcome.stderr);
    // The on-disk contract, as far as a running system shows it.
    const { epoch } = JSON.parse(
      readFileSync(path.join(release.x86_64, "manifest.json"), "utf8"),
    ) as { epoch: number };
    assert.match(outcome.stdout, new RegExp(`^usr ${epoch}\\netc ${epoch}$`, "m"));
    assert.match(
      outcome.stdout,
      /^var\/home\nvar\/roothome\nvar\/opt\nvar\/srv\n\.\.\/var\/usrlocal\nvar\/mnt\nwritable\nagent: .*\b\d+\.\d+\.\d+\nactive\n$/m,
    );
    assert.match(outcome.stderr, /touch: cannot touch '\/x': Read-only file system/);
    assert.equal(outcome.status, 7, outcome.stderr);
  });

  it("has the same shape for aarch64: types, EFI program and every binary", async () => {
    const { disk, uki, problems } = await describeRelease(release.aarch64);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      disk.partitions.map(({ label, typeName, size }) => [label, typeName, size / 1024 / 1024]),
      [
        ["esp", "esp", 1024],
        ["slot-a", "root-arm64", 2048],
        ["slot-a-verity", "root-arm64-verity", 17],
        ["slot-b", "root-arm64", 2048],
        ["slot-b-verity", "root-arm64-verity", 17],
      ],
    );
    assert.equal(uki.machine, 0xaa64);
    const tree = path.join(scratch, "aarch64");
    await toolbox.run(
      {
        argv: ["fsck.erofs", `--extract=${tree}`, path.join(release.aarch64, "root.erofs")],
        purpose: "unpacking the root",
      },
      { readable: [release.aarch64], writable: [scratch] },
    );
    const machines = elfMachines(tree);
    assert.deepEqual([...machines.keys()], [183], JSON.stringify([...machines]));
    assert.ok((machines.get(183) ?? 0) > 300);
  });

  it("boots on aarch64 as well", async () => {
    const { stdout, stderr } = succeeded(
      await slipway(
        "run",
        release.aarch64,
        "--exec",
        `uname -m; ${STATE}; slipway-agent --version`,
      ),
    );
    assert.match(stdout, /^aarch64\nrunning\n.*\b\d+\.\d+\.\d+\n$/, stderr);
  });

  it("can be read by whoever serves it", () => {
    for (const name of readdirSync(release.x86_64)) {
      assert.equal(statSync(path.join(release.x86_64, name)).mode & 0o777, 0o644, name);
    }
  });

  const verify = (directory: string, roothash: string) =>
    toolbox.run(
      {
        argv: [
          "veritysetup",
          "verify",
          `${directory}/root.erofs`,
          `${directory}/root.verity`,
          roothash,
        ],
        purpose: "verifying the root",
      },
      { readable: [directory], accept: [0, 2] },
    );

  const flip = (file: string, offset: number): void => {
    const handle = openSync(file, "r+");
    const byte = Buffer.alloc(1);
    readSync(handle, byte, 0, 1, offset);
    writeSync(handle, Buffer.from([(byte[0] ?? 0) ^ 0x01]), 0, 1, offset);
    closeSync(handle);
  };

  it("has a hash tree that veritysetup agrees with, and that notices one flipped bit", async () => {
    const copy = path.join(scratch, "flipped");
    succeeded(await run(["mkdir", copy]));
    succeeded(
      await run(["cp", `${release.x86_64}/root.erofs`, `${release.x86_64}/root.verity`, copy]),
    );
    const [first] = release.built as readonly { roothash: string }[];
    const roothash = first?.roothash ?? "";
    assert.equal((await verify(copy, roothash)).exitCode, 0);
    flip(path.join(copy, "root.erofs"), 100_000_000);
    assert.equal((await verify(copy, roothash)).exitCode, 2);
  });

  it("does not come up as if nothing were wrong when a byte of its root is not what was built", async () => {
    const report = await toolbox.run(
      {
        argv: [
          "dump.erofs",
          "--path=/usr/lib/systemd/systemd",
          "-e",
          `${release.x86_64}/root.erofs`,
        ],
        purpose: "finding a file that every boot reads",
      },
      { readable: [release.x86_64] },
    );
    const offset = Number(/^\s*0:.*\|\s*\d+ :\s*(\d+)\.\./m.exec(report.stdout)?.[1]);
    assert.ok(offset > 0, report.stdout);
    const { disk } = (await describeRelease(release.x86_64)) as unknown as {
      disk: { partitions: readonly { label: string; offset: number }[] };
    };
    const slot = disk.partitions.find(({ label }) => label === "slot-a");
    assert.ok(slot !== undefined);
    const damaged = path.join(scratch, "damaged.raw");
    succeeded(await run(["cp", "--sparse=always", `${release.x86_64}/disk.raw`, damaged]));
    flip(damaged, slot.offset + offset + 64);
    const outcome = await slipway("run", damaged, "--exec", "echo came up");
    assert.doesNotMatch(outcome.stdout, /came up/);
    assert.equal(outcome.status, 1, outcome.stderr);
    assert.match(outcome.stderr, /error \[MACHINE_RESET\]/);
    assert.match(outcome.stderr, /verity|corrupt/i);
  });
});
