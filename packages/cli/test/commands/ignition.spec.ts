import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { GOOD, runInMemory } from "../support/a-world.ts";

const DISK = `storage:
  luks:
    - name: data
      device: /dev/disk/by-partlabel/data
      discard: true
  filesystems:
    - { device: /dev/mapper/data, path: /var/lib/data, format: xfs, with_mount_unit: true }
  files:
    - { path: /etc/a, contents: { inline: a } }
    - { path: /var/lib/data/b, mode: 0600, contents: { inline: b } }
`;

const texts = {
  "good.yaml": GOOD,
  "disk.yaml": GOOD + DISK,
  "plain.yaml": GOOD + DISK.replace("      discard: true\n", ""),
  "node.bu": `variant: fcos
version: 1.5.0
storage:
  files: [{ path: /etc/a, mode: 0600, contents: { inline: a } }]
`,
};

const ignition = (...args: readonly string[]) => runInMemory(["ignition", ...args], { texts });

describe("slipway ignition", () => {
  it("prints what a definition leaves for first boot, and nothing that is in the image", async () => {
    const { status, stdout, stderr } = await ignition("plain.yaml");
    assert.equal(status, 0);
    assert.match(stderr, /warning\[first-boot\]: `storage\.luks` is no part of the image/);
    const config = JSON.parse(stdout) as {
      ignition: { version: string };
      storage: Record<string, readonly { path?: string; contents?: { source: string } }[]>;
      systemd: { units: readonly { name: string; enabled: boolean }[] };
    };
    assert.equal(config.ignition.version, "3.3.0");
    assert.deepEqual(Object.keys(config.storage).toSorted(), ["files", "filesystems", "luks"]);
    assert.deepEqual(
      config.storage["files"]?.map(({ path, contents }) => [path, contents?.source]),
      [["/var/lib/data/b", "data:,b"]],
    );
    assert.deepEqual(
      config.systemd.units.map(({ name, enabled }) => [name, enabled]),
      [["var-lib-data.mount", true]],
    );
  });

  it("refuses by its name a field that the spec does not have", async () => {
    const { status, stdout, stderr } = await ignition("disk.yaml");
    assert.deepEqual([status, stdout], [3, ""]);
    assert.match(
      stderr,
      /spec 3\.3\.0 cannot say all of disk\.yaml:\n {2}\$\.storage\.luks\.0\.discard: spec 3\.3\.0 has no discard here, 3\.4\.0 has it\n/,
    );
    assert.equal((await ignition("disk.yaml", "--spec", "3.4.0")).status, 0);
  });

  it("translates a Butane document as a whole, in its own spec or another", async () => {
    const own = JSON.parse((await ignition("node.bu")).stdout) as { ignition: unknown };
    assert.deepEqual(own, {
      ignition: { version: "3.4.0" },
      storage: {
        files: [{ path: "/etc/a", mode: 0o600, contents: { compression: "", source: "data:,a" } }],
      },
    });
    for (const spec of ["3.0.0", "3.6.0"]) {
      const other = JSON.parse((await ignition("node.bu", "--spec", spec)).stdout) as typeof own;
      assert.deepEqual(other, { ...own, ignition: { version: spec } });
    }
  });

  it("says when nothing is left", async () => {
    const { status, stdout, stderr } = await ignition("good.yaml");
    assert.deepEqual([status, JSON.parse(stdout)], [0, { ignition: { version: "3.3.0" } }]);
    assert.equal(stderr, "good.yaml: all of it is in the image, nothing is left for first boot\n");
  });
});
