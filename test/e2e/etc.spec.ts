/** Two releases on one node: /etc goes with it to the second, and is what it was after going back to the first. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "mocha";
import { BAD, bootEntries, renameEntry, withTries } from "../support/boot-entries.ts";
import { guestNode, guestNodeDisk, rootHashOf } from "../support/guest-node.ts";
import { putRelease } from "../support/installed-release.ts";
import { copyDisk, diskOf, fillPartition } from "../support/node-disk.ts";
import { comesUpWhole, bootNode, outputOf } from "../support/node-machine.ts";
import { requireRoot, scratchDirectory, slipway, succeeded } from "../support/release.ts";

const BASE = path.resolve(import.meta.dirname, "../../images/base.yaml");
/** Node starts in ten seconds under emulation, and a slow machine takes thrice that. */
const CARRY_MS = 300_000;

interface Differences {
  readonly version: string;
  readonly enabled: readonly string[];
  readonly more?: string;
}

const UNITS = ["dropped", "fresh", "unwanted", "extra"] as const;

const definition = ({ version, enabled, more = "" }: Differences): string => `variant: slipway
version: 1.0.0
include: [base.yaml]
image:
  architectures: [x86_64]
  version: "${version}"
  slot_size_mib: 1024
storage:
  files:
    - path: /etc/both
      contents: { inline: "${version}\\n" }
    - path: /etc/vendors
      contents: { inline: "${version}\\n" }
systemd:
  units:
${UNITS.map(
  (name) => `    - name: ${name}.service
      enabled: ${enabled.includes(name)}
      contents: |
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/bin/true
        [Install]
        WantedBy=multi-user.target
`,
).join("")}${more}`;

const ACCOUNT = `passwd:
  users:
    - name: keeper
      system: true
      no_create_home: true
`;

/**
 * Everything in /etc but the sockets, a line a path and a line the contents of a file. Not `.updated`: systemd writes into it
 * when it last brought /var up to a release, which an upgraded node does and a fresh one need not.
 */
const PICTURE = `cd /etc; { find . ! -type s ! -name .updated -printf '%p %y %m %U:%G %l\\n'
find . -type f ! -name .updated -exec sha256sum {} + | sed 's/^\\([^ ]*\\)  \\(.*\\)/\\2 \\1/'; } | LC_ALL=C sort`;

const EDITS = `systemctl --quiet disable unwanted.service; systemctl --quiet enable extra.service
echo mine > /etc/both; echo mine > /etc/mine; useradd --create-home alice`;

/** The paths whose lines are in the one picture and not in the other. */
const beyond = (picture: string, other: string): readonly string[] => {
  const known = new Set(other.split("\n"));
  const lines = picture.split("\n").filter((line) => !known.has(line));
  return [...new Set(lines.map((line) => line.split(" ")[0] ?? ""))].toSorted();
};

describe("/etc over two releases", function () {
  this.timeout("40m");
  requireRoot();
  const scratch = scratchDirectory("etc-releases");
  const at = (name: string): string => path.join(scratch, name);
  let [first, second] = ["", ""];

  const build = async (with_: Differences): Promise<string> => {
    const directory = at(`definition-${with_.version}`);
    mkdirSync(directory);
    copyFileSync(BASE, path.join(directory, "base.yaml"));
    const file = path.join(directory, "node.yaml");
    writeFileSync(file, definition(with_));
    succeeded(await slipway("build", file, "--out", at("out")));
    return path.join(at("out"), "base", with_.version, "x86_64");
  };
  before("build two releases", async () => {
    first = await build({ version: "1", enabled: ["dropped", "unwanted"] });
    second = await build({ version: "2", enabled: ["fresh", "unwanted"], more: ACCOUNT });
  });

  /** What a fresh installation of the second has, without what is different on each node. */
  const freshPicture = async (): Promise<string> => {
    await using machine = await bootNode(await copyDisk(diskOf(second), at("fresh.raw")));
    await machine.up();
    return await outputOf(machine, PICTURE);
  };

  it("has in the second what a fresh node has and what the user changed, and in the first what it had", async () => {
    const disk = await copyDisk(diskOf(first), at("node.raw"));
    await fillPartition(disk, "slot-b", path.join(second, "root.erofs"));
    const tools = await guestNodeDisk(scratch, ["agent", "host"]);
    let [picture, report] = ["", ""];
    {
      await using machine = await bootNode([disk, tools]);
      await machine.up();
      await outputOf(machine, EDITS);
      picture = await outputOf(machine, PICTURE);
      await outputOf(
        machine,
        `mkdir -p /run/t/old /run/t/new /run/t/node; mount --bind / /run/t/old
        mount -t erofs -o ro /dev/disk/by-partlabel/slot-b /run/t/new
        mount -t erofs -o ro /dev/vdb /run/t/node`,
      );
      const carry = `${guestNode("/run/t/node", "agent/src/main.ts")} internal carry-etc --live /etc \
        --old /run/t/old/etc --new /run/t/new/etc --state /var/lib/slipway/etc \
        --from ${rootHashOf(first)} --to ${rootHashOf(second)}`;
      const done = await machine.run(carry, CARRY_MS);
      assert.equal(done.status, 0, done.stderr);
      report = done.stdout;
      assert.equal(await outputOf(machine, PICTURE), picture);
      await machine.powerOff();
    }
    assert.match(
      report,
      /^conflicts:\n {2}\/etc\/both: contents changed here and in the new image/,
    );
    assert.match(report, /^ {2}\/etc\/passwd: merged$/m);

    const fresh = await freshPicture();
    await putRelease(disk, second, "slot-b");
    {
      await using machine = await bootNode(disk);
      await comesUpWhole(machine);
      assert.equal(await outputOf(machine, ". /etc/os-release; echo $IMAGE_VERSION"), "2");
      const upgraded = await outputOf(machine, PICTURE);
      const accounts = ["group", "gshadow", "passwd", "shadow", "subgid", "subuid"].map(
        (name) => `./${name}`,
      );
      const wants = "./systemd/system/multi-user.target.wants";
      assert.deepEqual(
        beyond(upgraded, fresh),
        ["./both", ...accounts, "./machine-id", "./mine", `${wants}/extra.service`].toSorted(),
      );
      assert.deepEqual(
        beyond(fresh, upgraded),
        ["./both", ...accounts, "./machine-id", `${wants}/unwanted.service`].toSorted(),
      );
      assert.equal(
        await outputOf(
          machine,
          `systemctl is-active ${UNITS.join(" ")}; cat /etc/both /etc/vendors
          id -un alice; id -un keeper; cmp /etc/machine-id /var/lib/slipway/machine-id && echo same`,
        ),
        "inactive\nactive\ninactive\nactive\nmine\n2\nalice\nkeeper\nsame",
      );
      await machine.powerOff();
    }

    const entry = (await bootEntries(disk)).find((name) => name.includes("_2_"));
    assert.ok(entry);
    await renameEntry(disk, entry, withTries(entry, BAD));
    await using machine = await bootNode(disk);
    await comesUpWhole(machine);
    assert.equal(await outputOf(machine, ". /etc/os-release; echo $IMAGE_VERSION"), "1");
    assert.equal(await outputOf(machine, PICTURE), picture);
    await machine.powerOff();
  });
});
