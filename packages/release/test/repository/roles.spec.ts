import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  imageRole,
  isImageName,
  isRole,
  lifetimeSeconds,
  metadataFile,
  pathsOf,
  roleOfPath,
} from "@slipway/release";

describe("the role of a path", () => {
  const PATHS: readonly (readonly [string, string | undefined])[] = [
    ["releases/base/1/x86_64.json", "image-base"],
    ["releases/base/1.2~rc1^3-4/aarch64.json", "image-base"],
    ["releases/a-b-9/2026.11.22/x86_64.json", "image-a-b-9"],
    ["channels/base/stable.json", "online"],
    ["channels/base/a.b_c-d.json", "online"],
    ["releases/base/1/x86_64", undefined],
    ["releases/base/x86_64.json", undefined],
    ["releases/base/1/x/x86_64.json", undefined],
    ["releases/../1/x86_64.json", undefined],
    ["releases/base/../x86_64.json", undefined],
    ["releases/Base/1/x86_64.json", undefined],
    ["releases/base/1/x86_64.json/", undefined],
    ["/releases/base/1/x86_64.json", undefined],
    ["releases//1/x86_64.json", undefined],
    ["releases/base/1/x86_64.json\n", undefined],
    ["channels/base/../stable.json", undefined],
    ["channels/base/.json", undefined],
    ["channels/stable.json", undefined],
    [`channels/${"b".repeat(64)}/stable.json`, undefined],
    ["blobs/ab/abcd", undefined],
    ["", undefined],
  ];
  for (const [path, role] of PATHS) {
    it(`${JSON.stringify(path)} is ${role ?? "nobody's"}`, () =>
      assert.equal(roleOfPath(path), role));
  }

  it("is the one to which the path is delegated", () => {
    for (const [path, name] of PATHS) {
      if (name !== "online" && name !== "image-base" && name !== "image-a-b-9") continue;
      const [pattern = ""] = pathsOf(name);
      const expression = new RegExp(`^${pattern.replaceAll("*", "[^/]+")}$`);
      assert.match(path, expression);
    }
  });
});

describe("names of roles", () => {
  it("are the six kinds and no others", () => {
    for (const name of ["root", "targets", "snapshot", "timestamp", "online", "image-base"])
      assert.ok(isRole(name), name);
    for (const name of ["", "image-", "image-Base", "image-a/b", "Root", "__proto__", "offline"])
      assert.ok(!isRole(name), name);
  });

  it("of an image are told from all others, however the image is called", () => {
    for (const image of ["root", "online", "targets", "image-x"]) {
      assert.ok(isImageName(image));
      assert.equal(roleOfPath(`releases/${image}/1/x86_64.json`), imageRole(image));
      assert.notEqual(imageRole(image), image);
    }
  });

  it("name files: all but the timestamp's with their version", () => {
    assert.equal(metadataFile("timestamp", 7), "timestamp.json");
    assert.equal(metadataFile("root", 7), "7.root.json");
    assert.equal(metadataFile("image-base", 7), "7.image-base.json");
  });

  it("have the lifetimes that are promised", () => {
    const days = (role: Parameters<typeof lifetimeSeconds>[0]) => lifetimeSeconds(role) / 86_400;
    assert.deepEqual(
      (["root", "targets", "image-base", "snapshot", "online", "timestamp"] as const).map(days),
      [365, 90, 90, 14, 14, 7],
    );
  });
});
