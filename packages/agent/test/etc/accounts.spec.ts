import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type AccountTexts, mergeAccounts } from "../../src/etc/accounts.ts";

const ROOT = "root:x:0:0:root:/root:/bin/bash\n";
const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
const merge = (old: AccountTexts, node: AccountTexts, image: AccountTexts) =>
  mergeAccounts({ old, node, image });
const conflictsOf = (...texts: readonly [AccountTexts, AccountTexts, AccountTexts]) =>
  merge(...texts).conflicts.map(({ database, account }) => `${database}:${account}`);

const IMAGE: AccountTexts = {
  passwd: lines("root:x:0:0:root:/root:/bin/bash", "sshd:x:989:65534::/run/sshd:/usr/sbin/nologin"),
  shadow: lines("root:*:::::::", "sshd:!*:::::::"),
  group: lines("root:x:0:", "adm:x:4:"),
  gshadow: lines("root:*::", "adm:*::"),
  subuid: "",
  subgid: "",
};
const with_ = (base: AccountTexts, more: AccountTexts): AccountTexts =>
  Object.fromEntries(
    Object.entries(base).map(([name, text]) => [name, text + (more[name as "passwd"] ?? "")]),
  );
const ALICE: AccountTexts = {
  passwd: "alice:x:1000:1000:Alice:/home/alice:/bin/bash\n",
  shadow: "alice:$6$salt$hash:20000:0:99999:7:::\n",
  group: "alice:x:1000:\n",
  gshadow: "alice:!::\n",
  subuid: "alice:100000:65536\n",
  subgid: "alice:100000:65536\n",
};
const ETCD: AccountTexts = {
  passwd: "etcd:x:950:950::/:/usr/sbin/nologin\n",
  shadow: "etcd:!*:::::::\n",
  group: "etcd:x:950:\n",
  gshadow: "etcd:!*::\n",
};

