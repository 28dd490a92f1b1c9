import assert from "node:assert/strict";
import {
  BUTANE_VARIANTS,
  butaneVersions,
  mergeIgnition,
  readButaneHeader,
} from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { configOf, fcos, report, translate } from "./butane.ts";
import { filesOf } from "./memory-files.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("a document's language", () => {
  it("is known from its header, whatever else is wrong", () => {
    const header = readButaneHeader(encode("variant: fcos\nversion: 01.5.0\nstorage: 3\n"));
    assert.deepEqual(header, {
      variant: "fcos",
      version: "1.5.0",
      readable: true,
      experimental: false,
    });
    assert.equal(readButaneHeader(encode("variant: slipway\nversion: 1.0.0\n"))?.readable, false);
    assert.equal(readButaneHeader(encode("version: 1.0.0\n")), undefined);
    assert.equal(readButaneHeader(encode("{")), undefined);
    assert.equal(
      readButaneHeader(encode("variant: openshift\nversion: 4.20.0\n"))?.readable,
      false,
    );
  });

  it("translates every version to a spec of its own, experimental ones where asked for", async () => {
    for (const variant of BUTANE_VARIANTS) {
      for (const version of butaneVersions(variant)) {
        const text = `variant: ${variant}\nversion: ${version}\nmetadata: {name: n, labels: {machineconfiguration.openshift.io/role: r}}\n`;
        const { config, machineConfig, failure } = await translate(text, { experimental: true });
        assert.equal(failure, undefined, `${variant} ${version}`);
        assert.equal(config === undefined, variant === "openshift");
        assert.equal(machineConfig === undefined, variant !== "openshift");
      }
    }
    const { failure } = await translate(fcos("", "1.8.0-experimental"));
    assert.equal(
      failure,
      "version 1.8.0-experimental of variant fcos is experimental and was not asked for",
    );
  });

  it("is refused by name where there is none", async () => {
    const failureOf = async (text: string) => (await translate(text)).failure;
    assert.equal(await failureOf(""), "error parsing variant; must be specified");
    assert.equal(
      await failureOf("variant: fcos\nversion: 1.5\n"),
      "error parsing version; must be a valid semver",
    );
    assert.equal(
      await failureOf("variant: fcos\nversion: 1.5.1\n"),
      "No translator exists for variant fcos with version 1.5.1",
    );
    assert.match(
      (await failureOf("variant: rhcos\nversion: 0.1.0\n")) ?? "",
      /use openshift variant/,
    );
  });
});

describe("contents", () => {
  const source = async (body: string, version?: string): Promise<unknown> => {
    const config = await configOf(fcos(body, version));
    return JSON.stringify(config).match(/"contents":(\{[^}]*\})/)?.[1];
  };

  it("become the shortest data URL", async () => {
    const file = (inline: string): string =>
      `storage: {files: [{path: /a, contents: {inline: ${JSON.stringify(inline)}}}]}\n`;
    assert.equal(await source(file("a b")), '{"compression":"","source":"data:,a%20b"}');
    assert.equal(
      await source(file("\u0001\u0002\u0003\u0004\u0005\u0006")),
      '{"compression":"","source":"data:;base64,AQIDBAUG"}',
    );
    assert.match(String(await source(file("z".repeat(200)))), /"compression":"gzip".*base64,H4sI/);
    assert.equal(await source(file("ä"), "1.0.0"), '{"source":"data:,%C3%A4"}');
  });

  it("stay as they are where the author compressed them", async () => {
    const body = `storage: {files: [{path: /a, contents: {compression: gzip, inline: ${"z".repeat(200)}}}]}\n`;
    assert.equal(await source(body), `{"compression":"gzip","source":"data:,${"z".repeat(200)}"}`);
  });

  it("come from the files directory alone, and once it is there", async () => {
    const body = (local: string): string =>
      `storage: {files: [{path: /a, contents: {local: ${local}}}]}\n`;
    const files = filesOf({
      "d/x": { type: "file", contents: "hi" },
      d: { type: "dir", mode: 0o755 },
    });
    const message = async (local: string): Promise<string | undefined> =>
      (await translate(fcos(body(local)), { files })).report[0]?.message;
    assert.equal(await message("d/../d/./x"), undefined);
    assert.equal(await message("../files/d/x"), undefined);
    assert.equal(await message("/d/x"), undefined);
    assert.equal(await message("../d/x"), "local file path traverses outside the files directory");
    assert.equal(await message("d/y"), "open files/d/y: no such file or directory");
    assert.equal(await message("d/"), "read files/d: is a directory");
    const [without] = await report(fcos(body("d/x")));
    assert.match(without ?? "", /must be specified with -d\/--files-dir$/);
  });
});

