import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  blobPath,
  channelTarget,
  releaseTarget,
  repositoryFile,
  roleFile,
  targetFile,
  TIMESTAMP_FILE,
} from "@slipway/release";
import { digest } from "../support/documents.ts";

describe("the layout of a repository", () => {
  it("never changes: nodes in the field ask for these names", () => {
    const release = releaseTarget({ image: "base", version: "1.2~rc1", architecture: "x86_64" });
    assert.equal(release, "releases/base/1.2~rc1/x86_64.json");
    assert.equal(
      targetFile(release, digest("a")),
      `targets/releases/base/1.2~rc1/${digest("a")}.x86_64.json`,
    );
    assert.equal(
      targetFile(channelTarget({ image: "base", name: "stable" }), digest("b")),
      `targets/channels/base/${digest("b")}.stable.json`,
    );
    assert.equal(blobPath(digest("c")), `blobs/cc/${digest("c")}`);
    assert.equal(roleFile("image-base", 7), "metadata/7.image-base.json");
  });

  it("gives what a file is by its name, and nothing for other names", () => {
    const target = "releases/base/1.2~rc1/x86_64.json";
    for (const [file, what] of [
      [TIMESTAMP_FILE, { kind: "timestamp" }],
      ["metadata/12.root.json", { kind: "metadata", role: "root", version: 12 }],
      ["metadata/3.image-a-b.json", { kind: "metadata", role: "image-a-b", version: 3 }],
      [targetFile(target, digest("a")), { kind: "target", target, sha256: digest("a") }],
      [blobPath(digest("c")), { kind: "blob", sha256: digest("c") }],
    ] as const)
      assert.deepEqual(repositoryFile(file), what);
    for (const other of [
      "metadata/root.json",
      "metadata/0.root.json",
      "metadata/../1.root.json",
      "metadata/.1.root.json.new",
      `blobs/ab/${digest("c")}`,
      `blobs/cc/${digest("c")}.part`,
      `targets/releases/../${digest("a")}.x86_64.json`,
      `targets/${digest("a")}.x86_64.json`,
      ".slipway/lock",
      "",
    ])
      assert.equal(repositoryFile(other), undefined, other);
  });
});
