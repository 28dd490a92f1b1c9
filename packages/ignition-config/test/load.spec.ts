import assert from "node:assert/strict";
import { formatPath, isImageVersion, originOf } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { define, HEAD, load, PART } from "./support/load.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfmd0Yl5ql0kiDNYDzJmKsbCDiwUCJTJLtsb0vTgyqe me";
const HASH = `sha256-${"aB".repeat(32)}`;

/** A value without the places, which other tests look at. */
const bare = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "origin");
  return Object.fromEntries(entries.map(([key, field]) => [key, bare(field)]));
};

describe("the image block", () => {
  it("has defaults for everything but name and version", async () => {
    const { image } = await define(HEAD);
    assert.deepEqual(image, {
      name: "a",
      version: "1",
      architectures: ["x86_64", "aarch64"],
      suite: "trixie",
      components: ["main"],
      packages: [],
      slotSizeMib: 2048,
      kernelPackage: { x86_64: "linux-image-cloud-amd64", aarch64: "linux-image-cloud-arm64" },
      initrdModules: [],
      osRelease: {},
      setIdFiles: [],
    });
  });

  it("takes every field", async () => {
    const { image } = await define(`${PART}image:
  name: edge-1
  version: 1.10
  architectures: [aarch64, x86_64]
  debian:
    suite: trixie-backports
    components: [main, non-free-firmware]
    packages: [libstdc++6, 0ad]
    mirror: http://localhost:8080/debian//
  slot_size_mib: 4096
  kernel_package: { x86_64: linux-image-amd64 }
  initrd_modules: [nvme, virtio_blk]
  os_release: { ID: edge, VERSION_ID: 13, PRETTY_NAME: "Edge ä" }
  set_id_files: [/usr/bin/su]
`);
    assert.deepEqual(image, {
      name: "edge-1",
      version: "1.10",
      architectures: ["x86_64", "aarch64"],
      suite: "trixie-backports",
      components: ["main", "non-free-firmware"],
      packages: ["libstdc++6", "0ad"],
      mirror: "http://localhost:8080/debian",
      slotSizeMib: 4096,
      kernelPackage: { x86_64: "linux-image-amd64", aarch64: "linux-image-cloud-arm64" },
      initrdModules: ["nvme", "virtio_blk"],
      osRelease: { ID: "edge", VERSION_ID: "13", PRETTY_NAME: "Edge ä" },
      setIdFiles: ["/usr/bin/su"],
    });
  });

  it("takes what it says of updates, and the root's path from where it is written", async () => {
    const { image } = await define(
      {
        "main.yaml": `${PART}include: [site/update.yaml]\nimage: { name: a, version: 1 }\n`,
        "site/update.yaml": `${PART}image:
  update:
    repository: [https://updates.example.org/r, "file:///srv/r"]
    channel: edge
    root: keys/1.root.json
    poll_seconds: 60
    strategy: manual
    stage: at-window
`,
      },
      ["site/keys/1.root.json"],
    );
    assert.deepEqual(image.update, {
      repository: ["https://updates.example.org/r", "file:///srv/r"],
      channel: "edge",
      root: "site/keys/1.root.json",
      pollSeconds: 60,
      strategy: "manual",
      stage: "at-window",
    });
  });

  it("takes what it says of when nodes may restart", async () => {
    const { image: windows } = await define(`${PART}image:
  name: a
  version: 1
  update:
    strategy: window
    windows: ["Sat,Sun 02:00 for 4h", "Fri-Mon 23:59 for 10080m", "cron 0 3 * * 2#2 for 90m"]
    time_zone: Europe/Berlin
    blackouts: [2026-12-18 to 2027-01-06, 2027-05-01]
`);
    assert.deepEqual(windows.update, {
      strategy: "window",
      windows: ["Sat,Sun 02:00 for 4h", "Fri-Mon 23:59 for 10080m", "cron 0 3 * * 2#2 for 90m"],
      timeZone: "Europe/Berlin",
      blackouts: ["2026-12-18 to 2027-01-06", "2027-05-01"],
    });
    // The strategy and what it needs may stand in two documents.
    const { image: lock } = await define({
      "main.yaml": `${PART}include: [site.yaml]\nimage: { name: a, version: 1, update: { strategy: lock } }\n`,
      "site.yaml": `${PART}image: { update: { lock_server: "https://locks.example.org/", lock_group: rack-7 } }\n`,
    });
    assert.deepEqual(lock.update, {
      strategy: "lock",
      lockServer: "https://locks.example.org/",
      lockGroup: "rack-7",
    });
  });

  it("has versions that are safe in file names", () => {
    for (const good of ["1", "1.0~rc1", "2026.01.01-1", "1^git", "a", "9".repeat(64)]) {
      assert.ok(isImageVersion(good), good);
    }
    for (const bad of [
      "",
      ".",
      "-1",
      "1-",
      "1_0",
      "1+0",
      "1/0",
      "1 0",
      "ä",
      "1\n",
      "9".repeat(65),
    ]) {
      assert.ok(!isImageVersion(bad), bad);
    }
  });

  it("takes one kernel for all architectures", async () => {
    const { image } = await define(
      `${PART}image: { name: a, version: 1, kernel_package: linux-image-rt }`,
    );
    assert.deepEqual(image.kernelPackage, { x86_64: "linux-image-rt", aarch64: "linux-image-rt" });
  });
});

