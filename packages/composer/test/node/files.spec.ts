import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { nodeFiles, nodeFingerprint } from "../../src/node/files.ts";
import { excerptFiles, EXCERPTS, NODE_PACKAGES } from "../../src/node/packages.ts";

const files = nodeFiles();
const textOf = (path: string): string => {
  const file = files.find((one) => one.path === path);
  assert.ok(file !== undefined, path);
  return file.text;
};

describe("what every node has", () => {
  it("makes /var as the on-disk contract says", () => {
    const text = textOf("/usr/lib/slipway/repart.d/60-var.conf");
    for (const line of ["Type=var", "Label=var", "Format=xfs"]) {
      assert.match(text, new RegExp(`^${line}$`, "m"));
    }
  });

  it("mounts the overlay on /etc with every option of the contract, an upper layer a release", () => {
    const script = textOf("/usr/lib/slipway/prepare-node");
    const [, options = ""] = /mount -t overlay overlay -o "([^"]*)"/.exec(script) ?? [];
    assert.deepEqual(options.split(","), [
      "lowerdir=/etc",
      "upperdir=$place/upper",
      "workdir=$place/work",
      ...["index=off", "metacopy=off", "redirect_dir=off", "xino=off"],
    ]);
    assert.match(script, /^ {4}argument roothash\n {4}place=\/var\/lib\/slipway\/etc\/\$answer$/m);
  });

  it("forgets its data where that was ordered: after /var is mounted, and before /etc is", () => {
    const script = textOf("/usr/lib/slipway/prepare-node");
    assert.ok(script.indexOf("mount -t xfs") < script.indexOf("/usr/lib/slipway/reset-node /var"));
    assert.ok(script.indexOf("reset-node /var") < script.indexOf("mount -t overlay"));
    // What was moved away goes behind the boot, and in nobody's way.
    const unit = textOf("/usr/lib/systemd/system/slipway-reset-clean.service");
    assert.match(unit, /^After=multi-user\.target$/m);
    assert.match(unit, /^Type=exec$/m);
    const [, away = ""] =
      /^readonly AWAY=\$VAR\/(\S+)$/m.exec(textOf("/usr/lib/slipway/reset-node")) ?? [];
    assert.match(unit, new RegExp(`^ExecStart=rm -rf --one-file-system /var/\\${away}$`, "m"));
  });

  it("restarts after a failure instead of waiting for a password", () => {
    const unit = textOf("/usr/lib/systemd/system/emergency.service");
    assert.match(unit, /^FailureAction=reboot-force$/m);
    assert.doesNotMatch(textOf("/usr/lib/systemd/system/local-fs.target"), /OnFailure/);
  });

  it("is there for programs to run: scripts can be executed, and nothing else", () => {
    for (const { path, text, mode = 0o644 } of files) {
      assert.equal(mode, text.startsWith("#!") ? 0o755 : 0o644, path);
    }
  });

  it("is no two at one path", () => {
    const paths = files.map(({ path }) => path);
    assert.deepEqual(paths, [...new Set(paths)]);
  });

  it("counts in the cache", () => {
    assert.match(nodeFingerprint(), /^[0-9a-f]{64}$/);
  });
});

describe("excerpts of packages", () => {
  it("bring their copyright, and come from packages that are not installed", () => {
    for (const one of EXCERPTS) {
      assert.ok(excerptFiles(one.package).includes(`/usr/share/doc/${one.package}/copyright`));
      assert.ok(!NODE_PACKAGES.includes(one.package));
    }
  });
});
