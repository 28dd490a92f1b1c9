/** Keys that programs keep, keys that others can read, and metadata that should never be signed on. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import {
  commitTargets,
  ensureRepository,
  initKeys,
  type NewKeys,
  openKeys,
  rotateKeys,
  openMetadata,
} from "@slipway/composer";
import { manualClock } from "@slipway/host/testing";
import { newestSigned, stealKey } from "../support/forge.ts";
import { scratchDirectory } from "../support/release.ts";
import { requireTools } from "../support/require-tools.ts";
import { type Drill, openDrill, release, signingHost } from "../support/trust-drill.ts";

const publish = (it: Drill, version: string) =>
  commitTargets(it.repository, it.keys(), { put: [release(version)], remove: [] }, it.clock);

/** How openssl makes and uses keys of the two kinds. It needs the bytes in a file to sign them with ed25519. */
const OPENSSL = {
  ed25519: {
    generate: ["genpkey", "-algorithm", "ed25519"],
    sign: 'openssl pkeyutl -sign -rawin -inkey "$1" -in "$work"',
  },
  "ecdsa-p256": {
    generate: ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    sign: 'openssl dgst -sha256 -sign "$1" "$work"',
  },
} as const;

interface Token {
  readonly publicKey: string;
  readonly argv: readonly [string, ...string[]];
  readonly program: string;
}

/** A key and a program beside it that signs with it, as a token's would. */
const makeToken = (directory: string, kind: keyof typeof OPENSSL): Token => {
  mkdirSync(directory, { recursive: true });
  const key = path.join(directory, "token.key");
  const { generate, sign } = OPENSSL[kind];
  execFileSync("openssl", [...generate, "-out", key], { stdio: "ignore" });
  const publicKey = execFileSync("openssl", ["pkey", "-in", key, "-pubout"]).toString();
  const program = path.join(directory, "sign");
  writeFileSync(
    program,
    `#!/bin/sh\nset -e\nwork=$(mktemp)\ntrap 'rm -f "$work"' EXIT\ncat > "$work"\n${sign} | base64\n`,
    { mode: 0o755 },
  );
  return { publicKey, program, argv: [program, key] };
};

describe("a key that a program keeps", () => {
  requireTools("openssl");
  const scratch = scratchDirectory("signer");
  const drill = (external: NewKeys["external"]) =>
    openDrill(mkdtempSync(path.join(scratch, "drill-")), { external });

  for (const kind of ["ed25519", "ecdsa-p256"] as const) {
    it(`signs releases and roots: ${kind}`, async () => {
      const { publicKey, argv } = makeToken(mkdtempSync(path.join(scratch, "token-")), kind);
      const other = makeToken(mkdtempSync(path.join(scratch, "token-")), kind);
      await using it = await drill([
        { role: "image-base", publicKey, argv },
        { role: "root", publicKey: other.publicKey, argv: other.argv },
      ]);
      await publish(it, "1");
      const client = it.client();
      assert.equal(await client.read(release("1").path, it.clock.now()), "release 1");
    });
  }

  it("is followed by another program's, or by a file where somebody says so", async () => {
    const token = () => makeToken(mkdtempSync(path.join(scratch, "token-")), "ed25519");
    const [first, second] = [token(), token()];
    await using it = await drill([{ role: "image-base", ...first }]);
    const rotate = async (options: Parameters<typeof rotateKeys>[3]) => {
      const host = { ...signingHost, clock: it.clock };
      const role = { role: "image-base" } as const;
      it.keep((await rotateKeys(it.repository, it.keys(), role, options, host)).keyring);
    };
    await assert.rejects(rotate({ external: [] }), {
      code: "KEY_MISSING",
      message: /by a program/,
    });
    await assert.rejects(rotate({ external: [{ role: "image-x", ...second }] }), {
      code: "UNKNOWN_KEY",
    });
    await rotate({ external: [{ role: "image-base", ...second }] });
    await publish(it, "1");
    await rotate({ external: [], algorithm: "ecdsa-p256" });
    await publish(it, "2");
    const client = it.client();
    assert.equal(await client.read(release("2").path, it.clock.now()), "release 2");
  });

  it("is not waited for once the person wants to stop", async () => {
    const token = makeToken(mkdtempSync(path.join(scratch, "token-")), "ed25519");
    await using it = await drill([{ role: "image-base", ...token }]);
    writeFileSync(token.program, "#!/bin/sh\nexec sleep 60\n");
    const stop = new AbortController();
    it.keep(await openKeys(it.keyDirectory, { ...signingHost, signal: stop.signal }));
    const published = publish(it, "1");
    setTimeout(() => stop.abort(), 100);
    await assert.rejects(published, { code: "ABORTED" });
    assert.equal(newestSigned(it.repository, "timestamp")["version"], 1);
  });

  const BROKEN: Readonly<Record<string, readonly [script: string, error: object]>> = {
    "answers no signature": ["cat > /dev/null; echo no", { code: "SIGNER_FAILED" }],
    "answers nothing": ["cat > /dev/null", { code: "SIGNER_FAILED" }],
    "answers another's signature": [
      "cat > /dev/null; head -c 64 /dev/zero | base64",
      { code: "SIGNER_FAILED", message: /is none of key/ },
    ],
    fails: ["echo the token is locked >&2; exit 3", { message: /token is locked/ }],
  };
  for (const [what, [script, error]] of Object.entries(BROKEN)) {
    it(`that ${what} stops the commit before anything is written`, async () => {
      const { publicKey, argv, program } = makeToken(
        mkdtempSync(path.join(scratch, "token-")),
        "ed25519",
      );
      await using it = await drill([{ role: "image-base", publicKey, argv }]);
      writeFileSync(program, `#!/bin/sh\n${script}\n`);
      await assert.rejects(publish(it, "1"), error);
      assert.equal(newestSigned(it.repository, "timestamp")["version"], 1);
      assert.equal(await it.client().find(release("1").path, it.clock.now()), undefined);
    });
  }
});