describe("the config", () => {
  it("is empty without sections, or with sections that are commented out", async () => {
    const empty = {
      kernelArguments: { shouldExist: [], shouldNotExist: [] },
      storage: { directories: [], files: [], links: [] },
      systemd: { units: [] },
      passwd: { users: [], groups: [] },
    };
    assert.deepEqual((await define(HEAD)).config, empty);
    const commented = `${HEAD}storage:\n  files:\n    # - path: /a\nsystemd:\npasswd: ~\ninclude:\n`;
    assert.deepEqual((await define(commented)).config, empty);
  });

  it("has Ignition's names for storage", async () => {
    const text = `${HEAD}storage:
  directories:
    - { path: /a, mode: 0o1777, overwrite: no, user: { id: 0 }, group: { name: adm } }
    - path: /
  files:
    - path: /b
      mode: 04755
      overwrite: yes
      contents: { inline: "x\\0", verification: { hash: ${HASH} } }
      append: [{ local: sub/../l }, { source: "data:;base64,eA==", compression: gzip }]
    - path: /c
      mode: 420
      contents: { source: "" }
    - path: /d
      contents: { source: "data:,a%20b", compression: "" }
    - { path: /e, contents: {} }
    - path: /f
      contents:
        source: HTTPS://Example.com/a?b#c
        http_headers: [{ name: X-Token, value: 1 }]
  links: [{ path: /l, target: ../x }, { path: /m, target: /b, hard: true }]
`;
    const { config } = await define(text, ["l"]);
    assert.deepEqual(bare(config.storage), {
      directories: [
        { path: "/a", overwrite: false, user: { id: 0 }, group: { name: "adm" }, mode: 0o1777 },
        { path: "/" },
      ],
      files: [
        {
          path: "/b",
          overwrite: true,
          mode: 0o4755,
          contents: { kind: "inline", text: "x\0", verification: { hash: HASH } },
          append: [
            { kind: "local", path: "l" },
            { kind: "data", bytes: [0x78], compression: "gzip" },
          ],
        },
        { path: "/c", mode: 0o644, contents: { kind: "data", bytes: [] }, append: [] },
        {
          path: "/d",
          contents: { kind: "data", bytes: [...new TextEncoder().encode("a b")] },
          append: [],
        },
        { path: "/e", append: [] },
        {
          path: "/f",
          contents: {
            kind: "remote",
            url: "https://example.com/a?b",
            headers: [{ name: "X-Token", value: "1" }],
          },
          append: [],
        },
      ],
      links: [
        { path: "/l", target: "../x" },
        { path: "/m", target: "/b", hard: true },
      ],
    });
  });

  it("has Ignition's names for systemd, passwd and kernel arguments", async () => {
    const { config } = await define(`${HEAD}kernel_arguments:
  should_exist: [quiet, console=ttyS0 console=tty0]
  should_not_exist: [splash]
systemd:
  units:
    - name: a@.service
      enabled: true
      contents: |
        [Service]
        ExecStart=/x \\
          y
        [Install]
        WantedBy=multi-user.target
      dropins: [{ name: 1.conf, contents: "" }, { name: 2.conf }]
    - { name: b.timer, mask: true }
passwd:
  users:
    - name: core
      uid: 1000
      gecos: C
      home_dir: /home/core
      no_create_home: true
      no_user_group: true
      no_log_init: true
      primary_group: 100
      groups: [sudo]
      password_hash: $y$j9T$x$y
      ssh_authorized_keys: ["${KEY}"]
      shell: /bin/bash
      should_exist: true
      system: false
    - name: x
  groups:
    - { name: g, gid: 100, password_hash: "", should_exist: false, system: true }
`);
    assert.deepEqual(config.kernelArguments, {
      shouldExist: ["quiet", "console=ttyS0 console=tty0"],
      shouldNotExist: ["splash"],
    });
    assert.deepEqual(bare(config.systemd), {
      units: [
        {
          name: "a@.service",
          enabled: true,
          contents: "[Service]\nExecStart=/x \\\n  y\n[Install]\nWantedBy=multi-user.target\n",
          dropins: [{ name: "1.conf", contents: "" }, { name: "2.conf" }],
        },
        { name: "b.timer", mask: true, dropins: [] },
      ],
    });
    assert.deepEqual(bare(config.passwd), {
      users: [
        {
          name: "core",
          uid: 1000,
          gecos: "C",
          homeDir: "/home/core",
          noCreateHome: true,
          noUserGroup: true,
          noLogInit: true,
          primaryGroup: "100",
          passwordHash: "$y$j9T$x$y",
          shell: "/bin/bash",
          shouldExist: true,
          system: false,
          groups: ["sudo"],
          sshAuthorizedKeys: [KEY],
        },
        { name: "x", groups: [], sshAuthorizedKeys: [] },
      ],
      groups: [{ name: "g", gid: 100, passwordHash: "", shouldExist: false, system: true }],
    });
  });
});

