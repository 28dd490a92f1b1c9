import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { define, PART } from "./support/load.ts";

describe("image.health", () => {
  it("is kept as it is written, for the node to read", async () => {
    const { image } = await define({
      "main.yaml": `${PART}variables: { port: { type: int, default: 8080 } }
image:
  name: a
  version: 1
  health:
    deadline_seconds: 900
    settle_seconds: 30
    built_in: { network: wanted }
    checks:
      - { name: web, http: { url: "http://127.0.0.1:\${var.port}/healthz", contains: ok }, retries: 3 }
      - { name: app, level: wanted, command: { argv: [/usr/bin/app, --port, "\${var.port}", 1.10] } }
      - { name: units, units: { none_failed: true, active: ["-.mount", a@b.service] } }
`,
    });
    assert.deepEqual(image.health, {
      deadline_seconds: 900,
      settle_seconds: 30,
      built_in: { network: "wanted" },
      checks: [
        { name: "web", http: { url: "http://127.0.0.1:8080/healthz", contains: "ok" }, retries: 3 },
        {
          name: "app",
          level: "wanted",
          command: { argv: ["/usr/bin/app", "--port", "8080", "1.10"] },
        },
        { name: "units", units: { none_failed: true, active: ["-.mount", "a@b.service"] } },
      ],
    });
  });

  it("is absent where nobody asks for anything", async () => {
    const { image } = await define({ "main.yaml": `${PART}image: { name: a, version: 1 }\n` });
    assert.equal(image.health, undefined);
  });

  it("is merged by the checks' names, and what one looks at as a whole", async () => {
    const { image } = await define({
      "main.yaml": `${PART}include: [base.yaml]
image:
  health:
    settle_seconds: 5
    checks:
      - { name: web, level: wanted, http: { url: "http://127.0.0.1/" } }
      - { name: more, tcp: { host: "::1", port: 22 } }
`,
      "base.yaml": `${PART}image:
  name: a
  version: 1
  health:
    deadline_seconds: 300
    checks:
      - { name: first, clock: { state: plausible } }
      - { name: web, http: { url: "http://old/", status: 204, contains: x }, retries: 3 }
`,
    });
    assert.deepEqual(image.health, {
      deadline_seconds: 300,
      settle_seconds: 5,
      checks: [
        { name: "first", clock: { state: "plausible" } },
        { name: "web", http: { url: "http://127.0.0.1/" }, retries: 3, level: "wanted" },
        { name: "more", tcp: { host: "::1", port: 22 } },
      ],
    });
  });
});