const PLAIN: NewKeys = {
  algorithm: "ed25519",
  images: [],
  rootKeys: 1,
  rootThreshold: 1,
  external: [],
};

describe("a directory of keys", () => {
  const scratch = scratchDirectory("modes");
  const drill = () => openDrill(mkdtempSync(path.join(scratch, "drill-")));
  const modeOf = (file: string) => statSync(file).mode & 0o777;

  it("is for its owner alone, and so is every private key", async () => {
    await using it = await drill();
    assert.equal(modeOf(it.keyDirectory), 0o700);
    for (const role of ["root", "targets", "snapshot", "timestamp", "online", "image-base"]) {
      const name = path.join(
        it.keyDirectory,
        `${role}-${stealKey(it.keyDirectory, role).id.slice(0, 8)}`,
      );
      assert.equal(modeOf(`${name}.pem`), 0o600);
      assert.equal(modeOf(`${name}.pub.pem`), 0o644);
      assert.match(readFileSync(`${name}.pem`, "utf8"), /^-----BEGIN PRIVATE KEY-----/);
    }
  });

  it("that others can look into is not used", async () => {
    await using it = await drill();
    for (const mode of [0o755, 0o710, 0o701, 0o704]) {
      chmodSync(it.keyDirectory, mode);
      await assert.rejects(openKeys(it.keyDirectory, signingHost), {
        code: "KEYS_INVALID",
        message: new RegExp(`mode 0${mode.toString(8)}`),
      });
    }
  });

  it("with a private key that others can read is not signed with", async () => {
    await using it = await drill();
    const name = `timestamp-${stealKey(it.keyDirectory, "timestamp").id.slice(0, 8)}.pem`;
    for (const mode of [0o644, 0o640, 0o602]) {
      chmodSync(path.join(it.keyDirectory, name), mode);
      await assert.rejects(publish(it, "1"), {
        code: "KEYS_INVALID",
        message: /others than its owner/,
      });
    }
    assert.equal(newestSigned(it.repository, "timestamp")["version"], 1);
  });

  it("with another's key in the place of one is not signed with", async () => {
    await using it = await drill();
    const fileOf = (role: string) =>
      path.join(it.keyDirectory, `${role}-${stealKey(it.keyDirectory, role).id.slice(0, 8)}.pem`);
    writeFileSync(fileOf("image-base"), readFileSync(fileOf("online")));
    await assert.rejects(publish(it, "1"), { code: "KEYS_INVALID", message: /holds another key/ });
  });

  it("can be encrypted, and is then of use only with its passphrase", async () => {
    const directory = mkdtempSync(path.join(scratch, "encrypted-"));
    const keys = path.join(directory, "keys");
    const repository = path.join(directory, "repository");
    const [right, wrong] = ["right", "wrong"].map((name) => path.join(directory, name));
    writeFileSync(right ?? "", "correct horse\n", { mode: 0o600 });
    writeFileSync(wrong ?? "", "battery staple\n", { mode: 0o600 });
    const hostWith = (file: string | undefined) => ({
      ...signingHost,
      environment: { SLIPWAY_KEYS_PASSPHRASE_FILE: file },
      clock: manualClock(),
    });
    const { keyring } = await initKeys(keys, { ...PLAIN, images: ["base"] }, hostWith(right));
    await ensureRepository(repository, keyring, manualClock());
    const [name = ""] = readdirSync(keys).filter((one) => /^timestamp-[0-9a-f]{8}\.pem$/.test(one));
    const text = readFileSync(path.join(keys, name), "utf8");
    assert.match(text, /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    for (const [file, message] of [
      [undefined, /is encrypted, and there is no passphrase/],
      [wrong, /is encrypted, with another passphrase/],
      [path.join(directory, "none"), /holds no passphrase/],
    ] as const) {
      const other = await openKeys(keys, hostWith(file));
      const changes = { put: [release("1")], remove: [] };
      await assert.rejects(commitTargets(repository, other, changes, manualClock()), {
        code: "KEYS_INVALID",
        message,
      });
    }
    chmodSync(right ?? "", 0o644);
    await assert.rejects(
      keyring.sign(keyring.index.keys.keys().next().value ?? "", Buffer.from("x")),
      {
        code: "KEYS_INVALID",
        message: /mode 0644/,
      },
    );
  });

  it("can be made again over what is there: nothing changes, and what is missing comes back", async () => {
    await using it = await drill();
    const wishes: NewKeys = { ...PLAIN, algorithm: "ecdsa-p256", images: ["base"] };
    const host = { ...signingHost, clock: manualClock() };
    const again = await initKeys(it.keyDirectory, wishes, host);
    assert.deepEqual(again.added, []);
    assert.deepEqual(again.keyring.anchor, it.keys().anchor);
    const more = await initKeys(it.keyDirectory, { ...wishes, images: ["base", "edge"] }, host);
    assert.deepEqual(
      more.added.map(({ role, algorithm }) => [role, algorithm]),
      [["image-edge", "ecdsa-p256"]],
    );
    unlinkSync(path.join(it.keyDirectory, "root.json"));
    await initKeys(it.keyDirectory, wishes, host);
    await assert.rejects(
      openMetadata(it.repository, await openKeys(it.keyDirectory, signingHost)),
      {
        code: "REPOSITORY_INVALID",
        message: /another one than the root.json that is trusted/,
      },
    );
  });
});

describe("whoever signs looks first", () => {
  const scratch = scratchDirectory("look");
  const drill = () => openDrill(mkdtempSync(path.join(scratch, "drill-")));

  const FILES: readonly (readonly [string, (text: string) => string])[] = [
    ["1.root.json", (text) => text.replace('"threshold":1', '"threshold":2')],
    ["timestamp.json", (text) => text.replace('"version":2', '"version":1')],
    ["timestamp.json", (text) => `${text} `],
    ["timestamp.json", (text) => text.replace("{", '{"signatures":[],')],
    ["timestamp.json", () => "{}"],
    ["timestamp.json", () => "x".repeat(20_000)],
    ["2.snapshot.json", (text) => text.replace('"length":', '"length": ')],
    ["2.image-base.json", (text) => text.replace('"length":9', '"length":8')],
    ["1.targets.json", (text) => text.replace("releases/base", "releases/evil")],
  ];
  for (const [name, edit] of FILES) {
    it(`at ${name}, and signs nothing after ${edit.toString().slice(0, 60)}`, async () => {
      await using it = await drill();
      await publish(it, "1");
      const file = path.join(it.repository, "metadata", name);
      const before = readFileSync(file, "utf8");
      const after = edit(before);
      assert.notEqual(after, before);
      writeFileSync(file, after);
      await assert.rejects(publish(it, "2"), { code: "REPOSITORY_INVALID" });
    });
  }

  it("and finds any bit that is not as it was", async () => {
    await using it = await drill();
    await publish(it, "1");
    const names = ["1.root.json", "1.targets.json", "2.image-base.json", "1.online.json"];
    for (const name of [...names, "2.snapshot.json", "timestamp.json"]) {
      const file = path.join(it.repository, "metadata", name);
      const bytes = readFileSync(file);
      for (let at = 0; at < bytes.length; at += 13) {
        const spoilt = Buffer.from(bytes);
        spoilt[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
        writeFileSync(file, spoilt);
        await assert.rejects(
          openMetadata(it.repository, it.keys()),
          { code: "REPOSITORY_INVALID" },
          `bit ${at % 8} of byte ${at} of ${name}`,
        );
      }
      writeFileSync(file, bytes);
    }
    await publish(it, "2");
  });

  it("and finds files that are gone", async () => {
    await using it = await drill();
    await publish(it, "1");
    for (const name of ["1.targets.json", "2.image-base.json", "2.snapshot.json"]) {
      const file = path.join(it.repository, "metadata", name);
      const bytes = readFileSync(file);
      unlinkSync(file);
      await assert.rejects(publish(it, "2"), { code: "REPOSITORY_INVALID", message: /missing/ });
      writeFileSync(file, bytes);
    }
    for (const name of ["timestamp.json", "1.root.json"]) {
      unlinkSync(path.join(it.repository, "metadata", name));
      await assert.rejects(publish(it, "2"), { code: "NOT_A_REPOSITORY" });
    }
  });
});