describe("a document", () => {
  it("may be JSON, have a byte order mark and Windows line ends, aliases and tags", async () => {
    const json = '{"variant":"slipway","version":"1.0.0","image":{"name":"a","version":"1"}}';
    assert.equal((await define(json)).image.name, "a");
    assert.equal((await define(`\ufeff${HEAD}`)).image.name, "a");
    assert.equal((await define(HEAD.replaceAll("\n", "\r\n"))).image.name, "a");
    const aliased = await define(
      `${HEAD}storage:\n  files:\n    - { path: !!str /a, contents: &c { inline: ! 12 } }\n    - { path: /b, contents: *c, mode: !!int "0600" }\n`,
    );
    const [one, two] = aliased.config.storage.files;
    assert.deepEqual([one?.contents?.kind, two?.mode], ["inline", 0o600]);
    assert.deepEqual(bare(one?.contents), bare(two?.contents));
    // The place of an aliased value is the alias: what is wrong there need not be wrong elsewhere.
    assert.equal(two?.contents?.origin.start.line, 7);
  });

  it("is told apart byte by byte after a byte order mark and wide characters", async () => {
    const { report } = await load(
      `\ufeff${HEAD}storage: { files: [{ path: /ä€𝄞, mode: 0644 }, { path: "ö" }] }\n`,
    );
    const [finding] = report.findings;
    assert.deepEqual(finding?.range, {
      file: "main.yaml",
      start: { line: 4, column: 62, offset: new TextEncoder().encode(HEAD).length + 61 + 3 },
      end: { line: 4, column: 66, offset: new TextEncoder().encode(HEAD).length + 65 + 3 },
    });
  });

  it("is refused as not UTF-8 where it stops being so", async () => {
    const encode = (text: string): number[] => [...new TextEncoder().encode(text)];
    const cases: readonly (readonly [readonly number[], number])[] = [
      [[0xff], 1],
      [[0xc0, 0x80], 1],
      [[0xed, 0xa0, 0x80], 1],
      [[0xf4, 0x90, 0x80, 0x80], 1],
      [[...encode("ä€𝄞"), 0xe2, 0x82], 10],
      [[0xff, 0xfe, 0x61, 0x00], 1],
    ];
    for (const [bytes, column] of cases) {
      const { report, definition } = await load(new Uint8Array([...encode(HEAD), ...bytes]));
      const [finding, ...others] = report.findings;
      assert.equal(definition, undefined);
      assert.deepEqual(others, []);
      assert.deepEqual(
        [finding?.rule, finding?.range?.start.line, finding?.range?.start.column],
        ["not-utf8", 4, column],
      );
    }
    const utf16 = await load(new Uint8Array([0xff, 0xfe, 0x61, 0x00]));
    assert.match(utf16.report.findings[0]?.message ?? "", /UTF-16/);
  });
});

describe("the origin of a value", () => {
  it("is the place where it was written, or the nearest around it", async () => {
    const definition = await define({
      "main.yaml": `${HEAD}include: [part.yaml]\nstorage: { files: [{ path: /a, mode: 0600 }] }\n`,
      "part.yaml": `${PART}image: { debian: { packages: [curl] } }\nstorage: { files: [{ path: /a, contents: { inline: x } }] }\n`,
    });
    const at = (...path: (string | number)[]): string => {
      const { file, start } = originOf(definition, path);
      return `${file}:${start.line}:${start.column}`;
    };
    assert.equal(at("image", "name"), "main.yaml:3:16");
    assert.equal(at("image", "debian", "packages", 0), "part.yaml:3:31");
    assert.equal(at("storage", "files", 0, "mode"), "main.yaml:5:38");
    assert.equal(at("storage", "files", 0, "contents", "inline"), "part.yaml:4:52");
    assert.equal(at("storage", "files", 0, "user", "id"), "main.yaml:5:20");
    assert.equal(at("passwd"), "main.yaml:1:1");
    const [file] = definition.config.storage.files;
    assert.equal(file?.origin.file, "main.yaml");
    assert.equal(file?.contents?.origin.file, "part.yaml");
  });

  it("has a path that can be written down", () => {
    assert.equal(formatPath(["storage", "files", 0, "path"]), "storage.files[0].path");
    assert.equal(formatPath(["os_release", "a b", "-"]), 'os_release."a b"."-"');
    assert.equal(formatPath([]), "");
  });
});
