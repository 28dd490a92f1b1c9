import assert from "node:assert/strict";
import type { FileChange } from "@slipway/composer";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { directorySums } from "../../src/present/diff/directory-sums.ts";
import { diffMarkdown } from "../../src/present/diff/markdown.ts";
import { diffText } from "../../src/present/diff/text.ts";
import { aDiff, anAddition, aNode, many, noDiff } from "../support/a-diff.ts";

const SUMMED = { listAll: false };

describe("a comparison as Markdown", () => {
  it("is this, byte for byte", () => {
    assert.equal(diffMarkdown(aDiff(), SUMMED), GOLDEN);
  });

  it("says that nothing differs", () => {
    assert.equal(
      diffMarkdown(noDiff(), SUMMED),
      "base 1 for x86_64: the releases are identical.\n",
    );
  });

  it("does not depend on where the releases are", () => {
    const diff = aDiff();
    const elsewhere = { ...diff, before: { ...diff.before, directory: "/elsewhere" } };
    assert.equal(diffMarkdown(elsewhere, SUMMED), diffMarkdown(diff, SUMMED));
  });
});

describe("a comparison as text", () => {
  const text = diffText(aDiff(), SUMMED);

  it("says in its first line what was compared", () => {
    assert.equal(text.split("\n", 1)[0], "base 1 -> 2 for x86_64");
    const after = { ...noDiff().after, image: "edge" };
    assert.match(diffText(aDiff({ after }), SUMMED), /^base 1 for x86_64 -> edge 1 for x86_64\n/);
  });

  it("says that nothing differs", () => {
    assert.equal(diffText(noDiff(), SUMMED), "base 1 for x86_64: the releases are identical\n");
  });

  for (const line of [
    "  ! LOW_HEADROOM  the second root leaves 12.5 % of its slot",
    "  version     1                                         2",
    "  left of the slot  75.0 %     12.5 %",
    "Packages: 1 added, 1 removed, 1 upgraded, 1 downgraded, +776.0 KiB installed",
    "  upgraded    libssl3t64  3.5.1-1  3.5.7-1~deb13u3  +100.0 KiB",
    "  ~ panic=30  was panic=10",
    "  + single  of recovery",
    "  + hello.service  enabled by multi-user.target",
    "  ~ ssh.service  contents; masked; drop-in /etc/systemd/system/ssh.service.d/1.conf added",
    "  - old.timer (user)  no longer started by timers.target",
    "  ~ 21 modules",
    "  ~ /etc/motd  contents, +2.0 KiB; mode 0644 -> 0600; owner 0:0 -> 5:7",
  ]) {
    it(`has the line ${line.trim()}`, () => assert.ok(text.split("\n").includes(line), text));
  }

  it("does not pass over a UKI of which only the stub differs", () => {
    const stub = { ...noDiff(), isIdentical: false, isUkiChanged: true };
    assert.match(diffText(stub, SUMMED), /\n {2}The UKI has other bytes/);
  });

  it("lets no terminal obey a name", () => {
    assert.ok(!text.includes("\u001b"));
  });

  it("sums up many files by directory, unless every one is asked for", () => {
    const files = many("/usr/share/doc/p", "/copyright", 100).map((path) => anAddition(path));
    assert.match(
      diffText(aDiff({ files }), SUMMED),
      /\nFiles: 100 added\n {2}\+ \/usr\/share\/doc\/ {2}100 added, \+1000 B\n$/,
    );
    const all = diffText(aDiff({ files }), { listAll: true });
    assert.equal(all.match(/copyright {2}file 10 B 0644/g)?.length, 100);
  });

  it("lists all modules when every name is asked for", () => {
    assert.equal(diffText(aDiff(), { listAll: true }).match(/\.ko {2}module/g)?.length, 22);
  });
});

