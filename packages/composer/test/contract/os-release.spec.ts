import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { formatOsRelease, osReleaseFields } from "../../src/contract/os-release.ts";

const IMAGE = { name: "base", version: "1.2.0", suite: "trixie", osRelease: {} };
const text = (more: Partial<typeof IMAGE> & { osRelease?: Record<string, string> }): string =>
  formatOsRelease(osReleaseFields({ ...IMAGE, ...more }));

describe("os-release", () => {
  it("names the image and its version", () => {
    assert.equal(
      text({}),
      [
        'PRETTY_NAME="Slipway base 1.2.0"',
        "NAME=Slipway",
        "ID=slipway",
        "ID_LIKE=debian",
        'VERSION_ID="1.2.0"',
        "VERSION_CODENAME=trixie",
        "IMAGE_ID=base",
        'IMAGE_VERSION="1.2.0"',
        "",
      ].join("\n"),
    );
  });

  it("takes the image's own fields, further ones by name", () => {
    const fields = osReleaseFields({
      ...IMAGE,
      osRelease: { VARIANT: "x", NAME: "Acme", HOME_URL: "u" },
    });
    assert.equal(fields.get("NAME"), "Acme");
    assert.deepEqual([...fields.keys()].slice(-3), ["IMAGE_VERSION", "HOME_URL", "VARIANT"]);
  });

  it("leaves out a VERSION_ID that os-release(5) would not allow", () => {
    assert.doesNotMatch(text({ version: "1.0~rc1" }), /^VERSION_ID/m);
    assert.match(text({ version: "1.0~rc1" }), /^IMAGE_VERSION="1\.0~rc1"$/m);
  });

  it("quotes what a shell would take for more than text", () => {
    const quoted = text({ osRelease: { A: "say \"$(id)\" `x` \\ 'y'" } });
    assert.match(quoted, /^A="say \\"\\\$\(id\)\\" \\`x\\` \\\\ 'y'"$/m);
    assert.match(text({ osRelease: { A: "" } }), /^A=""$/m);
  });
});
