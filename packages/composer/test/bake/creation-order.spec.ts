import assert from "node:assert/strict";
import type { Storage } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { creationOrder } from "../../src/bake/creation-order.ts";
import { inRoot } from "../../src/bake/in-root-path.ts";
import { NOWHERE as origin } from "../accounts/items.ts";

const aStorage = (
  nodes: Partial<Record<"directories" | "files" | "links" | "hard", string[]>>,
): Storage => ({
  directories: (nodes.directories ?? []).map((path) => ({ path, origin })),
  files: (nodes.files ?? []).map((path) => ({ path, append: [], origin })),
  links: [
    ...(nodes.links ?? []).map((path) => ({ path, target: "t", origin })),
    ...(nodes.hard ?? []).map((path) => ({ path, target: "t", hard: true, origin })),
  ],
});

const asIs = (path: string) => inRoot(path);

describe("the order of creation", () => {
  it("is by depth, then kind, then the config; hard links come last", () => {
    const { nodes, findings } = creationOrder(
      aStorage({
        directories: ["/a/b/c", "/z"],
        files: ["/a/b/c/d", "/f", "/e"],
        links: ["/l", "/a/l"],
        hard: ["/h"],
      }),
      asIs,
    );
    assert.deepEqual(findings, []);
    assert.deepEqual(
      nodes.map(({ kind, path }) => `${kind} ${path}`),
      [
        "directory /z",
        "file /f",
        "file /e",
        "symlink /l",
        "symlink /a/l",
        "directory /a/b/c",
        "file /a/b/c/d",
        "hard link /h",
      ],
    );
  });

  it("goes by where paths lead, not by what they are called", () => {
    const { nodes } = creationOrder(aStorage({ files: ["/deep", "/x/y"] }), (path) =>
      inRoot(path === "/deep" ? "/a/b/c/d" : path),
    );
    assert.deepEqual(
      nodes.map(({ path }) => path),
      ["/x/y", "/a/b/c/d"],
    );
  });

  it("has no place for two items that lead to the same one: each later one is reported", () => {
    const { nodes, findings } = creationOrder(
      aStorage({ directories: ["/var/r/f"], files: ["/r/f"], hard: ["/r/f"] }),
      () => inRoot("/var/r/f"),
    );
    assert.equal(nodes.length, 1);
    assert.deepEqual(
      findings.map(({ rule, message }) => [rule, message]),
      [
        ["node-conflict", "/r/f leads to /var/r/f, and so does the item for /var/r/f"],
        ["node-conflict", "/r/f leads to /var/r/f, and so does the item for /var/r/f"],
      ],
    );
  });

  it("reports a path that leads nowhere", () => {
    const { nodes, findings } = creationOrder(aStorage({ files: ["/loop/x"] }), () => ({
      message: "too many symbolic links at /loop/x",
    }));
    assert.deepEqual(nodes, []);
    assert.equal(findings[0]?.message, "too many symbolic links at /loop/x");
    assert.equal(findings[0].range, origin);
  });
});
