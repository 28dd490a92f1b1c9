import assert from "node:assert/strict";
import { KEY_ALGORITHMS } from "@slipway/composer";
import { describe, it } from "mocha";
import { ALGORITHM_NAMES, readExternal, readRole } from "../../src/arguments/keys.ts";
import { readInitKeysArguments } from "../../src/commands/keys/init.ts";
import { runInMemory } from "../support/a-world.ts";

const AT = { directory: "/project" } as const;

describe("the arguments of keys init", () => {
  it("have a default for everything but the directory", () => {
    assert.deepEqual(readInitKeysArguments(["keys"], AT), {
      directory: "/project/keys",
      repository: undefined,
      wishes: { algorithm: "ed25519", images: [], rootKeys: 1, rootThreshold: 1 },
      external: [],
      json: false,
    });
  });

  it("are all heeded", () => {
    const args = [
      ...["--keys", "/k", "--repo", "r", "--image", "a", "--image", "b", "--image", "a"],
      ...["--algorithm", "ecdsa-p256", "--root-keys", "3", "--root-threshold", "2", "--json"],
      ...["--external", "image-a=a.pem,./sign with words"],
    ];
    assert.deepEqual(readInitKeysArguments(args, AT), {
      directory: "/k",
      repository: "/project/r",
      wishes: { algorithm: "ecdsa-p256", images: ["a", "b"], rootKeys: 3, rootThreshold: 2 },
      external: [
        {
          role: "image-a",
          publicKeyFile: "/project/a.pem",
          argv: ["/project/sign", "with", "words"],
        },
      ],
      json: true,
    });
  });

  it("leave a program by its bare name to be looked for", () => {
    const [key] = readExternal(["root=/r.pem,pkcs11-sign --slot=1"], AT);
    assert.deepEqual(key?.argv, ["pkcs11-sign", "--slot=1"]);
    assert.equal(key?.publicKeyFile, "/r.pem");
  });
});

describe("names that the command line knows without loading anything", () => {
  it("are those of the composer", () => {
    assert.deepEqual(ALGORITHM_NAMES, KEY_ALGORITHMS);
  });
});

describe("a role on the command line", () => {
  it("is one that a repository has", () => {
    for (const role of ["root", "targets", "snapshot", "timestamp", "online", "image-base"])
      assert.equal(readRole(role, "ROLE"), role);
    assert.throws(() => readRole("image-", "ROLE"), { code: "USAGE" });
  });
});

describe("keys and repo", () => {
  const WRONG: readonly (readonly [readonly string[], RegExp])[] = [
    [["keys", "init"], /DIR is missing\nhint: write slipway keys init DIR/],
    [["keys", "init", "a", "--keys", "b"], /DIR and --keys say the same thing/],
    [["keys", "init", "a", "--image", "Base"], /--image is 'Base'/],
    [
      ["keys", "init", "a", "--root-threshold", "2"],
      /--root-threshold is 2, and there are 1 root keys/,
    ],
    [["keys", "init", "a", "--root-keys", "0"], /--root-keys is '0'/],
    [["keys", "init", "a", "--algorithm", "rsa"], /--algorithm is 'rsa'/],
    [["keys", "init", "a", "--external", "root"], /--external is 'root'/],
    [["keys", "init", "a", "--external", "boss=a.pem,b"], /--external's role is 'boss'/],
    [["keys", "init", "a", "--external", "root=none.pem,b"], /none\.pem cannot be read/],
    [["keys", "list"], /--keys is missing/],
    [["keys", "rotate", "--keys", "k", "--repo", "r"], /ROLE is missing/],
    [["keys", "rotate", "boss", "--keys", "k", "--repo", "r"], /ROLE is 'boss'/],
    [["keys", "rotate", "root", "--keys", "k"], /--repo is missing/],
    [["keys", "revoke", "--keys", "k", "--repo", "r"], /KEYID is missing/],
    [["repo", "refresh", "--repo", "r"], /--keys is missing/],
    [["repo", "refresh", "--repo", "r", "--keys", "k", "--role", "x"], /--role is 'x'/],
  ];
  for (const [args, message] of WRONG) {
    it(`refuse ${args.join(" ")}`, async () => {
      const { status, stdout, stderr } = await runInMemory(args);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, message);
    });
  }
});
