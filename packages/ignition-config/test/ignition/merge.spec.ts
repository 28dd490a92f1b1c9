import assert from "node:assert/strict";
import {
  type ConfigV3_2,
  type ConfigV3_6,
  type Mapping,
  mergeIgnition,
} from "@slipway/ignition-config";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { ignitionShapes } from "../../src/ignition/schema/tables.ts";

const merge = (parent: ConfigV3_6, child: ConfigV3_6): ConfigV3_6 =>
  mergeIgnition(parent, child, 6).config;

const ignition = { version: "3.6.0" };

const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<{ readonly some?: T }> =>
  fc.record({ some: value }, { requiredKeys: [], noNullPrototype: true });

const path = fc.constantFrom("/a", "/b", "/c", "/d");

const node = {
  path,
  overwrite: fc.boolean(),
  user: fc.record(
    { id: fc.nat(3), name: fc.constantFrom("x", "y") },
    { requiredKeys: [], noNullPrototype: true },
  ),
};

const file = fc.record(
  {
    ...node,
    mode: fc.nat(9),
    contents: fc.record(
      { source: fc.constantFrom("", "data:,") },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
  { requiredKeys: ["path"], noNullPrototype: true },
);

const link = fc.record(
  { ...node, target: fc.constantFrom("t", "u"), hard: fc.boolean() },
  { requiredKeys: ["path"], noNullPrototype: true },
);

const unit = fc.record(
  {
    name: fc.constantFrom("a.service", "b.service"),
    enabled: fc.boolean(),
    dropins: fc.uniqueArray(
      fc.record(
        { name: fc.constantFrom("x.conf", "y.conf"), contents: fc.string() },
        { requiredKeys: ["name"], noNullPrototype: true },
      ),
      { selector: ({ name }) => name, minLength: 1 },
    ),
  },
  { requiredKeys: ["name"], noNullPrototype: true },
);

const nodes = some(
  fc
    .uniqueArray(
      fc.oneof(
        file.map((value) => ({ value, list: "files" as const })),
        link.map((value) => ({ value, list: "links" as const })),
      ),
      {
        selector: (entry) => entry.value.path,
        minLength: 1,
      },
    )
    .map((entries) => {
      const files = entries.flatMap((entry) => (entry.list === "files" ? [entry.value] : []));
      const links = entries.flatMap((entry) => (entry.list === "links" ? [entry.value] : []));
      return { ...(files.length > 0 && { files }), ...(links.length > 0 && { links }) };
    }),
);

const config: fc.Arbitrary<ConfigV3_6> = fc
  .tuple(nodes, some(fc.uniqueArray(unit, { selector: ({ name }) => name, minLength: 1 })))
  .map(([storage, units]) => ({
    ignition,
    ...(storage.some && { storage: storage.some }),
    ...(units.some && { systemd: { units: units.some } }),
  }));

const byKey = (items: readonly object[] | undefined, key: string): unknown =>
  items?.toSorted((one, other) =>
    String(Reflect.get(one, key)) < String(Reflect.get(other, key)) ? -1 : 1,
  );

/** The order of lists aside, which follows who came first. */
const unordered = ({ storage, systemd }: ConfigV3_6): unknown => [
  byKey(storage?.files, "path") ?? [],
  byKey(storage?.links, "path") ?? [],
  byKey(
    systemd?.units?.map((one) => ({ ...one, dropins: byKey(one.dropins, "name") })),
    "name",
  ) ?? [],
];

const valueAt = (value: unknown, steps: readonly (string | number)[]): unknown => {
  let at = value;
  for (const step of steps)
    at = typeof at === "object" && at !== null ? Reflect.get(at, step) : undefined;
  return at;
};

describe("merging Ignition configs", () => {
  it("with an empty one changes nothing", () => {
    fc.assert(
      fc.property(config, (one) => {
        assert.deepEqual(merge(one, { ignition }), merge(one, one));
        assert.deepEqual(unordered(merge({ ignition }, one)), unordered(one));
        assert.deepEqual(unordered(merge(one, { ignition })), unordered(one));
      }),
    );
  });

  it("keeps every value of the child", () => {
    fc.assert(
      fc.property(config, config, (parent, child) => {
        const merged = merge(parent, child);
        for (const one of child.storage?.files ?? []) {
          const found = merged.storage?.files?.find((other) => other.path === one.path);
          assert.deepEqual(
            { ...found, ...one, user: one.user, contents: one.contents },
            {
              ...found,
              user: one.user,
              contents: one.contents,
            },
          );
          assert.ok(!merged.storage?.links?.some((other) => other.path === one.path));
        }
      }),
    );
  });

  it("says of every scalar where it comes from", () => {
    fc.assert(
      fc.property(config, config, (parent, child) => {
        const { config: merged, transcript } = mergeIgnition(parent, child, 6);
        const sources: Readonly<Record<Mapping["from"], ConfigV3_6>> = { parent, child };
        let scalars = 0;
        for (const { from, fromPath, toPath } of transcript) {
          const value = valueAt(merged, toPath);
          if (typeof value === "object") continue;
          scalars += 1;
          assert.deepEqual(value, valueAt(sources[from], fromPath), toPath.join("."));
        }
        assert.ok(scalars > 0);
      }),
    );
  });

  it("appends what may stand twice, removes headers, and drops what the child has elsewhere", () => {
    const parent: ConfigV3_6 = {
      ignition,
      kernelArguments: { shouldExist: ["a", "b"], shouldNotExist: ["c"] },
      storage: {
        files: [
          {
            path: "/a",
            append: [{ source: "data:,1" }],
            contents: {
              source: "http://a",
              httpHeaders: [
                { name: "x", value: "1" },
                { name: "y", value: "2" },
              ],
            },
          },
          { path: "/b" },
        ],
        filesystems: [{ device: "/dev/a", options: ["-a"] }],
      },
    };
    const child: ConfigV3_6 = {
      ignition,
      kernelArguments: { shouldExist: ["c", "b"], shouldNotExist: ["a"] },
      storage: {
        directories: [{ path: "/b" }],
        files: [
          {
            path: "/a",
            append: [{ source: "data:,1" }],
            contents: { httpHeaders: [{ name: "y" }, { name: "x", value: "3" }, { name: "z" }] },
          },
        ],
        filesystems: [{ device: "/dev/a", options: ["-a"] }],
      },
    };
    assert.deepEqual(merge(parent, child), {
      ignition,
      kernelArguments: { shouldExist: ["b", "c"], shouldNotExist: ["a"] },
      storage: {
        directories: [{ path: "/b" }],
        files: [
          {
            path: "/a",
            append: [{ source: "data:,1" }, { source: "data:,1" }],
            contents: {
              httpHeaders: [{ name: "x", value: "3" }, { name: "z" }],
              source: "http://a",
            },
          },
        ],
        filesystems: [{ device: "/dev/a", options: ["-a", "-a"] }],
      },
    });
  });
});

describe("merging configs of spec 3.2.0", () => {
  it("merges what null can unset there", () => {
    const luks = (clevis: object): ConfigV3_2 => ({
      ignition: { version: "3.2.0" },
      storage: { luks: [{ name: "a", clevis }] },
    });
    const custom = { config: "c", pin: "p" };
    const { config: merged, transcript } = mergeIgnition(
      luks({ custom, threshold: 1 }),
      luks({ threshold: 2 }),
      2,
    );
    assert.deepEqual(merged.storage?.luks, [{ clevis: { custom, threshold: 2 }, name: "a" }]);
    const clevis = transcript.filter(({ toPath }) => toPath.join(".") === "storage.luks.0.clevis");
    assert.deepEqual(
      clevis.map(({ from }) => from),
      ["parent", "child"],
    );
  });
});

describe("the tables of Ignition", () => {
  it("give a key to every object that stands in a list", () => {
    for (const minor of [0, 1, 2, 3, 4, 5, 6, 7] as const) {
      const shapeOf = ignitionShapes(minor);
      const seen = new Set(["Config"]);
      for (const type of seen) {
        for (const field of shapeOf(type).fields.values()) {
          if (!field.isObject) continue;
          seen.add(field.type);
          if (field.isList) assert.ok(shapeOf(field.type).key.length > 0, field.type);
        }
      }
      assert.ok(seen.size > 20, String(seen.size));
    }
  });
});
