import assert from "node:assert/strict";
import { type Json, loadDefinition } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { briefly, HEAD, load, memoryIo, PART } from "./support/load.ts";

const firstBootOf = async (...args: Parameters<typeof load>) => {
  const loaded = await load(...args);
  const rules = new Set(loaded.report.findings.map(({ rule }) => rule));
  assert.deepEqual(
    [...rules].toSorted(),
    ["first-boot", "path-made-once"].filter((one) => rules.has(one)),
  );
  assert.ok(loaded.definition);
  const config = JSON.parse(JSON.stringify(loaded.definition.firstBoot?.config)) as Record<
    string,
    Json
  >;
  return { definition: loaded.definition, config, loaded };
};

const DISKS = `storage:
  disks:
    - device: /dev/vda
      partitions: [{ number: 1, label: data, size_mib: 100 }]
  filesystems:
    - { device: /dev/disk/by-partlabel/data, path: /var/data, format: ext4 }
`;

describe("what cannot be baked", () => {
  it("is split off, and what lies on it too; the rest is baked, and keeps its places", async () => {
    const { definition, config } =
      await firstBootOf(`${HEAD}${DISKS}  directories: [{ path: /var/data }, { path: /etc/d }]
  files:
    - { path: /var/data/a, contents: { inline: a } }
    - { path: /etc/a }
    - { path: /var/database }
  links: [{ path: /var/data/l, target: a }]
systemd:
  units:
    - { name: var-data.mount, enabled: true, contents: "[Mount]\\n[Install]\\nWantedBy=a.target" }
    - { name: b.service, enabled: false }
`);
    const { storage, systemd } = definition.config;
    assert.deepEqual(
      storage.directories.map(({ path }) => path),
      ["/etc/d"],
    );
    assert.deepEqual(
      storage.files.map(({ path }) => path),
      ["/etc/a", "/var/database"],
    );
    assert.deepEqual(storage.links, []);
    assert.deepEqual(
      systemd.units.map(({ name }) => name),
      ["b.service"],
    );
    assert.deepEqual(
      [
        storage.files[0]?.origin.start.line,
        storage.files[1]?.origin.start.line,
        systemd.units[0]?.origin.start.line,
      ],
      [13, 14, 19],
    );
    const left = config["storage"] as Record<string, readonly { path?: string }[]>;
    assert.deepEqual(
      Object.entries(left)
        .map(([name, items]) => [name, items.map(({ path }) => path ?? "")])
        .toSorted(),
      [
        ["directories", ["/var/data"]],
        ["disks", [""]],
        ["files", ["/var/data/a"]],
        ["filesystems", ["/var/data"]],
        ["links", ["/var/data/l"]],
      ],
    );
  });

  it("is nothing for a definition without devices", async () => {
    const { definition } = await load(
      `${HEAD}storage: { disks: [], files: [{ path: /var/data/a }] }\n`,
    );
    assert.equal(definition?.firstBoot, undefined);
    assert.equal(definition?.config.storage.files.length, 1);
  });

  it("is merged by Ignition's keys", async () => {
    const { config } = await firstBootOf({
      "main.yaml": `${HEAD}include: [b.yaml, c.ign]\nstorage:\n  disks:\n    - { device: /dev/vda, partitions: [{ number: 1, size_mib: 200 }, { label: x }] }\n`,
      "b.yaml": PART + DISKS,
      "c.ign":
        '{ "ignition": { "version": "3.3.0" }, "storage": { "disks": [{ "device": "/dev/vda", "wipeTable": true }] } }',
    });
    const { disks } = config["storage"] as { disks: readonly Json[] };
    assert.deepEqual(disks, [
      {
        device: "/dev/vda",
        wipeTable: true,
        partitions: [{ number: 1, label: "data", sizeMiB: 200 }, { label: "x" }],
      },
    ]);
  });

  it("is held to Ignition's rules, at its places", async () => {
    const loaded = await load(`${HEAD}storage:
  disks:
    - device: vda
      partitions:
        - { number: 1, label: a, start_mib: 0, size_mib: 10 }
        - { number: 2, label: "b:c" }
  filesystems: [{ device: /dev/a, format: zfs, path: /a }]
  raid: [{ name: r, level: raid9, devices: [/dev/a], frob: 1 }]
`);
    // What the language itself finds wrong comes first: Ignition judges what is left.
    assert.deepEqual(briefly(loaded), ["11:54 unknown-key"]);
    const alone = await load(
      `${HEAD}storage:\n  disks:\n    - device: vda\n      partitions: [{ label: "b:c" }]\n`,
    );
    assert.deepEqual(briefly(alone), ["6:15 ignition", "7:29 ignition"]);
  });

  it("cannot hold contents that only a build or a running node knows", async () => {
    const io = memoryIo(
      {
        "main.yaml": `${HEAD}secrets: { s: }\n${DISKS}  files:
    - { path: /var/data/a, contents: { local: key } }
    - { path: /var/data/b, contents: { secret: s } }
`,
      },
      ["key"],
    );
    const { report } = await loadDefinition("main.yaml", io);
    assert.deepEqual(
      report.findings
        .filter(({ rule }) => rule === "first-boot-contents")
        .map(({ range }) => range?.start.line),
      [12, 13],
    );
  });
});
