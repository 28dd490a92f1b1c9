import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { accountDefaults } from "../../src/accounts/account-defaults.ts";

describe("defaults of new accounts", () => {
  it("are the tools' own where the tree says nothing", () => {
    const defaults = accountDefaults("", "");
    assert.deepEqual(defaults.userIds, { first: 1000, last: 60_000 });
    assert.deepEqual(defaults.systemGroupIds, { first: 101, last: 999 });
    assert.equal(defaults.homeMode, 0o755);
    assert.equal(defaults.shell, "/bin/bash");
    assert.equal(defaults.group, "100");
    assert.equal(defaults.userGroups, false);
    assert.equal(defaults.passwordMaximumDays, undefined);
  });

  it("come from login.defs, in its spellings of numbers", () => {
    const defaults = accountDefaults(
      "# UID_MIN 7\nUID_MIN\t\t 500\nSYS_UID_MAX 0x1f3\nUMASK 077\nUSERGROUPS_ENAB Yes\nPASS_WARN_AGE 7 # days\nGID_MIN many\n",
      "",
    );
    assert.deepEqual(defaults.userIds, { first: 500, last: 60_000 });
    assert.deepEqual(defaults.systemUserIds, { first: 101, last: 499 });
    assert.equal(defaults.homeMode, 0o700);
    assert.equal(defaults.userGroups, true);
    assert.equal(defaults.passwordWarningDays, 7);
    assert.equal(defaults.groupIds.first, 1000);
  });

  it("put a home's own mode before the umask", () => {
    assert.equal(accountDefaults("UMASK 022\nHOME_MODE 0750\n", "").homeMode, 0o750);
  });

  it("come from /etc/default/useradd", () => {
    const defaults = accountDefaults(
      "",
      '# HOME=/x\nSHELL=/bin/sh\nHOME="/users"\nSKEL=/etc/none\nGROUP=users\nINACTIVE=30\n',
    );
    assert.equal(defaults.shell, "/bin/sh");
    assert.equal(defaults.homeBase, "/users");
    assert.equal(defaults.skeleton, "/etc/none");
    assert.equal(defaults.group, "users");
    assert.equal(defaults.passwordInactiveDays, 30);
  });
});