describe("merging accounts", () => {
  it("takes new accounts of the image and keeps the node's, in the order of the image", () => {
    const { texts, conflicts } = merge(IMAGE, with_(IMAGE, ALICE), with_(IMAGE, ETCD));
    assert.deepEqual(conflicts, []);
    assert.deepEqual(texts, with_(with_(IMAGE, ETCD), ALICE));
  });

  it("gives each side's own bytes where the other changed nothing", () => {
    const odd = { ...IMAGE, passwd: "# by hand\n\nroot:x:0:0:root:/root:/bin/zsh" };
    assert.deepEqual(merge(IMAGE, odd, IMAGE).texts, odd);
    assert.deepEqual(merge(IMAGE, IMAGE, odd).texts, odd);
  });

  it("puts changes of different fields of one account together", () => {
    const { texts, conflicts } = merge(
      { passwd: ROOT },
      { passwd: "root:x:0:0:root:/root:/bin/zsh\n" },
      { passwd: "root:x:0:0:Super:/root:/bin/bash\n" },
    );
    assert.deepEqual(conflicts, []);
    assert.equal(texts.passwd, "root:x:0:0:Super:/root:/bin/zsh\n");
  });

  it("keeps the node's field when both changed it, and says so", () => {
    const { texts, conflicts } = merge(
      { passwd: ROOT },
      { passwd: "root:x:0:0:root:/root:/bin/zsh\n" },
      { passwd: "root:x:0:0:root:/root:/bin/dash\n" },
    );
    assert.equal(texts.passwd, "root:x:0:0:root:/root:/bin/zsh\n");
    assert.deepEqual(conflicts, [
      {
        database: "passwd",
        account: "root",
        detail: "shell: changed here and in the new image; the node's stays",
      },
    ]);
  });

  it("keeps a password that was set here, whatever day the image gives the account", () => {
    const { texts, conflicts } = merge(
      { shadow: "root:*:1:::::" },
      { shadow: "root:$y$mine:20000:::::" },
      { shadow: "root:*:2:::::" },
    );
    assert.deepEqual([texts.shadow, conflicts], ["root:$y$mine:20000:::::", []]);
  });

  it("merges members of a group from both sides, and lets both take some out", () => {
    const { texts, conflicts } = merge(
      { group: "adm:x:4:a,b,c\n" },
      { group: "adm:x:4:b,c,alice\n" },
      { group: "adm:x:4:a,b,syslog\n" },
    );
    assert.deepEqual([texts.group, conflicts], ["adm:x:4:b,syslog,alice\n", []]);
  });

  it("drops an account with the image, from all databases, unless the node has changed it", () => {
    const old = with_(IMAGE, ETCD);
    assert.deepEqual(merge(old, old, IMAGE).texts, IMAGE);
    const node = { ...old, shadow: old.shadow?.replace("etcd:!*", "etcd:$y$mine") ?? "" };
    const kept = merge(old, node, IMAGE);
    assert.match(kept.texts.passwd ?? "", /^etcd:x:950:950:/m);
    assert.match(kept.texts.shadow ?? "", /^etcd:\$y\$mine:/m);
    assert.match(kept.texts.group ?? "", /^etcd:x:950:/m, "its primary group");
    assert.ok(kept.conflicts.some(({ account }) => account === "etcd"));
  });

  it("leaves an account removed that was removed here", () => {
    const node = { ...IMAGE, passwd: ROOT };
    assert.equal(merge(IMAGE, node, { ...IMAGE, group: "root:x:0:\n" }).texts.passwd, ROOT);
  });

  it("leaves out a new account whose uid is another's here, with all that belongs to it", () => {
    const mine: AccountTexts = {
      passwd: "app:x:950:950::/:/bin/sh\n",
      shadow: "app:!:::::::\n",
      group: "app:x:950:\n",
      gshadow: "app:!::\n",
    };
    const versions = [IMAGE, with_(IMAGE, mine), with_(IMAGE, ETCD)] as const;
    assert.deepEqual(merge(...versions).texts, with_(IMAGE, mine));
    assert.deepEqual(conflictsOf(...versions), ["group:etcd", "passwd:etcd"]);
  });

  it("leaves out a new account whose group would be another's here", () => {
    const mine: AccountTexts = { group: "app:x:950:\n", gshadow: "app:!::\n" };
    const versions = [IMAGE, with_(IMAGE, mine), with_(IMAGE, ETCD)] as const;
    assert.deepEqual(merge(...versions).texts, with_(IMAGE, mine));
    assert.deepEqual(conflictsOf(...versions), ["group:etcd", "passwd:etcd"]);
  });

  it("leaves out subordinate ids that are another's here", () => {
    const image = { ...IMAGE, subuid: "etcd:150000:65536\n" };
    const node = { ...IMAGE, subuid: "alice:100000:65536\n" };
    assert.equal(merge(IMAGE, node, image).texts.subuid, "alice:100000:65536\n");
    assert.deepEqual(conflictsOf(IMAGE, node, image), ["subuid:etcd"]);
  });

  it("names two accounts that came to share an id", () => {
    const node = { passwd: `${ROOT}b:x:7:7::/:\n` };
    const image = { passwd: `${ROOT}a:x:7:8::/:\n` };
    const old = { passwd: `${ROOT}a:x:6:8::/:\nb:x:5:7::/:\n` };
    assert.deepEqual(
      merge(
        old,
        { passwd: `${node.passwd}a:x:6:8::/:\n` },
        { passwd: `${image.passwd}b:x:5:7::/:\n` },
      ).conflicts.map(({ account }) => account),
      ["a, b"],
    );
  });

  it("is stable when done again", () => {
    const node = with_(IMAGE, ALICE);
    const image = { ...with_(IMAGE, ETCD), passwd: `${ETCD.passwd}${IMAGE.passwd}` };
    const once = merge(IMAGE, node, image).texts;
    assert.deepEqual(merge(IMAGE, once, image).texts, once);
    assert.deepEqual(merge(image, once, image).texts, once);
  });
});