describe("a tree", () => {
  const files = filesOf({
    "t/bin": { type: "file", mode: 0o755, contents: "#!" },
    "t/a/b": { type: "file", mode: 0o600, contents: "x" },
    "t/l": { type: "link", target: "a/b" },
  });

  it("is copied whole, completes what the author began, and may own its directories", async () => {
    const body =
      "storage:\n  files: [{path: /r/bin, mode: 0700}]\n  trees: [{local: t, path: /r, dir_mode: 0711, user: {id: 5}}]\n";
    assert.deepEqual(await configOf(fcos(body, "1.7.0"), { files }), {
      ignition: { version: "3.6.0" },
      storage: {
        directories: [
          { path: "/r", user: { id: 5 }, mode: 0o711 },
          { path: "/r/a", user: { id: 5 }, mode: 0o711 },
        ],
        files: [
          { path: "/r/bin", contents: { compression: "", source: "data:,%23!" }, mode: 0o700 },
          {
            path: "/r/a/b",
            user: { id: 5 },
            contents: { compression: "", source: "data:,x" },
            mode: 0o644,
          },
        ],
        links: [{ path: "/r/l", user: { id: 5 }, target: "a/b" }],
      },
    });
  });

  it("gives way to nothing that is there already", async () => {
    const body = "storage:\n  links: [{path: /bin, target: x}]\n  trees: [{local: t}]\n";
    assert.deepEqual(await report(fcos(body), { files }), [
      "error at $.storage.trees.0, line 5 col 11: matching filesystem node has existing contents or different type",
    ]);
  });
});

describe("sugar", () => {
  it("makes units that mount, escaped as systemd does, under the author's own", async () => {
    const body = [
      "storage:",
      "  filesystems:",
      "    - {device: /dev/a-b, path: /var/x y, format: ext4, with_mount_unit: true, mount_options: [ro, nofail]}",
      "    - {device: /dev/sw, format: swap, with_mount_unit: true}",
      "systemd:",
      '  units: [{name: "var-x\\\\x20y.mount", enabled: false}]',
      "",
    ].join("\n");
    const config = await configOf(fcos(body));
    const { units } = (config as { systemd: { units: unknown[] } }).systemd;
    assert.deepEqual(units, [
      {
        contents: [
          "# Generated by Butane",
          "[Unit]",
          "Requires=systemd-fsck@dev-a\\x2db.service",
          "After=systemd-fsck@dev-a\\x2db.service",
          "",
          "[Mount]",
          "Where=/var/x y",
          "What=/dev/a-b",
          "Type=ext4",
          "Options=ro,nofail",
          "",
          "[Install]",
          "RequiredBy=local-fs.target",
        ].join("\n"),
        enabled: false,
        name: "var-x\\x20y.mount",
      },
      {
        contents:
          "# Generated by Butane\n[Swap]\nWhat=/dev/sw\n\n[Install]\nRequiredBy=swap.target",
        enabled: true,
        name: "dev-sw.swap",
      },
    ]);
  });

  it("mirrors and encrypts the boot disk, the author's fields over its own", async () => {
    const body = [
      "boot_device: {layout: aarch64, mirror: {devices: [/dev/sda, /dev/sdb]}, luks: {tpm2: true}}",
      "storage: {luks: [{name: root, label: mine}]}",
      "",
    ].join("\n");
    const config = await configOf(fcos(body));
    const { storage } = config as { storage: Record<string, { device?: string; name?: string }[]> };
    assert.deepEqual(
      Object.entries(storage).map(([name, items]) => [
        name,
        items.map((item) => item.device ?? item.name),
      ]),
      [
        ["disks", ["/dev/sda", "/dev/sdb"]],
        [
          "filesystems",
          [
            "/dev/disk/by-partlabel/esp-1",
            "/dev/disk/by-partlabel/esp-2",
            "/dev/md/md-boot",
            "/dev/mapper/root",
          ],
        ],
        ["luks", ["/dev/md/md-root"]],
        ["raid", ["md-boot", "md-root"]],
      ],
    );
    assert.deepEqual(storage["luks"], [
      {
        clevis: { tpm2: true },
        device: "/dev/md/md-root",
        label: "mine",
        name: "root",
        wipeVolume: true,
      },
    ]);
  });

  it("reports what is wrong with made-up parts where their cause stands", async () => {
    const body = [
      "boot_device:",
      "  layout: x86_64",
      "  mirror: {devices: [/dev/a, b]}",
      "storage:",
      "  filesystems:",
      "    - device: /dev/c",
      "      format: zfs",
      "",
    ].join("\n");
    assert.deepEqual(await report(fcos(body)), [
      "error at $.boot_device.mirror.devices.1, line 5 col 30: path not absolute",
      "error at $.storage.filesystems.0.format, line 9 col 15: invalid filesystem format",
    ]);
  });
});

describe("a translated config", () => {
  it("can say where each of its parts comes from", async () => {
    const body =
      "storage:\n  filesystems:\n    - device: /dev/a\n      path: /var/a\n      format: xfs\n      with_mount_unit: true\n  files:\n    - path: /x\n      contents:\n        inline: hi\n";
    const { placeOf } = await translate(fcos(body));
    assert.deepEqual(placeOf(["storage", "files", 0, "contents", "source"]), { line: 12, col: 17 });
    assert.deepEqual(placeOf(["systemd", "units", 0, "contents"]), { line: 8, col: 24 });
    assert.deepEqual(placeOf(["ignition", "version"]), { line: 2, col: 10 });
    assert.deepEqual(placeOf([]), { line: 1, col: 1 });
  });

  it("can be merged with another of its spec", async () => {
    const one = await translate(fcos("storage: {files: [{path: /a, mode: 0600}]}\n"));
    const other = await translate(fcos("storage: {files: [{path: /a, contents: {inline: x}}]}\n"));
    assert.ok(one.config !== undefined && other.config !== undefined && one.minor !== undefined);
    assert.deepEqual(mergeIgnition(one.config, other.config, one.minor).config.storage, {
      files: [{ path: "/a", contents: { compression: "", source: "data:,x" }, mode: 0o600 }],
    });
  });
});
