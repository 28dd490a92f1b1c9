import assert from "node:assert/strict";
import type { ContainedEtc } from "@slipway/release";
import { describe, it } from "mocha";
import type { EtcNode } from "../../src/etc/node.ts";
import { forecastEtc } from "../../src/plan/etc-forecast.ts";

const sha256 = (text: string): string => Buffer.from(text.padEnd(32)).toString("hex");

const directory: ContainedEtc = { path: "", kind: "directory", mode: 0o755, uid: 0, gid: 0 };

const file = (path: string, text: string): ContainedEtc => ({
  ...{ path, kind: "file", mode: 0o644, uid: 0, gid: 0 },
  sha256: sha256(text),
});

/** The node's tree, with files by path and text. */
const scanOf = (files: Readonly<Record<string, string>>) => ({
  tree: new Map<string, EtcNode>([
    ["", { kind: "directory", mode: 0o755, uid: 0, gid: 0, xattrs: "" }],
    ...Object.entries(files).map(([path, text]): [string, EtcNode] => [
      Buffer.from(path).toString("latin1"),
      { kind: "file", mode: 0o644, uid: 0, gid: 0, xattrs: "", sha256: sha256(text) },
    ]),
  ]),
  specials: [],
});

const paths = (lines: readonly { readonly path: string }[]): readonly string[] =>
  lines.map(({ path }) => path);

describe("the forecast of /etc", () => {
  it("tells conflicts, what is the node's, and what the release brings", () => {
    const told = forecastEtc({
      booted: [directory, file("both", "old"), file("theirs", "old"), file("ours", "old")],
      node: scanOf({ both: "node", theirs: "old", ours: "node", née: "node" }),
      next: [directory, file("both", "new"), file("theirs", "new"), file("ours", "old")],
    });
    assert.deepEqual(paths(told.conflicts), ["/etc/both"]);
    assert.equal(told.conflicts[0]?.code, "changed-by-both");
    assert.deepEqual(paths(told.carried), ["/etc/both", "/etc/née", "/etc/ours"]);
    assert.deepEqual(paths(told.taken), ["/etc/theirs"]);
  });

  it("finds the same name in both, whatever letters it has", () => {
    const told = forecastEtc({
      booted: [directory, file("Főtanúsítvány", "old")],
      node: scanOf({ Főtanúsítvány: "old" }),
      next: [directory, file("Főtanúsítvány", "old")],
    });
    assert.deepEqual([told.conflicts, told.carried, told.taken], [[], [], []]);
  });

  it("calls accounts no conflict, since they are merged one by one", () => {
    const told = forecastEtc({
      booted: [directory, file("passwd", "old"), file("group", "old")],
      node: scanOf({ passwd: "node", group: "node" }),
      next: [directory, file("passwd", "new"), file("group", "old")],
    });
    assert.deepEqual(told.conflicts, []);
    assert.deepEqual(told.mergedByAccount, ["/etc/passwd"]);
  });
});
