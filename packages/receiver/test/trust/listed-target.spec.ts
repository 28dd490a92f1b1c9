import assert from "node:assert/strict";
import { encodeManifest } from "@slipway/release";
import { ReceiverError, type ReceiverErrorCode } from "@slipway/receiver";
import { describe, it } from "mocha";
import { memorySource } from "../support/memory-source.ts";
import { outcomeOf, testNode } from "../support/node.ts";
import { soundFiles } from "../../../../test/support/signed-repository/sound.ts";
import { channel, manifest } from "../../../../test/support/signed-repository/published.ts";
import {
  type Files,
  IMAGE_ROLE,
  type RoleName,
  type Signed,
  type StateOptions,
} from "../../../../test/support/signed-repository/test-repository.ts";

/** A list that holds its first entry under another name too. */
const alsoNamed = (role: RoleName, name: string): Partial<StateOptions> => ({
  edit: {
    [role]: (signed: Signed) => {
      const targets = signed["targets"] as Signed;
      return { ...signed, targets: { ...targets, [name]: Object.values(targets)[0] } };
    },
  },
});

const refusedFor = async (files: Files): Promise<ReceiverError> => {
  const node = testNode();
  const outcome = await outcomeOf(node, memorySource(files));
  assert.ok(outcome instanceof ReceiverError, "it was believed");
  return outcome;
};

const long = "a".repeat(300);

const NAMES: readonly string[] = [
  "../x",
  "../../etc/passwd.json",
  "/abs",
  "/releases/base/42.2/x86_64.json",
  "COM1",
  "releases/base/COM1/x86_64.json",
  "releases/base/nul.1/x86_64.json",
  "releases/base/../x86_64.json",
  "releases/base/./x86_64.json",
  "releases/base//x86_64.json",
  "releases/../base/x86_64.json",
  "releases\\base\\42.2\\x86_64.json",
  "releases/base/42.2/x86_64.json/",
  "releases/base/42.2/x86_64",
  "releases/base/42.2/x/86_64.json",
  "releases/base/42.2\u0000/x86_64.json",
  "releases/base/42.2\n/x86_64.json",
  "releases/base/caf\u00e9/x86_64.json",
  "releases/base/cafe\u0301/x86_64.json",
  "releases/base/42.2\u202e/x86_64.json",
  "releases/base/%2e%2e/x86_64.json",
  `releases/base/${long}/x86_64.json`,
  long,
  "releases/Base/42.2/x86_64.json",
  "releases/other/42.2/x86_64.json",
  "channels/base/stable.json",
  "Releases/base/42.2/x86_64.json",
  "",
];

describe("names that an image role lists", () => {
  for (const name of NAMES)
    it(`are refused by their shape: ${JSON.stringify(name.slice(0, 50))}`, async () => {
      // Canonical form cannot even say some of them.
      const isSayable = /^[ -~]*$/.test(name);
      const files = isSayable ? soundFiles(alsoNamed(IMAGE_ROLE, name)) : spelt(name);
      const { code, message } = await refusedFor(files);
      assert.equal(code, "BAD_TARGET_NAME", message);
      assert.ok(message.length < 400 && !/\p{Cc}/u.test(message), "a name is shown raw");
    });

  it("are refused where two differ in case alone", async () => {
    const manifests = [manifest("42.1a"), manifest("42.1A")];
    assert.equal((await refusedFor(soundFiles({ manifests }))).code, "BAD_TARGET_NAME");
  });

  it("never become a file's name here, nor anything but an address below targets/", async () => {
    const source = memorySource(soundFiles());
    const node = testNode();
    await outcomeOf(node, source);
    assert.deepEqual([...node.store.now().keys()].toSorted(), ["trust-0", "trust-1"]);
    for (const { path } of source.requests)
      assert.match(path, /^(?:metadata|targets)\/[a-z0-9./_-]+$/);
  });
});

/** The name, escaped in JSON, in a list that is signed over the library's canonical form. */
const spelt = (name: string): Files => soundFiles({ ...alsoNamed(IMAGE_ROLE, name), lax: true });

describe("names that the online role lists", () => {
  for (const name of ["channels/base/../x.json", "channels/base/CON.json", "channels/x.json", "x"])
    it(`are refused by their shape: ${name}`, async () => {
      assert.equal(
        (await refusedFor(soundFiles(alsoNamed("online", name)))).code,
        "BAD_TARGET_NAME",
      );
    });

  it("make no release, though it signs one: a stolen online key chooses, and cannot add", async () => {
    const stolen = manifest("666.0", "e");
    const path = "releases/base/666.0/x86_64.json";
    const named = soundFiles({
      channels: [channel("stable", "42.1", "666.0")],
      manifests: [manifest("42.1"), stolen],
      // The image role signed 42.1 alone; the thief lists the other in the list that he can sign.
      edit: {
        [IMAGE_ROLE]: (signed) => {
          const { [path]: _, ...targets } = signed["targets"] as Signed;
          return { ...signed, targets };
        },
      },
    });
    const view = await testNode().refresh(memorySource(named));
    const releases = await view.releases("base", "x86_64");
    assert.deepEqual(
      releases.map(({ version }) => version),
      ["42.1"],
    );
    const listed = await refusedFor(soundFiles(alsoNamed("online", path)));
    assert.equal(listed.code, "BAD_TARGET_NAME");
    await assert.rejects(view.manifest({ ...stolen }), { code: "NOT_FOUND" });
  });
});

