/** The library's errors, held against its own list of them: a release with a new one is noticed here. */
import assert from "node:assert/strict";
import * as models from "@tufjs/models/dist/error.js";
import { describe, it } from "mocha";
import * as client from "tuf-js/dist/error.js";
import { readDocument } from "../../src/trust/document.ts";
import { openSet } from "../../src/trust/trusted-set.ts";
import { refusalOf } from "../../src/trust/tuf-refusal.ts";
import { NOW, ROOT_1 } from "../../../../test/support/signed-repository/sound.ts";

const place = { file: "metadata/2.root.json", source: "mirror 1" };

const codeOf = (error: unknown): string => {
  const document = readDocument(ROOT_1, "root", place);
  const { root } = openSet(ROOT_1, new Date(NOW * 1000));
  const judged = { place, role: "root", document, badVersion: "ROLLED_BACK" } as const;
  return refusalOf(error, { ...judged, delegators: [root] }).code;
};

const codesOf = (classes: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(classes).flatMap(([name, one]: [string, unknown]) =>
      typeof one === "function" && one.prototype instanceof Error
        ? [[name, codeOf(Reflect.construct(one, ["why"]))]]
        : [],
    ),
  );

describe("an error of tuf-js", () => {
  it("has one code for each of its classes", () => {
    assert.deepEqual(codesOf(client), {
      ValueError: "BAD_METADATA",
      RuntimeError: "BAD_METADATA",
      PersistError: "BAD_METADATA",
      RepositoryError: "MIXED_UP",
      BadVersionError: "ROLLED_BACK",
      EqualVersionError: "FORKED",
      ExpiredMetadataError: "EXPIRED",
      DownloadError: "BAD_METADATA",
      DownloadLengthMismatchError: "BAD_METADATA",
      DownloadHTTPError: "BAD_METADATA",
    });
    assert.deepEqual(codesOf(models), {
      ValueError: "BAD_METADATA",
      RepositoryError: "BAD_METADATA",
      UnsignedMetadataError: "UNSIGNED",
      LengthOrHashMismatchError: "MIXED_UP",
      CryptoError: "BAD_METADATA",
      UnsupportedAlgorithmError: "BAD_METADATA",
    });
  });

  it("is refused too where it is of no class of theirs", () => {
    assert.equal(codeOf(new TypeError("signatures is not an array")), "BAD_METADATA");
    assert.equal(codeOf("a text"), "BAD_METADATA");
  });
});

describe("the time of tuf-js's set", () => {
  it("is ours, not the machine's", () => {
    const set = openSet(ROOT_1, new Date("2001-02-03T04:05:06Z"));
    assert.deepEqual(Reflect.get(set, "referenceTime"), new Date("2001-02-03T04:05:06Z"));
  });
});
