/** Configs of a size that nobody writes by hand, and trees in which every second name is a link. */
import assert from "node:assert/strict";
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  ACCOUNTS,
  aFile,
  aLink,
  aWorkbench,
  inline,
  lineOf,
  local,
  told,
} from "../support/baking.ts";
import { readIgnition } from "../support/ignition-json.ts";
import { sha256 } from "../support/tree-picture.ts";

const FILES = 10_000;
const MIB = 1024 ** 2;

const LIMIT_MS = 10_000;
/** The document, its YAML nodes and its typed config, all of which are in memory at once. */
const LIMIT_MIB = 480;
/** In memory where there is such a place: how long a disk takes to make a file is not what is measured here. */
const FAST = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Milliseconds that this process and the kernel for it have worked: others may keep the machine busy. */
const workSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};

describe("a config of 10 000 files", () => {
  // Small enough that all of them, with their digests, stay below the size that a document may have.
  const text = "x".repeat(100);
  const files = Array.from({ length: FILES }, (_, index) => ({
    path: `/srv/${index % 100}/${index % 7}/file-${index}`,
    mode: 0o640,
    user: { name: "old" },
    contents: { source: `data:,${text}`, verification: { hash: `sha256-${sha256(text)}` } },
    ...(index % 10 === 0 ? { append: [{ source: "data:,more" }] } : {}),
  }));
  const links = Array.from({ length: 1000 }, (_, index) => ({
    path: `/srv/links/${index}`,
    target: `/srv/${index % 100}/${index % 7}/file-${index}`,
    hard: index % 2 === 0,
  }));

  it("is applied in less than ten seconds, and takes little memory", async () => {
    using bench = aWorkbench(ACCOUNTS, FAST);
    const before = process.memoryUsage().rss;
    const started = process.cpuUsage();
    const config = await readIgnition(
      JSON.stringify({ ignition: { version: "3.4.0" }, storage: { files, links } }),
    );
    const read = workSince(started);
    const report = await bench.bake({
      files: config.storage.files,
      links: config.storage.links,
    });
    const took = workSince(started);
    const grown = (process.memoryUsage().rss - before) / MIB;
    console.error(
      `      ${Math.round(took)} ms, ${Math.round(read)} ms of it to read; ${Math.round(grown)} MiB more`,
    );
    assert.deepEqual(told(report), []);
    const seen = bench.see();
    assert.equal([...seen.keys()].filter((path) => path.includes("/file-")).length, FILES);
    assert.equal(seen.get("/srv/0/0/file-0")?.uid, 1001);
    assert.ok(took < LIMIT_MS, `${took} ms`);
    assert.ok(grown < LIMIT_MIB, `${grown} MiB`);
  });

  it("names all that stands against it as fast", async () => {
    using bench = aWorkbench([{ path: "/srv", type: "file", mode: 0o644 }], FAST);
    const started = process.cpuUsage();
    const report = await bench.bake({
      files: files.map(({ path }, index) =>
        aFile(path, { contents: inline("x"), origin: lineOf(index) }),
      ),
    });
    assert.equal(report.findings.length, FILES);
    const took = workSince(started);
    assert.ok(took < LIMIT_MS, `${took} ms`);
  });

  it("of which one is large does not take it into memory", async () => {
    using bench = aWorkbench();
    const large = join(bench.outside, "large");
    const file = openSync(large, "w");
    ftruncateSync(file, 200 * MIB);
    closeSync(file);
    const before = process.memoryUsage().rss;
    const report = await bench.bake({ files: [aFile("/large", { contents: local(large) })] });
    assert.deepEqual(told(report), []);
    const grown = (process.memoryUsage().rss - before) / MIB;
    assert.ok(grown < 100, `${grown} MiB`);
  });
});

describe("baking into a tree full of links", () => {
  const name = fc.constantFrom("a", "b", "c", "etc");
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join("/")}`);
  const target = fc.oneof(
    path,
    path.map((one) => one.slice(1)),
    path.map((one) => `../../../../../../../..${one}`),
    fc.constantFrom("..", ".", "/", "../outside", "../../outside", "OUTSIDE", "OUTSIDE/a"),
  );
  const hash = `sha256-${sha256("x")}`;
  const overwrite = fc.boolean();

  it("changes nothing outside of it, whatever the config asks for", async () => {
    const property = fc.asyncProperty(
      fc.array(fc.tuple(path, target), { maxLength: 12 }),
      fc.array(fc.record({ path, overwrite }), { maxLength: 3 }),
      fc.array(fc.record({ path, overwrite, packed: fc.boolean() }), { maxLength: 5 }),
      fc.array(fc.record({ path, target, hard: fc.boolean(), overwrite }), { maxLength: 4 }),
      async (standing, directories, files, links) => {
        using bench = aWorkbench(ACCOUNTS, FAST);
        const here = (text: string): string => text.replace("OUTSIDE", bench.outside);
        placeLinks(
          bench.root,
          standing.map(([at, to]) => [at, here(to)]),
        );
        await bench.bake({
          directories: directories.map((one) => ({ ...one, mode: 0o777, origin: lineOf(1) })),
          files: files.map(({ packed, ...one }) =>
            aFile(one.path, {
              overwrite: one.overwrite,
              ...(packed ? { append: [inline("y")] } : {}),
              contents: { kind: "inline", text: "x", verification: { hash }, origin: lineOf(1) },
              mode: 0o4777,
              user: { id: 4242 },
            }),
          ),
          links: links.map((one) => aLink(one.path, here(one.target), one)),
          units: [
            {
              name: "x.service",
              enabled: true,
              mask: false,
              contents: "[Unit]\n",
              dropins: [{ name: "1.conf", contents: "[Unit]\n", origin: lineOf(1) }],
              origin: lineOf(1),
            },
          ],
        });
        assert.deepEqual(readdirSync(bench.outside), []);
        assert.deepEqual(readdirSync(dirname(bench.root)).sort(), ["outside", "root"]);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });
});

/** Links where nothing stands yet, and none that lies below another. */
const placeLinks = (root: string, links: readonly (readonly [at: string, to: string])[]): void => {
  const placed: string[] = ["/etc"];
  for (const [at, to] of links) {
    if (placed.some((one) => `${at}/`.startsWith(`${one}/`) || one.startsWith(`${at}/`))) continue;
    mkdirSync(join(root, dirname(at)), { recursive: true });
    symlinkSync(to, join(root, at));
    placed.push(at);
  }
};
