import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { PackageError } from "../../src/packages/errors.ts";
import { parseControlFile, parseDpkgStatus } from "../../src/packages/installed-package.ts";

const status = (text: string, state = "install ok installed") =>
  parseDpkgStatus(text.replace(/^(Package: .*)$/gm, `$1\nStatus: ${state}`), "status");

const LOGIN = `Package: login
Architecture: amd64
Source: util-linux (2.41-5)
Version: 1:4.16.0-2+really2.41-5
Maintainer: Chris Hofstaedtler <zeha@debian.org>
Section: admin
Installed-Size: 189
Pre-Depends: libc6 (>= 2.38), libpam0g
Depends: login.defs (>= 1:4), default-mta | mail-transport-agent
Provides: console-login (= 2), getty
Homepage: https://example.org/
Description: system login tools
 More of it.
`;

describe("dpkg status", () => {
  it("gives a package all its control fields", () => {
    assert.deepEqual(status(LOGIN), [
      {
        name: "login",
        version: "1:4.16.0-2+really2.41-5",
        architecture: "amd64",
        source: "util-linux",
        sourceVersion: "2.41-5",
        maintainer: "Chris Hofstaedtler <zeha@debian.org>",
        section: "admin",
        homepage: "https://example.org/",
        summary: "system login tools",
        installedSizeKib: 189,
        depends: [
          [{ name: "libc6", version: { operator: ">=", version: "2.38" } }],
          [{ name: "libpam0g" }],
          [{ name: "login.defs", version: { operator: ">=", version: "1:4" } }],
          [{ name: "default-mta" }, { name: "mail-transport-agent" }],
        ],
        provides: [
          { name: "console-login", version: { operator: "=", version: "2" } },
          { name: "getty" },
        ],
      },
    ]);
  });

  it("names the package itself as its source where the field is absent", () => {
    const [one] = status("Package: less\nArchitecture: amd64\nVersion: 668-1\n");
    assert.deepEqual(
      [one?.source, one?.sourceVersion, one?.installedSizeKib],
      ["less", "668-1", 0],
    );
  });

  it("is ordered by name, then architecture, whatever the file's order", () => {
    const text = ["b:amd64", "a:i386", "a:amd64", "a-b:all"]
      .map((one) => one.split(":"))
      .map(([name, arch]) => `Package: ${name}\nArchitecture: ${arch}\nVersion: 1\n`)
      .join("\n");
    assert.deepEqual(
      status(text).map((one) => `${one.name}:${one.architecture}`),
      ["a:amd64", "a:i386", "a-b:all", "b:amd64"],
    );
  });

  it("leaves out packages of which only the configuration is left", () => {
    assert.deepEqual(status(LOGIN, "deinstall ok config-files"), []);
    assert.equal(status(LOGIN, "hold ok installed").length, 1);
  });

  const REFUSED: readonly (readonly [string, () => unknown, RegExp])[] = [
    ["a half-installed package", () => status(LOGIN, "install ok half-configured"), /login is/],
    ["an error flag", () => status(LOGIN, "install reinstreq installed"), /reinstreq/],
    ["a paragraph without a state", () => parseDpkgStatus(LOGIN, "status"), /no Status/],
    ["a package without a version", () => status("Package: a\nArchitecture: all\n"), /version/],
    [
      "a name with a path in it",
      () => status("Package: ../a\nArchitecture: all\nVersion: 1\n"),
      /package/,
    ],
    [
      "relations that are none",
      () => status("Package: a\nArchitecture: all\nVersion: 1\nDepends: b (1)\n"),
      /depends/,
    ],
  ];
  for (const [what, read, message] of REFUSED) {
    it(`refuses ${what}`, () => {
      assert.throws(
        read,
        (error) =>
          error instanceof PackageError &&
          error.code === "PACKAGE_MALFORMED" &&
          message.test(error.message) &&
          error.hint !== "",
      );
    });
  }
});

describe("control file of a package", () => {
  it("is one paragraph without a state", () => {
    assert.equal(parseControlFile(LOGIN, "control").name, "login");
    assert.throws(() => parseControlFile("", "control"), PackageError);
    assert.throws(() => parseControlFile(`${LOGIN}\n${LOGIN}`, "control"), PackageError);
  });
});
