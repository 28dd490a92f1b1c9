import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { ComposerError } from "../../src/errors.ts";
import { parseGetfattr } from "../../src/lint/getfattr.ts";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));

const parse = async (text: string, root?: string) =>
  Object.fromEntries(
    [...(await parseGetfattr([bytes(text)], root))].map(([path, xattrs]) => [
      path,
      xattrs.map(({ name, value }) => `${name}=${Buffer.from(value).toString("latin1")}`),
    ]),
  );

describe("getfattr's output", () => {
  it("holds the attributes of each file", async () => {
    assert.deepEqual(
      await parse(
        "# file: ./usr/bin/ping\nsecurity.capability=0sYQ==\nuser.empty=0s\n\n# file: .\nuser.a=0sYg==\n\n",
      ),
      { "/usr/bin/ping": ["security.capability=a", "user.empty="], "/": ["user.a=b"] },
    );
  });

  it("is empty where no file has any", async () => {
    assert.deepEqual(await parse(""), {});
  });

  it("quotes what is not plain in names", async () => {
    assert.deepEqual(await parse("# file: a\\012b\\134c d=e\nuser.x\\075y=0sYQ==\n"), {
      "/a\nb\\c d=e": ["user.x=y=a"],
    });
  });

  it("names files by their bytes", async () => {
    assert.deepEqual(Object.keys(await parse("# file: \u00c3\u00bc\nuser.a=0s\n")), ["/ü"]);
    assert.deepEqual(Object.keys(await parse("# file: x\u00ff\nuser.a=0s\n")), ["/x\\xff"]);
  });

  it("may call the tree by an absolute path", async () => {
    assert.deepEqual(
      await parse("# file: /t/r1\nuser.a=0s\n\n# file: /t/r1/etc/a\nuser.a=0s\n", "/t/r1"),
      { "/": ["user.a="], "/etc/a": ["user.a="] },
    );
  });

  for (const [what, text, root] of [
    ["a file of another tree", "# file: /t/r10/a\nuser.a=0s\n", "/t/r1"],
    ["an attribute of no file", "user.a=0sYQ==\n", "."],
    ["a value in another encoding", '# file: a\nuser.a="b"\n', "."],
    ["a value that is no base64", "# file: a\nuser.a=0s?\n", "."],
    ["an error message", "getfattr: a: No such file\n", "."],
    ["a line without an end", "x".repeat(300_000), "."],
  ] as const) {
    it(`is refused with ${what}`, async () => {
      await assert.rejects(
        parseGetfattr([bytes(text)], root),
        (error) => error instanceof ComposerError && error.code === "TOOL_OUTPUT",
      );
    });
  }

  it("means the same in pieces of any size", async () => {
    const text = "# file: ./a\nuser.a=0sYQ==\nuser.b=0s\n\n# file: ./b/\\012\nuser.c=0sYWI=\n\n";
    const whole = await parseGetfattr([bytes(text)]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length)), async (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = edges.slice(1).map((end, index) => bytes(text.slice(edges[index], end)));
        assert.deepEqual(await parseGetfattr(pieces), whole);
      }),
    );
  });
});
