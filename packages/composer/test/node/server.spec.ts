import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { PACKAGE_TOOLS } from "../../src/contract/package-database.ts";
import { SERVER_FILES, SERVER_LINKS } from "../../src/node/server.ts";

const textOf = (path: string): string => {
  const file = SERVER_FILES.find((one) => one.path === path);
  assert.ok(file !== undefined, path);
  return file.text;
};

describe("the server's files", () => {
  it("have a path each, and scripts can be executed", () => {
    const paths = [...SERVER_FILES, ...SERVER_LINKS].map(({ path }) => path);
    assert.deepEqual(paths, [...new Set(paths)]);
    for (const { path, text, mode = 0o644 } of SERVER_FILES) {
      assert.equal(mode, text.startsWith("#!") ? 0o755 : 0o644, path);
      assert.ok(path.startsWith("/usr/lib/") || path.startsWith("/etc/"), path);
    }
  });

  it("leave no tool that changes packages without a sentence in its place, or nothing at all", () => {
    for (const name of ["/usr/bin/apt", "/usr/bin/apt-get", "/usr/bin/dpkg"]) {
      assert.ok(PACKAGE_TOOLS.includes(name));
      const link = SERVER_LINKS.find(({ path }) => path === name);
      assert.equal(link?.target, "../lib/slipway/no-package-manager");
    }
    assert.ok(!PACKAGE_TOOLS.includes("/usr/bin/dpkg-query"));
  });

  /** Golden: a node in the field would become another one. */
  it("derive the node id with the key of always, kept where it always was", () => {
    const script = textOf("/usr/lib/slipway/keep-identity");
    assert.match(script, /^readonly NODE_ID_KEY=eaa502f91c0d49ebbd841af23fc810f0$/m);
    assert.match(script, /^readonly HOME_OF_NODE=\/var\/lib\/slipway$/m);
    assert.match(
      textOf("/etc/ssh/sshd_config.d/50-slipway.conf"),
      /^HostKey \/var\/lib\/slipway\/ssh\/ssh_host_ed25519_key$/m,
    );
  });

  it("mask whatever else writes the ESP or asks a person", () => {
    const masked = SERVER_LINKS.filter(({ target }) => target === "/dev/null");
    assert.deepEqual(
      masked.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)),
      [
        "systemd-boot-random-seed.service",
        "systemd-boot-update.service",
        "systemd-firstboot.service",
        "systemd-hibernate-clear.service",
      ],
    );
  });
});
