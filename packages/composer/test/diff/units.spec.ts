import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { comparePresets } from "../../src/diff/presets.ts";
import { compareUnits, type UnitChange, type UnitFile } from "../../src/diff/units.ts";

/** A path in `/etc` or `/usr`, and the target of a link. */
const unitFile = (path: string, target?: string): UnitFile => {
  const [, directory = "", manager, inner = ""] =
    /^(.*\/systemd\/(system|user))\/(.*)$/.exec(path) ?? [];
  const slash = inner.lastIndexOf("/");
  return {
    manager: manager === "user" ? "user" : "system",
    path,
    directory,
    folder: slash === -1 ? "" : inner.slice(0, slash),
    name: inner.slice(slash + 1),
    ...(target === undefined ? {} : { target }),
  };
};

const ETC = "/etc/systemd/system";
const USR = "/usr/lib/systemd/system";

/** Only the fields in which a change differs from none. */
const brief = (change: UnitChange) => {
  const { startedBy, dropIns, isFileChanged, ...rest } = change;
  const lists = [
    ["enabled", startedBy.added.map(({ by }) => by)],
    ["disabled", startedBy.removed.map(({ by }) => by)],
    ["dropped in", dropIns.added],
    ["dropped out", dropIns.removed],
    ["drop-in changed", dropIns.changed],
  ] as const;
  return {
    ...rest,
    ...(isFileChanged ? { isFileChanged } : {}),
    ...Object.fromEntries(lists.filter(([, list]) => list.length > 0)),
  };
};

const compare = (
  before: readonly UnitFile[],
  after: readonly UnitFile[],
  changed: readonly string[] = [],
) => compareUnits(before, after, new Set(changed)).map(brief);

const unit = { manager: "system", unit: "a.service" } as const;

describe("comparison of units", () => {
  const file = unitFile(`${USR}/a.service`);

  it("tells of new and of vanished ones", () => {
    const path = { before: undefined, after: `${USR}/a.service` };
    const wanted = unitFile(`${ETC}/multi-user.target.wants/a.service`, `${USR}/a.service`);
    assert.deepEqual(compare([], [file, wanted]), [
      { ...unit, change: "added", file: path, enabled: ["multi-user.target"] },
    ]);
    assert.deepEqual(compare([file], []), [
      { ...unit, change: "removed", file: { before: `${USR}/a.service`, after: undefined } },
    ]);
  });

  it("tells of what is enabled and no longer is", () => {
    const link = (folder: string) => unitFile(`${ETC}/${folder}/a.service`, `${USR}/a.service`);
    assert.deepEqual(compare([file, link("x.target.wants")], [file, link("y.target.requires")]), [
      { ...unit, change: "changed", enabled: ["y.target"], disabled: ["x.target"] },
    ]);
  });

  it("tells of other contents, of drop-ins, and of files that come first now", () => {
    const dropIn = (name: string) => unitFile(`${ETC}/a.service.d/${name}`);
    const paths = ["1.conf", "2.conf", "3.conf"].map((name) => `${ETC}/a.service.d/${name}`);
    assert.deepEqual(
      compare(
        [file, dropIn("1.conf"), dropIn("2.conf")],
        [file, dropIn("2.conf"), dropIn("3.conf"), dropIn("README")],
        [`${USR}/a.service`, `${ETC}/a.service.d/2.conf`],
      ),
      [
        {
          ...unit,
          change: "changed",
          isFileChanged: true,
          "dropped in": [paths[2]],
          "dropped out": [paths[0]],
          "drop-in changed": [paths[1]],
        },
      ],
    );
    assert.deepEqual(compare([file], [unitFile(`${ETC}/a.service`), file]), [
      {
        ...unit,
        change: "changed",
        file: { before: `${USR}/a.service`, after: `${ETC}/a.service` },
      },
    ]);
  });

  it("tells of masks and other names", () => {
    const place = { before: `${USR}/a.service`, after: `${ETC}/a.service` };
    assert.deepEqual(compare([file], [unitFile(`${ETC}/a.service`, "/dev/null"), file]), [
      { ...unit, change: "changed", file: place, masked: { before: false, after: true } },
    ]);
    assert.deepEqual(
      compare(
        [unitFile(`${USR}/a.service`, "b.service")],
        [unitFile(`${USR}/a.service`, "c.service")],
      ),
      [{ ...unit, change: "changed", alias: { before: "b.service", after: "c.service" } }],
    );
  });

  it("keeps the units of users apart, and does not mind what is no unit", () => {
    const mine = unitFile("/usr/lib/systemd/user/a.service");
    assert.deepEqual(compare([file, mine], [file, mine, unitFile(`${USR}/README`)]), []);
    assert.deepEqual(
      compare([file, mine], [file]).map(({ manager }) => manager),
      ["user"],
    );
  });
});

describe("comparison of presets", () => {
  const files = (texts: Readonly<Record<string, string>>) => new Map(Object.entries(texts));

  it("tells of rules, not of comments", () => {
    const before = files({
      "/a.preset": "# x\nenable a.service\ndisable *\n",
      "/gone": "enable z\n",
    });
    assert.deepEqual(
      comparePresets(before, files({ "/a.preset": "enable  b.service\ndisable *\n" })),
      [
        {
          path: "/a.preset",
          change: "changed",
          added: ["enable b.service"],
          removed: ["enable a.service"],
          isReordered: false,
        },
        { path: "/gone", change: "removed", added: [], removed: ["enable z"], isReordered: false },
      ],
    );
    assert.deepEqual(
      comparePresets(
        before,
        files({ "/a.preset": "enable a.service\n; y\ndisable *", "/gone": "enable z" }),
      ),
      [],
    );
  });

  it("sees another order, for the first rule counts", () => {
    const [change] = comparePresets(
      files({ "/a": "enable a\ndisable *" }),
      files({ "/a": "disable *\nenable a" }),
    );
    assert.equal(change?.isReordered, true);
  });
});
