import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { readHealthFiles } from "../../src/health/health-files.ts";
import { linuxPlaces } from "../../src/health/linux/places.ts";

describe("the files of health checks", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "slipway-health-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  const write = async (path: string, text: string | Uint8Array): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const read = () => readHealthFiles(linuxPlaces, [join(root, "usr"), join(root, "etc")]);
  const text = (fields: object): string => JSON.stringify({ schema: 1, ...fields });
  const check = (name: string, path = "/a"): object => ({ name, file: { path } });

  it("are none on a node that has none", async () => {
    assert.deepEqual(await read(), {
      deadlineSeconds: 600,
      settleSeconds: 0,
      builtIn: {},
      checks: [],
      badFiles: [],
    });
  });

  it("are JSON and YAML, read in the order of their names", async () => {
    await write("etc/10-first.yaml", "schema: 1\nchecks:\n  - name: y\n    file: { path: /y }\n");
    await write("usr/50-image.json", text({ checks: [check("j")] }));
    await write("etc/90-last.yml", "# nothing yet\nschema: 1\n");
    await write("etc/README", "not read");
    await write("etc/.50-image.json.swp.json", "not read");
    const { checks, badFiles } = await read();
    assert.deepEqual(badFiles, []);
    assert.deepEqual(
      checks.map(({ name }) => name),
      ["y", "j"],
    );
  });

  it("say what the built-in checks decide that compare, the last one for each", async () => {
    await write("usr/50-image.json", text({ built_in: { network: "wanted" } }));
    await write("etc/70-a.json", text({ built_in: { new_failures: "wanted" } }));
    await write("etc/80-b.yaml", "schema: 1\nbuilt_in: { network: required }\n");
    const { builtIn, badFiles } = await read();
    assert.deepEqual(badFiles, []);
    assert.deepEqual(builtIn, { network: "required", new_failures: "wanted" });
  });

  it("of the operator take the place of the image's, file by file and check by check", async () => {
    await write("usr/50-image.json", text({ checks: [check("a"), check("b")] }));
    await write("usr/60-more.json", text({ checks: [check("c")] }));
    await write("etc/60-more.json", text({ checks: [] }));
    await write("etc/70-mine.json", text({ checks: [check("a", "/mine"), check("d")] }));
    const { checks } = await read();
    assert.deepEqual(
      checks.map(({ name, look }) => [name, look.kind === "file" && look.what.path]),
      [
        ["a", "/mine"],
        ["b", "/a"],
        ["d", "/a"],
      ],
    );
  });

  it("are taken away by a link to /dev/null", async () => {
    await write("usr/50-image.json", text({ checks: [check("a")] }));
    await mkdir(join(root, "etc"));
    await symlink("/dev/null", join(root, "etc/50-image.json"));
    const { checks, badFiles } = await read();
    assert.deepEqual([checks, badFiles], [[], []]);
  });

  it("agree on the shortest deadline and the longest time to settle that fits into it", async () => {
    await write("usr/1.json", text({ deadline_seconds: 900, settle_seconds: 100 }));
    await write("etc/2.json", text({ deadline_seconds: 300 }));
    const { deadlineSeconds, settleSeconds } = await read();
    assert.deepEqual([deadlineSeconds, settleSeconds], [300, 100]);
    await write("etc/3.json", text({ deadline_seconds: 60 }));
    assert.equal((await read()).settleSeconds, 30);
  });

  const BAD: readonly (readonly [string, string, string | Uint8Array, RegExp])[] = [
    ["no JSON", "a.json", "{", /JSON/],
    ["no YAML", "a.yaml", "a: [", /./],
    ["YAML without end", "a.yaml", "[".repeat(100_000), /./],
    ["another schema", "a.json", text({ schema: 2 }), /schema 2/],
    ["an unknown member", "a.yaml", "schema: 1\ncheck: []\n", /^check is not known$/],
    ["a key twice", "a.yaml", "schema: 1\nchecks: []\nchecks: []\n", /duplicated/],
    [
      "too many bytes",
      "a.json",
      text({ deadline_seconds: 60 }) + " ".repeat(200_000),
      /more than 131072 bytes/,
    ],
    ["nothing", "a.yaml", "", /./],
  ];
  for (const [what, name, contents, reason] of BAD) {
    it(`with ${what} are bad, and the others still count`, async () => {
      await write(`etc/${name}`, contents);
      await write("etc/b.json", text({ checks: [check("b")] }));
      const { checks, badFiles } = await read();
      assert.equal(checks.length, 1);
      assert.equal(badFiles.length, 1);
      assert.equal(badFiles[0]?.path, join(root, "etc", name));
      assert.match(badFiles[0]?.reason ?? "", reason);
    });
  }

  it("that are no files, or too many, are bad", async () => {
    await mkdir(join(root, "etc/a.json"), { recursive: true });
    assert.deepEqual((await read()).badFiles[0]?.reason, "it is no plain file");
    for (let n = 0; n < 70; n += 1) await write(`usr/${n}.json`, text({}));
    assert.match((await read()).badFiles[0]?.reason ?? "", /more than 64 files/);
  });

  it("cannot make a small file of many checks by aliases", async () => {
    const list = (name: string, of: string): string =>
      `${name}: &${name} [${`*${of}, `.repeat(9)}]\n`;
    const bomb = `a: &a [x]\n${list("b", "a")}${list("c", "b")}${list("d", "c")}${list("e", "d")}checks: *e\nschema: 1\n`;
    await write("etc/a.yaml", bomb);
    const { checks, badFiles } = await read();
    assert.equal(checks.length, 0);
    assert.equal(badFiles.length, 1);
  });
});
