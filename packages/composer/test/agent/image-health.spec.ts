import assert from "node:assert/strict";
import type { HealthBlock, ImageDefinition } from "@slipway/ignition-config";
import { decodeHealthChecks } from "@slipway/release";
import { describe, it } from "mocha";
import { HEALTH_FILE, imageHealthFiles, imageHealthInputs } from "../../src/agent/image-health.ts";
import { TreeRefused } from "../../src/errors.ts";

const PLACE = {
  file: "a.yaml",
  start: { line: 3, column: 5, offset: 20 },
  end: { line: 3, column: 9, offset: 24 },
};

const withHealth = (health: HealthBlock | undefined): ImageDefinition => {
  const definition = {
    image: { name: "a", version: "1", ...(health === undefined ? {} : { health }) },
    origins: { at: () => PLACE },
  };
  return definition as unknown as ImageDefinition;
};

/** One of each kind, as the language lets them through. */
const EVERY_KIND: HealthBlock = {
  checks: [
    { name: "u", units: { active: ["-.mount", "a@b.service", "x\\x2dy.swap"], none_failed: true } },
    { name: "c", command: { argv: ["/bin/sh", "-c", "exit 3"], status: 3 } },
    { name: "h", http: { url: "HTTPS://host.example:8443/a?b#c", status: 404, contains: "ü 😀" } },
    { name: "t", level: "wanted", tcp: { host: "fe80::1", port: 65_535 }, retries: 0 },
    { name: "f", file: { path: "/", contains: "x", fresh_seconds: 1 }, timeout_seconds: 300 },
    { name: "s", space: { path: "/var", free_mib: 2 ** 30, free_percent: 99 } },
    { name: "k", clock: { state: "synchronised" }, interval_seconds: 300 },
    { name: "n", network: { state: "routable" } },
  ],
};

describe("image.health in a root", () => {
  it("is nothing where the image asks for nothing", () => {
    assert.deepEqual(imageHealthFiles(withHealth(undefined)), []);
    assert.deepEqual(imageHealthInputs(withHealth(undefined)), {});
  });

  it("is a file that the node reads", () => {
    const [file, ...others] = imageHealthFiles(withHealth(EVERY_KIND));
    assert.deepEqual(others, []);
    assert.equal(file?.path, HEALTH_FILE);
    const decoded = decodeHealthChecks(JSON.parse(file.text));
    assert.ok(decoded.ok);
    assert.deepEqual(
      decoded.value.checks.map(({ name, look }) => [name, look.kind]),
      [
        ["u", "units"],
        ["c", "command"],
        ["h", "http"],
        ["t", "tcp"],
        ["f", "file"],
        ["s", "space"],
        ["k", "clock"],
        ["n", "network"],
      ],
    );
  });

  it("moves systemd's deadline with its own", () => {
    const files = imageHealthFiles(withHealth({ deadline_seconds: 900 }));
    assert.deepEqual(
      files.map(({ path }) => path),
      [HEALTH_FILE, "/usr/lib/systemd/system/boot-complete.target.d/50-image-health.conf"],
    );
    assert.match(files[1]?.text ?? "", /^JobTimeoutSec=1020s$/m);
  });

  it("makes another root of another check", () => {
    const digests = [EVERY_KIND, { checks: [] }, { deadline_seconds: 900 }].map(
      (health) => imageHealthInputs(withHealth(health))["image.health"],
    );
    assert.equal(new Set(digests).size, 3);
  });

  it("is refused where no node could read it, and says where", () => {
    assert.throws(
      () =>
        imageHealthFiles(withHealth({ checks: [{ name: "a", tcp: { host: "a b", port: 1 } }] })),
      (error) => {
        assert.ok(error instanceof TreeRefused);
        const [finding] = error.findings;
        assert.equal(finding?.rule, "health-check");
        assert.deepEqual(finding.range, PLACE);
        assert.match(finding.message, /checks\[0\]\.tcp\.host must be a host's name or address/);
        return true;
      },
    );
  });
});
