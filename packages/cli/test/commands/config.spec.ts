import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { runInMemory } from "../support/a-world.ts";

const TEXTS = {
  "conf/edge.yaml": `variant: slipway
version: 1.0.0
include: [base.yaml]
variables:
  port: { default: 8080 }
image: { name: edge }
storage:
  files:
    - path: /etc/motd
      mode: 0600
`,
  "conf/base.yaml": `variant: slipway
version: 1.0.0
variables:
  port: { type: int, default: 80 }
image: { name: base, version: "1", os_release: { VARIANT: "yes" } }
storage:
  files:
    - path: /etc/motd
      overwrite: true
      contents:
        inline: |
          port \${var.port}
          $\${var.port} is for others
    - path: /etc/key
      contents: { local: key }
`,
  "conf/key": "",
};

const show = async (...args: readonly string[]) => {
  const ran = await runInMemory(["config", "show", "conf/edge.yaml", ...args], { texts: TEXTS });
  assert.deepEqual([ran.status, ran.stderr], [0, ""]);
  return ran.stdout;
};

describe("slipway config show", () => {
  it("prints what all documents come to", async () => {
    assert.equal(
      await show(),
      `variant: slipway
version: "1.0.0"
variables:
  port:
    type: int
    default: 8080
image:
  name: edge
  version: "1"
  os_release:
    VARIANT: "yes"
storage:
  files:
    - path: /etc/motd
      overwrite: true
      mode: 0600
      contents:
        inline: |
          port 8080
          $\${var.port} is for others
    - path: /etc/key
      contents:
        local: conf/key
`,
    );
  });

  it("says with --origin which document set what, and what the command line set", async () => {
    const shown = await show("--origin", "--var", "port=99");
    const lines = shown.split("\n");
    for (const line of [
      "    default: 99  # --var port",
      "  name: edge  # conf/edge.yaml:6:16",
      '  version: "1"  # conf/base.yaml:5:31',
      "      mode: 0600  # conf/edge.yaml:10:13",
      "      overwrite: true  # conf/base.yaml:9:18",
      "        inline: |  # conf/base.yaml:11:17",
      "          port 99",
    ]) {
      assert.ok(lines.includes(line), `${line} is not in\n${shown}`);
    }
  });

  it("prints a document that means the same by itself", async () => {
    for (const args of [[], ["--origin"]]) {
      const texts = { ...TEXTS, "whole.yaml": await show(...args) };
      const ran = await runInMemory(["config", "show", "whole.yaml", "--json"], { texts });
      assert.equal(ran.status, 0);
      assert.deepEqual(JSON.parse(ran.stdout), JSON.parse(await show("--json")));
    }
  });

  it("gives programs the values, and where they are from", async () => {
    const plain = JSON.parse(await show("--json")) as Record<string, unknown>;
    assert.deepEqual(plain["image"], {
      name: "edge",
      version: "1",
      os_release: { VARIANT: "yes" },
    });
    const both = JSON.parse(await show("--json", "--origin")) as Record<string, unknown>;
    assert.deepEqual(both["document"], plain);
    const origins = both["origins"] as Record<string, string>;
    assert.equal(origins["storage.files[0].mode"], "conf/edge.yaml:10:13");
    assert.equal(origins["variables.port.default"], "conf/edge.yaml:5:20");
  });

  it("refuses a wrong definition", async () => {
    const ran = await runInMemory(["config", "show", "conf/edge.yaml", "--var", "prot=1"], {
      texts: TEXTS,
    });
    assert.equal(ran.status, 3);
    assert.match(ran.stderr, /unknown-variable.*"prot"\n.*did you mean `port`/s);
  });
});