describe("sums by directory", () => {
  const brief = (changes: readonly FileChange[], most: number) =>
    directorySums(changes, most).map(
      ({ path, added, removed, changed, grownBytes }) =>
        `${path} +${added} -${removed} ~${changed} ${grownBytes}`,
    );

  it("go deeper where there is only one way", () => {
    assert.deepEqual(brief([anAddition("/a/b/c/x"), anAddition("/a/b/c/y")], 5), [
      "/a/b/c/ +2 -0 ~0 20",
    ]);
  });

  it("open the directory with the most changes while there is room", () => {
    const changes = [
      anAddition("/etc/x"),
      ...many("/usr/bin/", "", 5).map((path) => anAddition(path)),
      ...many("/usr/lib/", "", 9).map((path) => anAddition(path)),
    ];
    assert.deepEqual(brief(changes, 2), ["/etc/ +1 -0 ~0 10", "/usr/ +14 -0 ~0 140"]);
    assert.deepEqual(brief(changes, 3), [
      "/etc/ +1 -0 ~0 10",
      "/usr/bin/ +5 -0 ~0 50",
      "/usr/lib/ +9 -0 ~0 90",
    ]);
  });

  it("count what grew and shrank, and directories with what is in them", () => {
    const changes: readonly FileChange[] = [
      { change: "removed", path: "/a", before: aNode({ type: "directory" }) },
      { change: "removed", path: "/a/x", before: aNode({ size: 50 }) },
      {
        change: "changed",
        path: "/a/y",
        aspects: ["contents"],
        before: aNode({ size: 1 }),
        after: aNode({ size: 4 }),
      },
    ];
    assert.deepEqual(brief(changes, 9), ["/a/ +0 -2 ~1 -57"]);
  });

  it("lose no change and make none, and are not more than asked for", () => {
    const names = fc.constantFrom("a", "b", "c", "d");
    const paths = fc.uniqueArray(
      fc.array(names, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join("/")}.f`),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(paths, fc.integer({ min: 1, max: 20 }), (list, most) => {
        const sums = directorySums(
          list.map((path) => anAddition(path, 1)),
          most,
        );
        const total = sums.reduce((sum, { added }) => sum + added, 0);
        assert.equal(total, list.length);
        assert.ok(sums.length <= most, `${sums.length}`);
        assert.equal(new Set(sums.map(({ path }) => path)).size, sums.length);
      }),
    );
  });
});

const GOLDEN = `## base 1 → 2 for x86_64

### Warnings

- LOW_HEADROOM: the second root leaves 12.5 % of its slot

### Release

|  | before | after |
| --- | --- | --- |
| version | 1 | 2 |
| date | 2026-09-21T14:13:21Z | 2026-09-21T14:13:22Z |
| kernel | \`6.12.1-cloud-amd64\` | \`6.12.2-cloud-amd64\` |
| root hash | \`aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\` | \`bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\` |
| boot entry | \`base_1_aaaaaaaa+3.efi\` | \`base_2_bbbbbbbb+3.efi\` |

### Sizes

|  | before | after | change |
| --- | --- | --- | --- |
| root.erofs | 512.0 MiB | 1792.0 MiB | +1280.0 MiB |
| initrd | 2.0 MiB | 1.0 MiB | -1.0 MiB |
| left of the slot | 75.0 % | 12.5 % |  |

Of the same size, with other bytes: disk.raw.

### Packages: 1 added, 1 removed, 1 upgraded, 1 downgraded, +776.0 KiB installed

| change | package | before | after | installed |
| --- | --- | --- | --- | --- |
| added | \`eth\\|tool\` |  | \`1:6.14-1\` | +812.0 KiB |
| removed | \`jq\` | \`1.7.1-6\` |  | -130.0 KiB |
| upgraded | \`libssl3t64\` | \`3.5.1-1\` | \`3.5.7-1~deb13u3\` | +100.0 KiB |
| downgraded | \`less\` | \`668-1\` | \`643-1\` | -6.0 KiB |

### Kernel arguments

- added \`quiet\`
- removed \`\` evil|\`x\` \`\`
- changed \`panic=30\`: was panic=10
- changed \`recovery\`: a profile of the UKI
- added \`single\`: of recovery

### Units: 1 added, 1 removed, 1 changed

- added \`hello.service\`: enabled by multi-user.target
- changed \`ssh.service\`: contents; masked; drop-in /etc/systemd/system/ssh.service.d/1.conf added
- removed \`old.timer (user)\`: no longer started by timers.target

### Presets

- changed \`/usr/lib/systemd/system-preset/80-slipway.preset\`: now enable hello.service; no longer enable \\*

### Accounts

- added \`app\`: user 990:990, home /var/lib/app, shell /bin/false
- changed \`root\`: user; shell /bin/sh -> /bin/bash; password changed
- removed \`old\`: group 991
- changed \`adm\`: group; with app; without core

### Kernel and initrd

- removed \`/usr/bin/udevadm\`
- changed \`/init\`
- added \`kernel/fs/xfs.ko\`: module
- changed 21 modules

The initrd differs, -1.0 MiB.

### Files: 1 added, 1 removed, 3 changed

- changed \`/etc/motd\`: contents, +2.0 KiB; mode 0644 -> 0600; owner 0:0 -> 5:7
- changed \`/usr/bin/ping\`: attributes none -> security.capability
- changed \`/usr/lib/modules/6.12.2-cloud-amd64/modules.dep\`: contents; was /usr/lib/modules/6.12.1-cloud-amd64/modules.dep
- added \`\` /usr/share/\`<b>\`|[x](y) \`\`: link 10 B to \\<i>\\_\\* http:\\//x
- removed \`/var/old\`: directory 10 B 1777
`;
