import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { chooseMirrors, parseDeb822, parseOneLine } from "../../src/tools/apt-sources.ts";

describe("apt sources", () => {
  it("reads one-line files with options and comments", () => {
    const text = [
      "# deb http://old.example/debian bookworm main",
      "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian/ bookworm main contrib # ours",
      "deb-src http://mirror.example/debian bookworm main",
    ].join("\n");
    assert.deepEqual(parseOneLine(text), [
      {
        uri: "http://mirror.example/debian",
        suites: ["bookworm"],
        components: ["main", "contrib"],
      },
    ]);
  });

  it("reads deb822 files with continuation lines, several stanzas and disabled ones", () => {
    const text = [
      "Types: deb deb-src",
      "# a comment inside",
      "URIs: http://a.example/debian/ http://b.example/debian",
      "Suites: trixie",
      " trixie-updates",
      "Components: main",
      "",
      "Enabled: no",
      "Types: deb",
      "URIs: http://c.example/debian",
      "Suites: trixie",
      "Components: main",
    ].join("\n");
    assert.deepEqual(parseDeb822(text), [
      {
        uri: "http://a.example/debian",
        suites: ["trixie", "trixie-updates"],
        components: ["main"],
      },
      {
        uri: "http://b.example/debian",
        suites: ["trixie", "trixie-updates"],
        components: ["main"],
      },
    ]);
  });
});

describe("mirrors", () => {
  const source = (uri: string, suite: string, component = "main") => ({
    uri,
    suites: [suite],
    components: [component],
  });

  it("are those that serve the host's own suite, not any vendor's", () => {
    const sources = [
      source("http://vendor.example/apt", "stable"),
      source("http://mirror.example/debian", "bookworm"),
      source("http://mirror.example/security", "bookworm-security"),
    ];
    assert.deepEqual(chooseMirrors(sources, "bookworm"), {
      archive: "http://mirror.example/debian",
      security: "http://mirror.example/security",
    });
  });

  it("may lack a security archive", () => {
    assert.deepEqual(chooseMirrors([source("http://m.example", "trixie")], "trixie"), {
      archive: "http://m.example",
      security: undefined,
    });
  });

  it("are not guessed", () => {
    assert.equal(
      chooseMirrors([source("http://m.example", "trixie", "node")], "trixie"),
      undefined,
    );
    assert.equal(chooseMirrors([], "trixie"), undefined);
  });
});
