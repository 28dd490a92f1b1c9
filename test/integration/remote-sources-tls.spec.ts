/** Sources over TLS: from a server whose certificate this process trusts, and from one that nobody does. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "mocha";
import { type Outcome, run, scratchDirectory } from "../support/release.ts";
import { requireTools } from "../support/require-tools.ts";

/** Fetches one address as a build would, in a process of its own: whom Node trusts is settled when it starts. */
const PROGRAM = `
import { mkdtemp, rm } from "node:fs/promises";
import { fetchSources, silentProgress } from "@slipway/composer";
const [, cache, url] = process.argv;
const at = { line: 1, column: 1, offset: 0 };
const source = { url, headers: [], checks: [{}], origin: { file: "a.yaml", start: at, end: at } };
const scratch = async () => {
  const directory = await mkdtemp(cache + "/scratch-");
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
};
let slept = 0;
const clock = { sleep: async () => { slept += 1; } };
const store = { sources: cache + "/sources", scratch };
try {
  const context = { store, clock, progress: silentProgress, environment: {} };
  const [entry] = await fetchSources(context, [], { sources: [source], limitBytes: 1000 });
  console.log(entry.size);
} catch (error) {
  console.log(error.code, slept, error.message);
}
`;

describe("a remote source over TLS", () => {
  requireTools("openssl");
  const scratch = scratchDirectory("tls");
  const [key, certificate] = [path.join(scratch, "key.pem"), path.join(scratch, "cert.pem")];
  let server: ReturnType<typeof createServer>;
  let address = "";

  before("serve with a certificate of one's own", async () => {
    const { status, stderr } = spawnSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
        ...["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"],
        ...["-keyout", key, "-out", certificate],
      ],
      { encoding: "utf8" },
    );
    assert.equal(status, 0, stderr);
    const pair = { key: readFileSync(key), cert: readFileSync(certificate) };
    server = createServer(pair, (request, response) => {
      if (request.url === "/plain") {
        response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
      } else response.end("Welcome\n");
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server?.close());

  const fetch = (url: string, trusted: Readonly<Record<string, string>>): Promise<Outcome> =>
    run(
      [
        ...([process.execPath, "--conditions=@slipway/source", "--input-type=module"] as const),
        ...["--eval", PROGRAM, scratch, url],
      ],
      { env: { ...process.env, ...trusted } },
    );
  const trusting = { NODE_EXTRA_CA_CERTS: certificate };

  it("comes from a server that this machine trusts", async () => {
    const { stdout, stderr } = await fetch(`${address}/motd`, trusting);
    assert.equal(stdout, "8\n", stderr);
  });

  it("is refused from any other, at once", async () => {
    const { stdout } = await fetch(`${address}/motd`, {});
    assert.match(stdout, /^SOURCE_FAILED 0 .*self-signed certificate/);
  });

  it("does not follow the server to an address without TLS", async () => {
    const { stdout } = await fetch(`${address}/plain`, trusting);
    assert.match(stdout, /^SOURCE_FAILED 0 .*redirects from https: to http:/);
  });
});
