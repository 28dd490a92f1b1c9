import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { BAD, GOOD, runInMemory } from "../support/a-world.ts";

describe("slipway lock", () => {
  const composer = {
    lockImage: async () => ({
      file: "/project/good.lock.json",
      changed: true,
      packages: { x86_64: 180, aarch64: 179 },
    }),
  };

  it("prints path and counts", async () => {
    const { status, stdout } = await runInMemory(["lock", "good.yaml"], { composer });
    assert.equal(status, 0);
    assert.equal(
      stdout,
      "/project/good.lock.json\n  aarch64   179 packages\n  x86_64    180 packages\n",
    );
    const json = await runInMemory(["lock", "good.yaml", "--json"], { composer });
    assert.deepEqual(JSON.parse(json.stdout), {
      lock: "/project/good.lock.json",
      changed: true,
      packages: { aarch64: 179, x86_64: 180 },
    });
  });

  it("refuses a wrong definition", async () => {
    assert.equal(
      (await runInMemory(["lock", "bad.yaml"], { texts: { "bad.yaml": BAD } })).status,
      3,
    );
  });
});

describe("slipway validate", () => {
  const texts = { "good.yaml": GOOD, "bad.yaml": BAD };

  it("says on the screen how each file fares, and shows findings as data", async () => {
    const { status, stdout, stderr } = await runInMemory(["validate", "good.yaml", "bad.yaml"], {
      texts,
    });
    assert.equal(status, 3);
    assert.equal(stderr, "good.yaml: no findings\nbad.yaml: 1 error\n");
    assert.match(stdout, /^bad\.yaml:8:5: error\[unknown-key\]/);
  });

  it("is content with good files", async () => {
    assert.deepEqual(await runInMemory(["validate", "good.yaml"], { texts }), {
      status: 0,
      stdout: "",
      stderr: "good.yaml: no findings\n",
    });
  });

  it("prints one document for a program, and nothing else", async () => {
    const { status, stdout, stderr } = await runInMemory(
      ["validate", "--format", "json", "bad.yaml", "none.yaml", "good.yaml"],
      { texts },
    );
    assert.deepEqual([status, stderr], [3, ""]);
    const document = JSON.parse(stdout) as { valid: boolean; files: { valid: boolean }[] };
    assert.equal(document.valid, false);
    assert.deepEqual(
      document.files.map(({ valid }) => valid),
      [false, false, true],
    );
  });
});

describe("slipway validate, given several definitions", () => {
  const texts = {
    "bad.yaml": BAD.replace("  name: base\n", "").replace('  version: "1"\n', ""),
    "one.yaml":
      "variant: slipway\nversion: 1.0.0\ninclude: [bad.yaml]\nimage: { name: a, version: 1 }\n",
    "two.yaml": `variant: slipway
version: 1.0.0
include: [bad.yaml]
image: { name: b, version: "\${var.v}" }
variables: { v: { default: "1" } }
`,
  };

  it("says once what they include, and of each how it fares", async () => {
    const { stdout, stderr } = await runInMemory(["validate", "one.yaml", "two.yaml"], { texts });
    assert.equal(stdout.match(/unknown-key/g)?.length, 1);
    assert.equal(stderr, "one.yaml: 1 error\ntwo.yaml: 1 error\n");
  });

  it("takes a variable that one of them has, and none that nobody has", async () => {
    const run = (name: string) =>
      runInMemory(["validate", "one.yaml", "two.yaml", "--lenient", "--var", `${name}=2`], {
        texts,
      });
    assert.deepEqual([(await run("v")).status, (await run("w")).status], [0, 3]);
  });
});

describe("slipway validate --lenient", () => {
  it("warns of unknown keys, and goes on without them", async () => {
    const { status, stdout, stderr } = await runInMemory(["validate", "bad.yaml", "--lenient"], {
      texts: { "bad.yaml": BAD },
    });
    assert.deepEqual([status, stderr], [0, "bad.yaml: 1 warning\n"]);
    assert.match(stdout, /^bad\.yaml:8:5: warning\[unknown-key\]/);
  });
});

describe("slipway schema", () => {
  it("prints a JSON Schema", async () => {
    const { status, stdout } = await runInMemory(["schema"]);
    assert.equal(status, 0);
    assert.match((JSON.parse(stdout) as { $id: string }).$id, /slipway/);
    const other = await runInMemory(["schema", "--variant", "ignition", "3.4.0"]);
    assert.match(other.stdout, /"\$schema"/);
    assert.match(other.stdout, /3\.4\.0/);
  });
});
