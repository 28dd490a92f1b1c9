import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import { mergeEtc } from "../../src/etc/merge.ts";
import { type EtcNode, type EtcTree, showPath } from "../../src/etc/node.ts";
import { formatReport, reportOf } from "../../src/etc/report.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const file = (text: string, mode = 0o644): EtcNode => ({
  kind: "file",
  mode,
  uid: 0,
  gid: 0,
  xattrs: "",
  sha256: sha256(text),
});
const link = (target: string): EtcNode => ({ kind: "symlink", target, uid: 0, gid: 0, xattrs: "" });
const directory: EtcNode = { kind: "directory", mode: 0o755, uid: 0, gid: 0, xattrs: "" };

/** A tree of these nodes and the directories they are in. */
const tree = (nodes: Readonly<Record<string, EtcNode>>): EtcTree => {
  const all = new Map<string, EtcNode>([["", directory]]);
  for (const [path, node] of Object.entries(nodes)) {
    const names = path.split("/").slice(0, -1);
    names.forEach((_, index) => all.set(names.slice(0, index + 1).join("/"), directory));
    all.set(path, node);
  }
  return all;
};

type Nodes = Readonly<Record<string, EtcNode>>;
const merge = (old: Nodes, node: Nodes, image: Nodes, machineId?: string) => {
  const trees = { old: tree(old), node: tree(node), image: tree(image) };
  const merged = mergeEtc({ trees, accounts: { old: {}, node: {}, image: {} }, machineId });
  return {
    at: (path: string) => merged.result.get(path)?.node,
    conflicts: merged.conflicts.map(({ path, reason }) => `${path}: ${reason.code}`),
    report: reportOf(merged, trees, []),
    merged,
  };
};

const WANTS = "systemd/system/multi-user.target.wants";
const unit = (name: string): EtcNode => link(`/usr/lib/systemd/system/${name}`);

describe("the rules for /etc", () => {
  it("run the units that a fresh node would, unless the node decided otherwise", () => {
    const wants = (...names: readonly string[]): Nodes =>
      Object.fromEntries(names.map((name) => [`${WANTS}/${name}`, unit(name)]));
    const { at, conflicts } = merge(
      wants("dropped.service", "unwanted.service", "kept.service"),
      // systemctl disable unwanted, enable extra, mask other
      {
        ...wants("dropped.service", "kept.service", "extra.service"),
        "systemd/system/other.service": link("/dev/null"),
      },
      wants("unwanted.service", "kept.service", "new.service"),
    );
    const enabled = ["dropped", "unwanted", "kept", "extra", "new"].filter(
      (name) => at(`${WANTS}/${name}.service`) !== undefined,
    );
    assert.deepEqual(enabled, ["kept", "extra", "new"]);
    assert.deepEqual(at("systemd/system/other.service"), link("/dev/null"));
    assert.deepEqual(conflicts, []);
  });

  it("enable a new unit although the last link beside it was removed here, and its directory with it", () => {
    const { at, conflicts } = merge(
      { [`${WANTS}/a.service`]: unit("a.service") },
      {},
      { [`${WANTS}/a.service`]: unit("a.service"), [`${WANTS}/b.service`]: unit("b.service") },
    );
    assert.deepEqual(
      [at(`${WANTS}/a.service`), at(`${WANTS}/b.service`)],
      [undefined, unit("b.service")],
    );
    assert.deepEqual(conflicts, []);
  });

  it("keep the node's file where both changed it, with the image's tighter mode", () => {
    const { at, conflicts } = merge(
      { conf: file("1") },
      { conf: file("mine") },
      { conf: file("2", 0o600) },
    );
    assert.deepEqual(at("conf"), file("mine", 0o600));
    assert.deepEqual(conflicts, ["conf: changed-by-both"]);
  });

  it("carry what lies in a directory that the image has dropped", () => {
    const { at, conflicts } = merge(
      { "app.d/vendor": file("v") },
      { "app.d/vendor": file("v"), "app.d/mine": file("m") },
      {},
    );
    assert.deepEqual([at("app.d/vendor"), at("app.d/mine")], [undefined, file("m")]);
    assert.deepEqual(at("app.d"), directory);
    assert.deepEqual(conflicts, []);
  });

  it("keep a directory with the node's files where the image has a link now", () => {
    const { at, conflicts } = merge(
      { "app/vendor": file("v") },
      { "app/vendor": file("v"), "app/mine": file("m") },
      { app: link("../usr/share/app") },
    );
    assert.deepEqual(
      [at("app"), at("app/mine"), at("app/vendor")],
      [directory, file("m"), undefined],
    );
    assert.deepEqual(conflicts, ["app: directory-here-other-there"]);
  });

  it("leave out what the image adds below a link of the node's", () => {
    const { at, conflicts } = merge(
      { "app/vendor": file("v") },
      { app: link("/var/app") },
      { "app/vendor": file("v"), "app/new": file("n") },
    );
    assert.deepEqual([at("app"), at("app/new")], [link("/var/app"), undefined]);
    assert.deepEqual(conflicts, ["app/new: no-directory-here"]);
  });

  it("never carry what is made or held for a moment", () => {
    const generated = [
      "ld.so.cache",
      ".updated",
      "udev/hwdb.bin",
      ".pwd.lock",
      "passwd-",
      "shadow.lock",
      "group+",
      ".#gshadow4f",
    ];
    const mine = Object.fromEntries(generated.map((path) => [path, file("node")]));
    const { at, report } = merge({}, mine, { "ld.so.cache": file("image") });
    assert.deepEqual(at("ld.so.cache"), file("image"));
    for (const path of generated.slice(1)) assert.equal(at(path), undefined, path);
    assert.equal(at("udev"), directory, "the directory itself was made here");
    assert.equal(report.ignored.length, generated.length);
    assert.deepEqual(merge({}, { "passwd-x": file("m") }, {}).at("passwd-x"), file("m"));
  });

  it("give every release the node's machine-id, whatever images have there", () => {
    const id = "0123456789abcdef0123456789abcdef";
    for (const [node, image] of [
      ["", ""],
      [`${id}\n`, "uninitialized\n"],
      ["f".repeat(32), ""],
    ] as const) {
      const { at, conflicts } = merge(
        { "machine-id": file("", 0o444) },
        { "machine-id": file(node, 0o444) },
        { "machine-id": file(image, 0o444) },
        id,
      );
      assert.deepEqual(at("machine-id"), file(`${id}\n`, 0o444));
      assert.deepEqual(conflicts, []);
    }
    assert.deepEqual(merge({}, {}, {}, id).at("machine-id"), file(`${id}\n`, 0o444));
  });

  it("are told in words", () => {
    const { report } = merge(
      { a: file("1"), b: file("1"), c: file("1") },
      { a: file("2"), b: file("1"), c: file("2"), "n\xff\n": file("1") },
      { a: file("3"), b: file("2"), c: file("1") },
    );
    assert.equal(
      formatReport(report),
      `conflicts:
  /etc/a: contents changed here and in the new image; the node's stays
carried:
  /etc/a: changed
  /etc/c: changed
  /etc/n\\xff\\x0a: added
taken from the new image:
  /etc/b: changed
`,
    );
    assert.equal(showPath(Buffer.from("grün").toString("latin1")), "/etc/grün");
  });
});
