import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { redact, withoutPassword } from "../../src/support/redact.ts";

const SECRET = "hunter2-S3cr3t/x+y";

const HIDDEN: readonly string[] = [
  `repository: https://me:${encodeURIComponent(SECRET)}@updates.example/`,
  `GET https://updates.example/a?token=${SECRET}&x=1`,
  `password=${SECRET}`,
  `password: "${SECRET} and more"`,
  `"api_key": "${SECRET}"`,
  `{"access-token":"${SECRET}"}`,
  `REGISTRY_AUTH_TOKEN=${SECRET}`,
  `Authorization: Bearer ${SECRET}`,
  `Cookie: session=${SECRET}; other=${SECRET}`,
  `curl -H 'authorization: Basic ${SECRET}'`,
  `podman login --password ${SECRET} registry`,
  `wg set wg0 private-key=${SECRET}`,
  `root:$6$rounds=5000$${SECRET}$abcdefgh:19000:0:99999:7:::`,
  `root:$y$j9T$${SECRET}:19000`,
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${SECRET}\n-----END OPENSSH PRIVATE KEY-----`,
  `-----BEGIN PRIVATE KEY-----\n${SECRET}\nand the file ends`,
];

describe("what is given away for support", () => {
  for (const text of HIDDEN) {
    it(`has no secret of ${JSON.stringify(text.slice(0, 36))}`, () => {
      const shown = redact(text);
      assert.ok(!shown.includes("hunter2"), shown);
      assert.match(shown, /<redacted>/);
    });
  }

  const TOKENS: readonly string[] = [
    `ghp_${"a1".repeat(18)}`,
    `AKIA${"A1".repeat(8)}`,
    ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0", "abcdefghijkl"].join("."),
  ];
  for (const token of TOKENS) {
    it(`has no ${token.slice(0, 4)}… wherever it stands`, () => {
      assert.ok(!redact(`x ${token} y`).includes(token));
    });
  }

  it("keeps what is needed: hashes, versions, paths, addresses, plain lines", () => {
    const text = [
      `roothash=${"0f".repeat(32)}`,
      "EFI/Linux/edge_2026.11.2_5d41402a+3.efi",
      "Nov 22 14:03:01 node slipway-agent[512]: steady → fetching (offered)",
      "fetching https://updates.example/metadata/timestamp.json",
      "ssh.service: Passed condition; author: somebody; the token expired",
    ].join("\n");
    assert.equal(redact(text), text);
  });

  it("is cleaned in time that grows with its length alone", () => {
    for (const piece of ["password", "a-", "https://a", "-----BEGIN ", "token=", "eyJaaaaaaaa."]) {
      const line = piece.repeat(4000 / piece.length);
      const text = `${line}\n`.repeat(100);
      const began = performance.now();
      redact(text);
      assert.ok(performance.now() - began < 3000, piece);
    }
  });
});

describe("an address for people", () => {
  for (const [address, shown] of [
    ["https://updates.example/a", "https://updates.example/a"],
    ["https://me:secret@updates.example/a", "https://redacted@updates.example/a"],
    ["https://updates.example/a?key=1#x", "https://updates.example/a?redacted"],
    ["no address", "no address"],
  ] as const) {
    it(`is ${shown}`, () => assert.equal(withoutPassword(address), shown));
  }
});
