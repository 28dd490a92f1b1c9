import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Manifest, parseManifest } from "../../src/build/manifest.ts";
import type { AccountDiff } from "../../src/diff/accounts.ts";
import { warningsOf } from "../../src/diff/warnings.ts";
import { MIB } from "../../src/image/geometry.ts";
import { aRelease } from "../inspect/a-release.ts";

const MANIFEST = parseManifest(
  new TextDecoder().decode(aRelease().get("manifest.json")),
  "manifest.json",
);
const LATER: Partial<Manifest> = {
  version: "2",
  epoch: MANIFEST.epoch + 1,
  roothash: "12".repeat(32),
};
const NONE: AccountDiff = {
  users: { added: [], removed: [], changed: [] },
  groups: { added: [], removed: [], changed: [] },
};

const warn = (
  changes: Partial<Manifest>,
  more: { readonly used?: number; readonly accounts?: AccountDiff; problems?: string[] } = {},
) => {
  const before = { ...MANIFEST, slotSizeMib: 100 };
  return warningsOf(
    { manifest: before, used: 50 * MIB, problems: [] },
    {
      manifest: { ...before, ...LATER, ...changes },
      used: more.used ?? 51 * MIB,
      problems: more.problems ?? [],
    },
    more.accounts ?? NONE,
  );
};

const codes = (...args: Parameters<typeof warn>) => warn(...args).map(({ code }) => code);

describe("warnings of a comparison", () => {
  it("are none for a later version of the same image", () => assert.deepEqual(codes({}), []));

  it("are none for a release and itself", () => {
    const same = { version: MANIFEST.version, epoch: MANIFEST.epoch, roothash: MANIFEST.roothash };
    assert.deepEqual(codes(same), []);
  });

  it("name what must not change", () => {
    assert.deepEqual(codes({ salt: "00".repeat(32) }), ["SALT_CHANGED"]);
    assert.deepEqual(codes({ slotSizeMib: 200 }), ["SLOT_SIZE_CHANGED"]);
    assert.deepEqual(codes({ version: MANIFEST.version }), ["SAME_VERSION"]);
    assert.deepEqual(codes({ epoch: MANIFEST.epoch }), ["EPOCH_NOT_LATER"]);
    assert.deepEqual(codes({}, { problems: ["x"] }), ["CONTRADICTION"]);
  });

  it("measure the new root by the slots that nodes have", () => {
    assert.deepEqual(codes({}, { used: 81 * MIB }), ["LOW_HEADROOM"]);
    assert.deepEqual(codes({ slotSizeMib: 200 }, { used: 101 * MIB }), [
      "SLOT_SIZE_CHANGED",
      "ROOT_TOO_LARGE",
    ]);
  });

  it("name accounts whose ids changed, and no others", () => {
    const change = { before: 1, after: 2 };
    const accounts: AccountDiff = {
      users: {
        ...NONE.users,
        changed: [
          { name: "a", uid: change, isPasswordChanged: false },
          { name: "b", home: { before: "/", after: "/b" }, isPasswordChanged: true },
        ],
      },
      groups: {
        ...NONE.groups,
        changed: [{ name: "g", gid: change, members: { added: [], removed: [] } }],
      },
    };
    assert.deepEqual(
      warn({}, { accounts }).map(({ message }) => message),
      [
        "the id of user a changed from 1 to 2: files on nodes keep the old one",
        "the id of group g changed from 1 to 2: files on nodes keep the old one",
      ],
    );
  });

  it("say nothing of salts and slots between two images or architectures", () => {
    const other = { salt: "00".repeat(32), slotSizeMib: 1, epoch: 1, version: "1.2" };
    assert.deepEqual(codes({ ...other, image: "edge" }), ["OTHER_IMAGE"]);
    assert.deepEqual(codes({ ...other, architecture: "aarch64" }), ["OTHER_ARCHITECTURE"]);
  });
});
