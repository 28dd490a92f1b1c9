import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { decodeDocument } from "../../src/schema/decode.ts";
import { evaluate } from "../../src/schema/evaluate.ts";
import { mergeTrees } from "../../src/schema/merge.ts";
import type { Tree } from "../../src/schema/tree.ts";
import { schemaFor } from "../../src/slipway/schemas.ts";
import type { DocumentFragment } from "../../src/slipway/v1_0/document.ts";
import { sourceText } from "../../src/text/source-text.ts";
import { parseYaml } from "../../src/yaml/parse-yaml.ts";

const schema = schemaFor("slipway", "1.0.0");

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const words = (...some: readonly string[]): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...some), { maxLength: 3 });
const uniqueBy = <T>(key: keyof T, item: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.uniqueArray(item, { selector: (one) => one[key], maxLength: 3 });

const node = {
  path: fc.constantFrom("/a", "/b", "/c"),
  overwrite: optional(fc.boolean()),
  user: optional(fc.record({ id: fc.nat(3) })),
};

/** Documents with few names, so that merging meets the same ones often; values may break rules. With
 * `canMove` the same path may be a file in one and a directory in another. */
const fragment = (canMove: boolean): fc.Arbitrary<string> =>
  fc
    .record({
      image: optional(
        fc.record({
          name: optional(fc.constantFrom("x", "y")),
          architectures: optional(fc.constant(["x86_64"])),
          debian: optional(fc.record({ packages: optional(words("pp", "qq", "rr")) })),
          os_release: optional(fc.dictionary(fc.constantFrom("A", "B"), fc.constantFrom("1", "2"))),
          kernel_package: optional(fc.constantFrom("kk", { x86_64: "ll" })),
        }),
      ),
      kernel_arguments: optional(
        words("p", "q", "r", "s").chain((all) =>
          fc.nat(all.length).map((split) => ({
            should_exist: all.slice(0, split),
            should_not_exist: all.slice(split),
          })),
        ),
      ),
      storage: optional(
        uniqueBy("path", fc.record({ ...node, isFile: fc.boolean() })).map((nodes) => {
          const inList = (isFileList: boolean) =>
            nodes
              .filter(({ path, isFile }) => (canMove ? isFile : path !== "/c") === isFileList)
              .map(({ path, overwrite, user }) => ({ path, overwrite, user }));
          return { files: inList(true), directories: inList(false) };
        }),
      ),
      systemd: optional(
        fc.record({
          units: uniqueBy(
            "name",
            fc.record({
              name: fc.constantFrom("a.service", "b.service"),
              mask: optional(fc.boolean()),
              dropins: optional(
                uniqueBy(
                  "name",
                  fc.record({
                    name: fc.constantFrom("a.conf", "b.conf"),
                    contents: optional(fc.constant("[S]")),
                  }),
                ),
              ),
            }),
          ),
        }),
      ),
    })
    .map((value) => JSON.stringify({ variant: "slipway", version: "1.0.0", ...value }));

const read = (text: string): Tree => {
  const ignore = (): void => undefined;
  const root = parseYaml(sourceText("a", text), ignore);
  const tree = root && decodeDocument(schema.shape, root, ignore);
  assert.ok(tree);
  return tree;
};

const merge = (parent: Tree, child: Tree): Tree => mergeTrees(schema.shape, parent, child);
const valueOf = (tree: Tree): DocumentFragment | undefined =>
  evaluate(schema, tree, () => undefined);

/** Without the order of lists: a path that moves to another list and back comes last there, as in Ignition. */
const unordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(unordered(item))).toSorted();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, field]): readonly [string, unknown] => [key, unordered(field)])
      .toSorted(([left], [right]) => left.localeCompare(right)),
  );
};

describe("merging documents", () => {
  it("is associative", () => {
    fc.assert(
      fc.property(fragment(false), fragment(false), fragment(false), (one, two, three) => {
        const [a, b, c] = [read(one), read(two), read(three)];
        const [left, right] = [merge(merge(a, b), c), merge(a, merge(b, c))];
        assert.deepEqual(unordered(valueOf(left)), unordered(valueOf(right)));
      }),
      { numRuns: 200 },
    );
  });

  it("is idempotent, and an empty document changes nothing", () => {
    const empty = read('{"variant": "slipway", "version": "1.0.0"}');
    fc.assert(
      fc.property(fragment(true), (text) => {
        const tree = read(text);
        const value = valueOf(tree);
        assert.deepEqual(valueOf(merge(tree, tree)), value);
        assert.deepEqual(valueOf(merge(tree, empty)), value);
        assert.deepEqual(valueOf(merge(empty, tree)), value);
      }),
      { numRuns: 200 },
    );
  });

  it("keeps every value of the including document, and no path twice", () => {
    fc.assert(
      fc.property(fragment(true), fragment(true), (one, two) => {
        const merged = valueOf(merge(read(one), read(two)));
        const child = valueOf(read(two));
        const { files = [], directories = [] } = merged?.storage ?? {};
        const paths = [...files, ...directories].map((node) => node.path);
        assert.equal(new Set(paths).size, paths.length);
        for (const file of child?.storage?.files ?? []) {
          const over = files.find((other) => other.path === file.path);
          assert.deepEqual({ ...over, ...file }, over);
        }
      }),
      { numRuns: 200 },
    );
  });
});
