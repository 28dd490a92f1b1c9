import assert from "node:assert/strict";
import { loadDefinition } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { briefly, define, HEAD, load, memoryIo } from "./support/load.ts";

const FCOS = `variant: fcos
version: 1.5.0
storage:
  files:
    - path: /etc/hello
      mode: 0640
      contents: { inline: "hellö \${HOME} \${var.x}" }
    - path: /etc/beside
      contents: { local: beside.txt }
  links: [{ path: /etc/link, target: hello }]
systemd:
  units:
    - name: a.service
      enabled: true
      contents: |
        [Service]
        ExecStart=/usr/bin/true
        [Install]
        WantedBy=multi-user.target
passwd:
  users:
    - name: core
      groups: [sudo]
kernel_arguments: { should_exist: [quiet] }
`;

const IGNITION = JSON.stringify(
  {
    ignition: { version: "3.4.0" },
    storage: {
      files: [{ path: "/etc/hello", mode: 420, user: { name: "core" } }, { path: "/etc/other" }],
    },
  },
  undefined,
  "\t",
);

const BESIDE = { "conf/beside.txt": "beside\n" };

describe("documents of Butane and Ignition", () => {
  it("are included like our own, and merged by the same keys", async () => {
    const { config, sources } = await define({
      "main.yaml": `${HEAD}include: [conf/node.bu, node.ign]\nstorage: { files: [{ path: /etc/other, mode: 0600 }] }\n`,
      "conf/node.bu": FCOS,
      "node.ign": IGNITION,
      ...BESIDE,
    });
    assert.deepEqual(
      sources.map(({ file }) => file),
      ["main.yaml", "conf/node.bu", "node.ign"],
    );
    const { files, links } = config.storage;
    assert.deepEqual(
      files.map(({ path, mode, user }) => [path, mode, user?.name]),
      [
        ["/etc/hello", 0o644, "core"],
        ["/etc/beside", undefined, undefined],
        ["/etc/other", 0o600, undefined],
      ],
    );
    const texts = files.map(({ contents }) =>
      contents?.kind === "data" ? new TextDecoder().decode(contents.bytes) : undefined,
    );
    assert.deepEqual(texts, ["hellö ${HOME} ${var.x}", "beside\n", undefined]);
    assert.deepEqual(
      links.map(({ target }) => target),
      ["hello"],
    );
    assert.deepEqual(
      config.systemd.units.map(({ name, enabled }) => [name, enabled]),
      [["a.service", true]],
    );
    assert.deepEqual(
      config.passwd.users.map(({ name, groups }) => [name, groups]),
      [["core", ["sudo"]]],
    );
    assert.deepEqual(config.kernelArguments.shouldExist, ["quiet"]);
    assert.deepEqual(
      [files[0]?.origin.file, files[0]?.origin.start.line, links[0]?.origin.start.line],
      ["node.ign", 7, 10],
    );
  });

  it("are reported in their own program's words, at our places", async () => {
    const loaded = await load({
      "main.yaml": `${HEAD}include: [a.bu, b.ign]\n`,
      "a.bu": "variant: fcos\nversion: 1.5.0\nstorage:\n  files:\n    - path: ö\n      frob: 1\n",
      "b.ign":
        '{ "ignition": { "version": "3.3.0" }, "storage": { "ä": 1, "files": [{ "path": "x" }] } }',
    });
    assert.deepEqual(briefly(loaded), [
      "a.bu:5:13 butane",
      "a.bu:6:7 butane",
      "b.ign:1:52 ignition",
      "b.ign:1:81 ignition",
    ]);
    assert.deepEqual(
      loaded.report.findings.map(({ level }) => level),
      ["error", "warning", "warning", "error"],
    );
    assert.match(loaded.report.findings[0]?.message ?? "", /path not absolute/);
  });

  it("say what keeps them from being read at all", async () => {
    const loaded = await load({
      "main.yaml": `${HEAD}include: [a.bu, b.ign, c.ign, d.bu]\n`,
      "a.bu": "variant: fcos\nversion: 9.9.9\n",
      "b.ign": '{ "ignition": { "version": "3.3.0" } ',
      "c.ign":
        '{ "ignition": { "version": "3.3.0", "config": { "merge": [{ "source": "data:," }] } } }',
      "d.bu": "variant: openshift\nversion: 4.8.0\n",
    });
    assert.deepEqual(briefly(loaded), [
      "a.bu:1:1 butane",
      "b.ign:1:38 ignition",
      "c.ign:1:58 ignition-merge",
      "d.bu:1:10 unknown-variant",
    ]);
  });

  it("hold no variable and need none", async () => {
    const loaded = await load({
      "main.yaml": `${HEAD}include: [a.bu]\nvariables: { x: { default: wrong } }\nkernel_arguments: { should_exist: ["a=\${var.x}"] }\n`,
      "a.bu":
        "variant: flatcar\nversion: 1.0.0\nstorage: { files: [{ path: /etc/a, contents: { inline: '${var.x}' } }] }\n",
    });
    assert.deepEqual(briefly(loaded), []);
    const contents = loaded.definition?.config.storage.files[0]?.contents;
    assert.ok(contents?.kind === "data");
    assert.equal(new TextDecoder().decode(contents.bytes), "${var.x}");
  });

  it("are no definition by themselves, and can be checked", async () => {
    const io = memoryIo({
      "a.bu": "variant: fcos\nversion: 1.5.0\nstorage:\n  files: [{ path: /run/a }]\n",
    });
    const alone = await loadDefinition("a.bu", io);
    assert.deepEqual(
      alone.report.findings.map(({ rule }) => rule),
      ["no-image", "path-not-kept"],
    );
    const checked = await loadDefinition("a.bu", io, { withoutImage: true });
    assert.deepEqual(
      checked.report.findings.map(({ rule }) => rule),
      ["path-not-kept"],
    );
    assert.equal(checked.definition, undefined);
  });
});
