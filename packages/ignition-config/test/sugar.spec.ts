import assert from "node:assert/strict";
import {
  type DefinitionIo,
  type Loaded,
  loadDefinition,
  type LocalTree,
} from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { briefly, HEAD, memoryIo, PART } from "./support/load.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJfmd0Yl5ql0kiDNYDzJmKsbCDiwUCJTJLtsb0vTgyqe";

const TREE: LocalTree = {
  ok: true,
  nodes: [
    { path: "", kind: "directory", executable: false },
    { path: "bin", kind: "directory", executable: false },
    { path: "bin/run", kind: "file", executable: true },
    { path: "etc", kind: "directory", executable: false },
    { path: "etc/a.conf", kind: "file", executable: false },
    { path: "etc/b.conf", kind: "link", executable: false, target: "a.conf" },
  ],
};

const loadBeside = async (
  documents: string | Readonly<Record<string, string>>,
  tree: LocalTree = TREE,
): Promise<Loaded> => {
  const texts = typeof documents === "string" ? { "main.yaml": documents } : documents;
  const io: DefinitionIo = {
    ...memoryIo(texts),
    kind: async () => "file",
    walk: async (path) => (path === "conf/tree" ? tree : { ok: false, problem: "missing" }),
  };
  return loadDefinition("main.yaml", io);
};

const configOf = async (...args: Parameters<typeof loadBeside>) => {
  const { report, definition } = await loadBeside(...args);
  assert.deepEqual(
    report.findings.filter(({ level }) => level !== "info"),
    [],
  );
  assert.ok(definition);
  return definition.config;
};

describe("trees", () => {
  it("are files and links of the image, found from their document's directory", async () => {
    const { storage } = await configOf({
      "main.yaml": `${HEAD}include: [conf/part.yaml]\nstorage: { files: [{ path: /usr/x/etc/a.conf, mode: 0600 }] }\n`,
      "conf/part.yaml": `${PART}storage: { trees: [{ local: tree, path: /usr/x }] }\n`,
    });
    assert.deepEqual(storage.directories, []);
    assert.deepEqual(
      storage.files.map(({ path, mode, contents }) => [
        path,
        mode,
        contents?.kind === "local" && contents.path,
      ]),
      [
        ["/usr/x/bin/run", 0o755, "conf/tree/bin/run"],
        ["/usr/x/etc/a.conf", 0o600, "conf/tree/etc/a.conf"],
      ],
    );
    assert.deepEqual(
      storage.links.map(({ path, target }) => [path, target]),
      [["/usr/x/etc/b.conf", "a.conf"]],
    );
  });

  it("give owners and modes to all that is in them, and fill files without contents", async () => {
    const { storage } = await configOf(`${HEAD}storage:
  trees: [{ local: conf/tree, path: /usr/x, user: { id: 7 }, file_mode: 0400, dir_mode: 0700 }]
  files: [{ path: /usr/x/bin/run, mode: 0555 }]
`);
    assert.deepEqual(
      storage.directories.map(({ path, mode, user }) => [path, mode, user?.id]),
      [
        ["/usr/x", 0o700, 7],
        ["/usr/x/bin", 0o700, 7],
        ["/usr/x/etc", 0o700, 7],
      ],
    );
    assert.deepEqual(
      storage.files.map(({ path, mode, user }) => [path, mode, user?.id]),
      [
        ["/usr/x/bin/run", 0o555, undefined],
        ["/usr/x/etc/a.conf", 0o400, 7],
      ],
    );
  });

  it("may not hold what the document has otherwise, nor what is no file", async () => {
    const nodes: LocalTree = {
      ok: true,
      nodes: [
        { path: "a", kind: "file", executable: false },
        { path: "b", kind: "other", executable: false },
        { path: "c", kind: "directory", executable: false, problem: "denied" },
      ],
    };
    const text = `${HEAD}storage:\n  trees:\n    - { local: conf/tree }\n    - { local: conf/none }\n  links: [{ path: /a, target: x }]\n`;
    assert.deepEqual(briefly(await loadBeside(text, nodes)), [
      "6:16 missing-file",
      "6:16 missing-file",
      "6:16 tree-conflict",
      "7:16 missing-file",
    ]);
  });
});

describe("local texts", () => {
  it("of units and drop-ins, and keys of users, are taken in from beside their document", async () => {
    const config = await configOf({
      "main.yaml": `${HEAD}include: [conf/part.yaml]\n`,
      "conf/part.yaml": `${PART}systemd:
  units:
    - name: a.service
      contents_local: a.service
      dropins: [{ name: b.conf, contents_local: ./b.conf }]
passwd:
  users: [{ name: core, ssh_authorized_keys: ["${KEY} one"], ssh_authorized_keys_local: [keys] }]
`,
      "conf/a.service": "[Service]\nExecStart=/a\n",
      "conf/b.conf": "[Service]\nNice=1\n",
      "conf/keys": `# ours\n\n${KEY} one\n${KEY} two\n`,
    });
    const [unit] = config.systemd.units;
    assert.equal(unit?.contents, "[Service]\nExecStart=/a\n");
    assert.equal(unit.dropins[0]?.contents, "[Service]\nNice=1\n");
    assert.deepEqual(config.passwd.users[0]?.sshAuthorizedKeys, [`${KEY} one`, `${KEY} two`]);
  });

  it("are held to the rules of texts, and named when they are missing", async () => {
    const loaded = await loadBeside({
      "main.yaml": `${HEAD}systemd:
  units:
    - { name: a.service, contents_local: bad }
    - { name: b.service, contents_local: none }
    - { name: c.service, contents_local: bad, contents: "[A]" }
passwd: { users: [{ name: core, ssh_authorized_keys_local: [bad] }] }
`,
      bad: "[Service",
    });
    assert.deepEqual(briefly(loaded), [
      "6:42 unit-text",
      "7:42 missing-file",
      "8:42 several-sources",
      "9:61 ssh-key",
    ]);
  });
});

describe("quadlets", () => {
  it("are files that podman's generator reads", async () => {
    const { storage } = await configOf({
      "main.yaml": `${HEAD}systemd:
  quadlets:
    - name: web.container
      rootful: true
      contents: "[Container]\\nImage=x.image"
      dropins: [{ name: a.conf, contents: "[Service]" }]
    - { name: x.image, rootful: true, contents_local: x.image }
    - { name: me@one.container }
`,
      "x.image": "[Image]\n",
    });
    assert.deepEqual(
      storage.files.map(({ path, mode, contents }) => [
        path,
        mode,
        contents?.kind === "inline" && contents.text,
      ]),
      [
        ["/etc/containers/systemd/web.container", 0o644, "[Container]\nImage=x.image"],
        ["/etc/containers/systemd/web.container.d/a.conf", 0o644, "[Service]"],
        ["/etc/containers/systemd/x.image", 0o644, "[Image]\n"],
      ],
    );
    assert.deepEqual(
      storage.links.map(({ path, target }) => [path, target]),
      [["/etc/containers/systemd/users/me@one.container", "me@.container"]],
    );
  });

  it("are linted like those that are written as files", async () => {
    const loaded = await loadBeside(`${HEAD}systemd:
  quadlets:
    - { name: a.container, rootful: true, contents: "[Container]\\nPublishPort=80:80\\nImage=no.image" }
    - { name: b.container, rootful: true, contents: "[Container]\\nPublishPort=80:81" }
    - { name: c.unit }
`);
    assert.deepEqual(briefly(loaded), [
      "6:86 unknown-quadlet",
      "7:67 port-clash",
      "8:15 unit-name",
    ]);
  });
});
