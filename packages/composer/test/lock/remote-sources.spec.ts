import assert from "node:assert/strict";
import type { Config, File, Resource } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { remoteSources, sourceDrift, withFetched } from "../../src/lock/remote-sources.ts";
import { aSource } from "./a-lock.ts";

const at = (line: number) => ({
  file: "a.yaml",
  start: { line, column: 1, offset: 0 },
  end: { line, column: 2, offset: 1 },
});
const HASH = `sha256-${"AB".repeat(32)}`;

const remote = (url: string, line: number, more: Partial<Resource> = {}): Resource => ({
  ...{ url, headers: [], origin: at(line) },
  ...more,
  kind: "remote",
});

const aConfig = (...files: readonly (Pick<File, "path"> & Partial<File>)[]): Config => ({
  kernelArguments: { shouldExist: [], shouldNotExist: [] },
  storage: {
    directories: [],
    files: files.map((file) => ({ append: [], origin: at(9), ...file })),
    links: [],
  },
  systemd: { units: [] },
  passwd: { users: [], groups: [] },
});

describe("the remote sources of a config", () => {
  it("are each named once, sorted, with all that is asked of them", () => {
    const [first, second, ...rest] = remoteSources(
      aConfig(
        { path: "/a", contents: remote("https://x/b", 1, { verification: { hash: HASH } }) },
        {
          path: "/b",
          append: [remote("https://x/b", 2, { compression: "gzip" }), remote("https://x/a", 3)],
        },
        { path: "/c", contents: { kind: "inline", text: "x", origin: at(4) } },
      ),
    );
    assert.deepEqual(rest, []);
    assert.equal(first?.url, "https://x/a");
    assert.equal(second?.origin.start.line, 1);
    assert.deepEqual(
      second.checks.map(({ compression, verification }) => [compression, verification?.hash]),
      [
        [undefined, HASH],
        ["gzip", undefined],
      ],
    );
  });

  it("drift when they are not those of the lock, or another digest is demanded", () => {
    const url = "https://x/b";
    const plain = remoteSources(aConfig({ path: "/a", contents: remote(url, 1) }));
    const verified = remoteSources(
      aConfig({ path: "/a", contents: remote(url, 1, { verification: { hash: HASH } }) }),
    );
    const locked = aSource({ url });
    assert.deepEqual(sourceDrift([locked], plain), []);
    assert.deepEqual(
      sourceDrift([aSource({ url, verification: [HASH.toLowerCase()] })], verified),
      [],
    );
    assert.deepEqual(sourceDrift([], plain), [`it lacks ${url}`]);
    assert.deepEqual(sourceDrift([locked], []), [`the definition no longer fetches ${url}`]);
    assert.deepEqual(sourceDrift([locked], verified), [
      `the definition demands another digest of ${url}`,
    ]);
  });

  it("become files, which keep what else is said of them", () => {
    const { storage } = withFetched(
      aConfig({ path: "/a", append: [remote("https://x/b", 1, { compression: "gzip" })] }),
      (url) => `/cache/${url.length}`,
    );
    assert.deepEqual(storage.files[0]?.append, [
      { kind: "local", path: "/cache/11", compression: "gzip", origin: at(1) },
    ]);
  });
});