describe("what a role lists", () => {
  const editTarget = (role: RoleName, change: (target: Signed) => Signed) => ({
    edit: {
      [role]: (signed: Signed) => ({
        ...signed,
        targets: Object.fromEntries(
          Object.entries(signed["targets"] as Record<string, Signed>).map(([path, target]) => [
            path,
            change(target),
          ]),
        ),
      }),
    },
  });

  const CASES: readonly (readonly [string, ReceiverErrorCode, Files])[] = [
    [
      "has a SHA-256",
      "BAD_METADATA",
      soundFiles(editTarget(IMAGE_ROLE, (target) => ({ ...target, hashes: { md5: "0" } }))),
    ],
    [
      "has a SHA-256 that is one",
      "BAD_METADATA",
      soundFiles(editTarget("online", (target) => ({ ...target, hashes: { sha256: "../../x" } }))),
    ],
    [
      "has a length",
      "BAD_METADATA",
      soundFiles(editTarget("online", (target) => ({ ...target, length: -1 }))),
    ],
    [
      "has a length that a manifest may have",
      "TOO_LARGE",
      soundFiles(editTarget(IMAGE_ROLE, (target) => ({ ...target, length: 2 ** 40 }))),
    ],
    [
      "has a length that a channel may have",
      "TOO_LARGE",
      soundFiles(editTarget("online", (target) => ({ ...target, length: 2 ** 40 }))),
    ],
  ];
  for (const [title, code, files] of CASES)
    it(`${title}, or is refused: ${code}`, async () => {
      assert.equal((await refusedFor(files)).code, code);
    });

  it("is left out, and logged, where its summary cannot be read", async () => {
    const files = soundFiles(
      editTarget(IMAGE_ROLE, (target) => ({ ...target, custom: { slipway: { image: "base" } } })),
    );
    const node = testNode();
    const view = await node.refresh(memorySource(files));
    assert.deepEqual(await view.releases("base", "x86_64"), []);
    assert.match(node.lines[0] ?? "", /^releases\/base\/42.0\/x86_64.json in .* is left out: /);
  });

  it("is left out where it is for an architecture that this agent does not know", async () => {
    const view = await testNode().refresh(
      memorySource(soundFiles(alsoNamed(IMAGE_ROLE, "releases/base/42.0/riscv64.json"))),
    );
    assert.equal((await view.releases("base", "x86_64")).length, 2);
  });

  it("is refused where it describes another release than its path", async () => {
    const files = soundFiles(alsoNamed(IMAGE_ROLE, "releases/base/43.0/x86_64.json"));
    assert.equal((await refusedFor(files)).code, "MIXED_UP");
  });

  it("is refused where the file has other bytes, be they of the same length", async () => {
    for (const part of ["targets/releases/base/42.1/", "targets/channels/base/"]) {
      const files = soundFiles();
      for (const [path, bytes] of files)
        if (path.startsWith(part)) files.set(path, bytes.with(20, (bytes[20] ?? 0) ^ 1));
      assert.equal((await refusedFor(files)).code, "TAMPERED", part);
    }
  });

  it("is refused where the file is longer or shorter than was signed", async () => {
    for (const change of [
      (bytes: Uint8Array) => bytes.subarray(1),
      (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.from("x")]),
    ]) {
      const files = soundFiles();
      for (const [path, bytes] of files)
        if (path.startsWith("targets/")) files.set(path, change(bytes));
      assert.ok(["TAMPERED", "TOO_LARGE"].includes((await refusedFor(files)).code));
    }
  });

  it("is refused where manifest and summary contradict each other", async () => {
    const files = soundFiles({
      edit: {
        [IMAGE_ROLE]: (signed) =>
          JSON.parse(
            JSON.stringify(signed).replaceAll('"securityEpoch":3', '"securityEpoch":2'),
          ) as Signed,
      },
    });
    const { code, message } = await refusedFor(files);
    assert.equal(code, "MIXED_UP");
    assert.match(message, /securityEpoch is 3 in the manifest, and 2 in the signed list/);
  });

  it("is refused where a channel stands under another's name", async () => {
    const files = soundFiles({
      channels: [channel("stable", "42.1")],
      ...alsoNamed("online", "channels/base/edge.json"),
    });
    const [path, bytes] = [...files].find(([name]) => name.startsWith("targets/channels/")) ?? [];
    assert.ok(path !== undefined && bytes !== undefined);
    files.set(path.replace("stable", "edge"), bytes);
    const view = await testNode().refresh(memorySource(files));
    await assert.rejects(view.channel("base", "edge"), { code: "MIXED_UP" });
  });

  it("is told apart from what is not there", async () => {
    const view = await testNode().refresh(memorySource(soundFiles()));
    await assert.rejects(view.channel("base", "edge"), { code: "NOT_FOUND" });
    await assert.rejects(view.channel("other", "stable"), { code: "NOT_FOUND" });
    await assert.rejects(view.releases("other", "x86_64"), { code: "NOT_FOUND" });
    await assert.rejects(view.manifest(manifest("42.1", "d")), { code: "NOT_FOUND" });
    assert.ok(encodeManifest(await view.manifest(manifest("42.1"))).includes('"42.1"'));
  });
});
