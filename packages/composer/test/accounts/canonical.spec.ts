import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { canonicalDatabases, settledPackageAccounts } from "../../src/accounts/canonical.ts";
import { formatDatabases, parseDatabases } from "../../src/accounts/databases.ts";
import { anyDatabases } from "./items.ts";

const canonical = (texts: Parameters<typeof parseDatabases>[0]) =>
  formatDatabases(canonicalDatabases(parseDatabases(texts).databases));
const settled = (texts: Parameters<typeof parseDatabases>[0]) =>
  formatDatabases(settledPackageAccounts(parseDatabases(texts).databases));

describe("canonical account databases", () => {
  it("are sorted by id, then name, and hold no date", () => {
    assert.deepEqual(
      canonical({
        passwd: "b:x:5:5::/:\nroot:x:0:0::/root:\na:x:5:5::/:\n",
        group: "z:x:9:b,a,b\nroot:x:0:\n",
        shadow: "b:H:19675:0:99999:7:::\na:!:1::::::\nroot:*:0::::::\n",
        gshadow: "z:!:a:a\nroot:*::\n",
      }),
      {
        passwd: "root:x:0:0::/root:\na:x:5:5::/:\nb:x:5:5::/:\n",
        group: "root:x:0:\nz:x:9:a,b\n",
        shadow: "root:*:::::::\na:!:::::::\nb:H::0:99999:7:::\n",
        gshadow: "root:*::\nz:!:a:a,b\n",
      },
    );
  });

  it("keep every password in the shadow files, one entry an account", () => {
    assert.deepEqual(
      canonical({
        passwd: "root:*:0:0::/root:\nold:HASH:5:5::/:\nnew:x:6:6::/:\n",
        group: "root:GHASH:0:\nx:x:1:\n",
        shadow: "gone:*:1::::::\nold:STALE:1::::::\n",
      }),
      {
        passwd: "root:x:0:0::/root:\nold:x:5:5::/:\nnew:x:6:6::/:\n",
        group: "root:x:0:\nx:x:1:\n",
        shadow: "root:*:::::::\nold:HASH:::::::\nnew:!*:::::::\n",
        gshadow: "root:GHASH::\nx:!*::\n",
      },
    );
  });

  it("are what they were when made canonical again, in any order of the entries", () => {
    fc.assert(
      fc.property(anyDatabases, (databases) => {
        const once = canonicalDatabases(databases);
        assert.deepEqual(canonicalDatabases(once), once);
        const reversed = {
          ...databases,
          passwd: databases.passwd.toReversed(),
          group: databases.group.toReversed(),
        };
        assert.deepEqual(canonicalDatabases(reversed), once);
      }),
    );
  });
});

describe("settled package accounts", () => {
  it("are locked without a password, root open to keys, whoever made them", () => {
    const chrootless = {
      passwd: "root:*:0:0::/root:\n_apt::42:65534::/:\nsshd:x:989:65534::/:\n",
      group: "root:*:0:\nsshd:x:989:\n",
      shadow: "sshd:!*:19675::::::\n",
      gshadow: "sshd:!*::\n",
    };
    const ordinary = {
      passwd: "root:x:0:0::/root:\n_apt:x:42:65534::/:\nsshd:x:989:65534::/:\n",
      group: "root:x:0:\nsshd:x:989:\n",
      shadow: "root:*:19675:0:99999:7:::\n_apt:!:19675::::::\nsshd:!:19675::::::\n",
      gshadow: "root:*::\nsshd:!::\n",
    };
    assert.deepEqual(settled(chrootless), settled(ordinary));
    assert.equal(settled(ordinary).shadow, "root:*:::::::\n_apt:!*:::::::\nsshd:!*:::::::\n");
  });

  it("keep a real password and an account's expiry", () => {
    const { shadow } = settled({
      passwd: "root:x:0:0::/root:\nsystemd-network:x:998:998::/:\n",
      shadow: "root:$y$j9T$x$y:19675:0:99999:7:::\nsystemd-network:!*:19675::::1::\n",
    });
    assert.equal(shadow, "root:$y$j9T$x$y:::::::\nsystemd-network:!*:::::::\n");
    const expired = settled({
      passwd: "a:x:998:998::/:\n",
      shadow: "a:!*:19675:::::1:\n",
    });
    assert.equal(expired.shadow, "a:!*::::::1:\n");
  });

  it("hold no id for a config any more", () => {
    const { passwd, group } = settled({
      passwd: "root:x:0:0::/root:\nslipway-reserved-988:x:988:65534::/:\n",
      group: "root:x:0:\nslipway-reserved-988:x:988:\n",
    });
    assert.equal(passwd, "root:x:0:0::/root:\n");
    assert.equal(group, "root:x:0:\n");
  });
});
