import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type Path,
  parseIgnition,
  settleIgnition,
  type SettledIgnition,
  translateIgnition,
} from "@slipway/ignition-config";

const settle = (config: object): SettledIgnition => {
  const text = JSON.stringify({ ignition: { version: "3.4.0" }, ...config });
  const { document, report } = parseIgnition(Buffer.from(text));
  assert.ok(document, JSON.stringify(report));
  return settleIgnition(translateIgnition(document.config, document.minor, 7), (path: Path) => {
    const place = { line: path.length + 1, column: 1, offset: 0 };
    return { file: path.join("."), start: place, end: place };
  });
};

const files = (...contents: readonly object[]): SettledIgnition =>
  settle({
    storage: { files: contents.map((one, index) => ({ path: `/${index}`, contents: one })) },
  });

describe("an Ignition config, settled for baking", () => {
  it("keeps what is baked, with its place", () => {
    const { config, obstacles, firstBoot } = settle({
      kernelArguments: { shouldExist: ["quiet"] },
      storage: {
        directories: [{ path: "/d", mode: 0o4755, user: { name: "old" } }],
        links: [{ path: "/l", target: "x", hard: true }],
      },
      systemd: { units: [{ name: "a.service", mask: true, dropins: [{ name: "b.conf" }] }] },
      passwd: { users: [{ name: "u", uid: 7 }], groups: [{ name: "g", shouldExist: false }] },
    });
    assert.deepEqual([obstacles, firstBoot], [[], []]);
    assert.deepEqual(config.kernelArguments, { shouldExist: ["quiet"], shouldNotExist: [] });
    const [directory] = config.storage.directories;
    // Special bits mean nothing before 3.6.0.
    assert.equal(directory?.mode, 0o755);
    assert.equal(directory.origin.file, "storage.directories.0");
    assert.deepEqual(
      config.storage.links.map(({ target, hard }) => [target, hard]),
      [["x", true]],
    );
    const [unit] = config.systemd.units;
    assert.equal(unit?.dropins[0]?.origin.file, "systemd.units.0.dropins.0");
    assert.deepEqual(config.passwd.users[0]?.groups, []);
    assert.equal(config.passwd.groups[0]?.shouldExist, false);
  });

  it("has contents as bytes, or as an address to fetch", () => {
    const { config } = files(
      { source: "data:,a%20b", compression: "", verification: {} },
      { source: "" },
      {},
      { source: "HTTP://X/y#z", httpHeaders: [{ name: "A", value: "b" }], compression: "gzip" },
    );
    const told = config.storage.files.map(({ contents }) => {
      if (contents === undefined) return contents;
      const { origin: _, ...rest } = contents;
      return rest.kind === "data" ? new TextDecoder().decode(rest.bytes) : rest;
    });
    const headers = [{ name: "A", value: "b" }];
    assert.deepEqual(told, [
      "a b",
      "",
      undefined,
      { kind: "remote", url: "http://x/y", headers, compression: "gzip" },
    ]);
  });

  it("names what cannot be fetched at build time", () => {
    const { obstacles, config } = files(
      { source: "tftp://x/y" },
      { source: "s3://x/y" },
      { source: "http://me:secret@x/" },
      { source: "http://x/", httpHeaders: [{ name: "A" }] },
    );
    assert.deepEqual(
      obstacles.map(({ path, violation }) => `${path.join(".")} ${violation.rule}`),
      [
        "storage.files.0.contents.source source-scheme",
        "storage.files.1.contents.source source-scheme",
        "storage.files.2.contents.source url-secret",
        "storage.files.3.contents.httpHeaders.0.value http-header",
      ],
    );
    assert.equal(config.storage.files.length, 4);
  });

  it("names the sections that only a first boot can do", () => {
    const { firstBoot } = settle({
      storage: { filesystems: [{ device: "/dev/x", format: "ext4" }], disks: [], raid: null },
    });
    assert.deepEqual(firstBoot, ["storage.filesystems"]);
  });
});
