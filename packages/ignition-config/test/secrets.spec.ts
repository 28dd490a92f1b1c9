import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { briefly, define, HEAD, load, PART } from "./support/load.ts";

const USES = `secrets: { db-password: { description: The database's. } }
storage:
  files:
    - path: /run/app/db "1" 50%
      user: { name: app }
      contents: { secret: db-password }
    - path: /etc/app/key
      mode: 0440
      group: { id: 7 }
      contents: { secret: db-password }
`;

describe("secrets", () => {
  it("are written by the node from a credential, and are no file of the image", async () => {
    const { config } = await define(HEAD + USES);
    const [conf, ...others] = config.storage.files;
    assert.deepEqual(others, []);
    assert.ok(conf?.contents?.kind === "inline");
    assert.equal(conf.path, "/usr/lib/slipway/secrets.conf");
    assert.equal(
      conf.contents.text,
      'f+^ "/run/app/db \\"1\\" 50%%" 0600 app root - db-password\n' +
        'f+^ "/etc/app/key" 0440 root 7 - db-password\n',
    );
    const [unit, ...more] = config.systemd.units;
    assert.deepEqual([unit?.name, unit?.enabled, more], ["slipway-secrets.service", true, []]);
    assert.equal(unit?.contents?.match(/^ImportCredential=db-password$/gm)?.length, 1);
  });

  it("leave nothing in an image that has none", async () => {
    const { config } = await define(HEAD);
    assert.deepEqual([config.storage.files, config.systemd.units], [[], []]);
  });

  it("may be declared by an included document, and given by no document at all", async () => {
    const { config } = await define({
      "main.yaml": `${HEAD}include: [b.yaml]\nstorage: { files: [{ path: /etc/a, contents: { secret: s } }] }\n`,
      "b.yaml": `${PART}secrets: { s: }\nstorage: { files: [{ path: /etc/a, contents: { inline: x } }] }\n`,
    });
    assert.deepEqual(
      config.storage.files.map(({ path }) => path),
      ["/usr/lib/slipway/secrets.conf"],
    );
    const given = await load(`${HEAD}secrets: { s: { value: hunter2 } }\n`);
    assert.deepEqual(briefly(given), ["4:15 unused-secret", "4:17 unknown-key"]);
  });

  const WRONG: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "an undeclared one",
      `secrets: { abc: {} }\nstorage: { files: [{ path: /etc/a, contents: { secret: abd } }] }`,
      ["4:17 unused-secret", "5:56 unknown-secret"],
    ],
    [
      "a place that is read-only",
      `secrets: { a: {} }\nstorage: { files: [{ path: /usr/a, contents: { secret: a } }] }`,
      ["5:28 secret-place"],
    ],
    [
      "a part of a file",
      `secrets: { a: {} }\nstorage: { files: [{ path: /etc/a, contents: { secret: a }, append: [{ inline: x }] }, { path: /etc/b, append: [{ secret: a }] }] }`,
      ["5:69 secret-use", "5:123 secret-use"],
    ],
    [
      "a hash of what nobody knows",
      `secrets: { a: {} }\nstorage: { files: [{ path: /etc/a, contents: { secret: a, verification: { hash: sha256-${"0".repeat(64)} } } }] }`,
      ["5:73 missing-source"],
    ],
    [
      "two sources",
      `secrets: { a: {} }\nstorage: { files: [{ path: /etc/a, contents: { secret: a, inline: x } }] }`,
      ["5:56 several-sources"],
    ],
    [
      "names that are the release's own",
      `secrets: { a: {} }\nstorage: { files: [{ path: /etc/a, contents: { secret: a } }, { path: /usr/lib/slipway/secrets.conf }] }\nsystemd: { units: [{ name: slipway-secrets.service }] }`,
      ["5:71 contents-conflict", "6:28 contents-conflict"],
    ],
    ["a name that is none", `secrets: { A B: {} }`, ["4:12 secret-name"]],
  ];
  for (const [what, text, expected] of WRONG) {
    it(`report ${what}`, async () => {
      const loaded = await load(`${HEAD}${text}\n`);
      assert.deepEqual(briefly(loaded), expected);
      for (const { hint } of loaded.report.findings) assert.ok(hint);
    });
  }
});
