import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { METADATA, regionsOf } from "../../src/delta/image-regions.ts";
import { matchRegions } from "../../src/delta/match-regions.ts";
import { sourceOf } from "./support.ts";

describe("the regions of an image", () => {
  it("give each byte to one: padding to its file, shared bytes to the first, the rest to the metadata", () => {
    const regions = regionsOf({
      bytes: sourceOf(new Uint8Array(6 * 4096)),
      blockSize: 4096,
      files: [
        { path: "/late", extents: [{ offset: 4 * 4096, length: 10 }] },
        // Its last bytes are inline, behind its inode.
        {
          path: "/inline",
          extents: [
            { offset: 2 * 4096, length: 4096 },
            { offset: 1200, length: 50 },
          ],
        },
        { path: "/same", extents: [{ offset: 2 * 4096, length: 4096 }] },
        { path: "/empty", extents: [] },
      ],
    });
    const found = Object.fromEntries(regions.map(({ path, extents }) => [path, extents]));
    assert.deepEqual(found, {
      [METADATA]: [
        { offset: 0, length: 1200 },
        { offset: 1250, length: 2 * 4096 - 1250 },
        { offset: 3 * 4096, length: 4096 },
        { offset: 5 * 4096, length: 4096 },
      ],
      "/inline": [
        { offset: 1200, length: 50 },
        { offset: 2 * 4096, length: 4096 },
      ],
      "/late": [{ offset: 4 * 4096, length: 4096 }],
    });
  });
});

describe("matching regions", () => {
  const region = (path: string, hash: string, size = 100) => ({ path, hash, size, extents: [] });
  const SOURCE = [
    region("/usr/bin/tool", "1"),
    region("/usr/lib/libssl.so.3.1", "2"),
    region("/usr/lib/modules/6.12.1+deb13-amd64/kernel/fs/xfs.ko", "3"),
    region("/usr/lib/python3.12/json/__init__.py", "4", 500),
    region("/usr/lib/python3.12/http/__init__.py", "5", 90),
  ];
  const CASES: readonly (readonly [string, string, string | undefined])[] = [
    ["/usr/bin/other", "1", "/usr/bin/tool"],
    ["/usr/bin/tool", "x", "/usr/bin/tool"],
    ["/usr/lib/libssl.so.3.10.2", "x", "/usr/lib/libssl.so.3.1"],
    [
      "/usr/lib/modules/6.13.0-cloud-amd64/kernel/fs/xfs.ko",
      "x",
      "/usr/lib/modules/6.12.1+deb13-amd64/kernel/fs/xfs.ko",
    ],
    ["/usr/lib/python3.13/json/__init__.py", "x", "/usr/lib/python3.12/json/__init__.py"],
    ["/opt/new/__init__.py", "x", "/usr/lib/python3.12/http/__init__.py"],
    ["/etc/hostname", "x", undefined],
  ];
  for (const [path, hash, from] of CASES) {
    it(`makes ${path} of ${from ?? "nothing"}`, () => {
      const [pair] = matchRegions(SOURCE, [region(path, hash)]);
      assert.equal(pair?.source?.path, from);
      assert.equal(pair?.isEqual, hash === "1");
    });
  }
});
