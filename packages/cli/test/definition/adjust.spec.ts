import assert from "node:assert/strict";
import { isImageVersion, loadDefinition } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import {
  chosenArchitectures,
  withAbsolutePaths,
  withVersion,
} from "../../src/definition/adjust.ts";
import { documents, GOOD } from "../support/a-world.ts";
import { failsWith } from "../support/fails-with.ts";

const load = async (more: string) => {
  const texts = { "images/a.yaml": `${GOOD}${more}`, "images/motd": "", "images/more": "" };
  const { definition } = await loadDefinition("images/a.yaml", documents(texts));
  assert.ok(definition !== undefined);
  return definition;
};

describe("local files of a definition", () => {
  const FILES = `storage:
  files:
    - path: /etc/motd
      contents: { local: motd }
      append: [{ local: more }, { inline: x }]
    - path: /etc/empty
`;

  it("get absolute names, since programs run in other directories", async () => {
    const { config } = withAbsolutePaths(await load(FILES), "/project");
    const [motd, empty] = config.storage.files;
    assert.equal(motd?.contents?.kind === "local" && motd.contents.path, "/project/images/motd");
    assert.deepEqual(
      motd?.append.map((one) => (one.kind === "local" ? one.path : one.kind)),
      ["/project/images/more", "inline"],
    );
    assert.ok(empty !== undefined && !("contents" in empty));
  });
});

describe("--version", () => {
  it("takes the place of the definition's", async () => {
    const definition = await load("");
    assert.equal(withVersion(definition, "2.1~rc1", isImageVersion).image.version, "2.1~rc1");
    assert.equal(withVersion(definition, undefined, isImageVersion), definition);
  });

  it("follows the definition's rule", async () => {
    const definition = await load("");
    for (const version of ["1_0", "a+3", ".1", "1.", "-1", "ä", "1/2", "a".repeat(65), "1\n"]) {
      failsWith(() => withVersion(definition, version, isImageVersion), {
        code: "USAGE",
        message: /^--version is '/,
        hint: /^use at most 64/,
      });
    }
  });
});

describe("--arch", () => {
  it("chooses among the definition's, in its order", async () => {
    const definition = await load("");
    assert.deepEqual(chosenArchitectures(definition, []), ["x86_64", "aarch64"]);
    assert.deepEqual(chosenArchitectures(definition, ["aarch64"]), ["aarch64"]);
    assert.deepEqual(chosenArchitectures(definition, ["aarch64", "x86_64"]), ["x86_64", "aarch64"]);
  });

  it("is refused where the definition is not for it", async () => {
    const { image, ...rest } = await load("");
    const definition = { ...rest, image: { ...image, architectures: ["x86_64"] as const } };
    failsWith(() => chosenArchitectures(definition, ["x86_64", "aarch64"]), {
      code: "USAGE",
      message: /^--arch is aarch64, and image base is for x86_64$/,
    });
  });
});
