/** Sources that are fetched over HTTP, from servers on this machine. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { fetchSources, type LockedSource, silentProgress } from "@slipway/composer";
import type { HttpHeader, Resource } from "@slipway/ignition-config";
import { afterEach, beforeEach, describe, it } from "mocha";
import { sha256 } from "../support/tree-picture.ts";

const LIMIT = 100_000;
const MOTD = "Welcome\n";
const ORIGIN = {
  file: "base.yaml",
  start: { line: 7, column: 9, offset: 0 },
  end: { line: 7, column: 10, offset: 1 },
};

type Serve = (response: ServerResponse, headers: IncomingHttpHeaders, path: string) => void;

interface Site extends AsyncDisposable {
  readonly url: string;
  readonly requests: string[];
}

const serve = async (answer: Serve): Promise<Site> => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push(path);
    answer(response, request.headers, path);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

describe("a remote source", () => {
  let cache = "";
  let slept: number[] = [];
  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "slipway-sources-"));
    slept = [];
  });
  afterEach(() => rmSync(cache, { recursive: true, force: true }));

  interface Asked {
    readonly headers?: readonly HttpHeader[];
    readonly check?: Pick<Resource, "compression" | "verification">;
    readonly locked?: readonly LockedSource[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly times?: { readonly idleMs?: number; readonly totalMs?: number };
  }

  const fetch = async (url: string, asked: Asked = {}): Promise<LockedSource> => {
    const scratch = async (purpose: string) => {
      const directory = await mkdtemp(join(cache, `${purpose}-`));
      return {
        directory,
        [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
      };
    };
    const [entry, ...rest] = await fetchSources(
      {
        store: { sources: join(cache, "sources"), scratch },
        clock: {
          sleep: async (ms) => {
            slept.push(ms);
          },
        },
        progress: silentProgress,
        environment: asked.environment ?? {},
      },
      asked.locked ?? [],
      {
        sources: [
          { url, headers: asked.headers ?? [], checks: [asked.check ?? {}], origin: ORIGIN },
        ],
        limitBytes: LIMIT,
        times: asked.times ?? {},
      },
    );
    assert.deepEqual(rest, []);
    assert.ok(entry);
    return entry;
  };
  const cached = (entry: LockedSource): string =>
    readFileSync(join(cache, "sources", entry.sha256), "utf8");
  const fails = async (url: string, message: RegExp, asked: Asked = {}): Promise<void> => {
    await assert.rejects(fetch(url, asked), { code: "SOURCE_FAILED", message });
    assert.deepEqual(readdirSync(join(cache, "sources")), []);
    assert.deepEqual(readdirSync(cache), ["sources"], "nothing is left behind");
  };

  it("is fetched once, kept by its digest and recorded", async () => {
    await using site = await serve((response) => response.end(MOTD));
    const url = `${site.url}/motd?a=b`;
    const entry = await fetch(url);
    assert.deepEqual(entry, { url, size: 8, sha256: sha256(MOTD), verification: [] });
    assert.equal(cached(entry), MOTD);
    assert.deepEqual(await fetch(url, { locked: [entry] }), entry);
    assert.deepEqual(site.requests, ["/motd?a=b"]);
  });

  it("is asked for as Ignition asks: no encoding, with the config's headers, whose words count", async () => {
    const seen: IncomingHttpHeaders[] = [];
    await using site = await serve((response, headers) => {
      seen.push(headers);
      // Sent all the same, an encoding is part of the contents.
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(MOTD));
    });
    const headers = [
      { name: "Authorization", value: "Bearer t0ken" },
      { name: "user-agent", value: "mine" },
    ];
    const entry = await fetch(site.url, { headers, check: { compression: "gzip" } });
    assert.equal(entry.sha256, sha256(gzipSync(MOTD)));
    assert.equal(seen[0]?.["accept-encoding"], "identity");
    assert.equal(seen[0]["authorization"], "Bearer t0ken");
    assert.equal(seen[0]["user-agent"], "mine");
    assert.doesNotMatch(JSON.stringify(entry), /t0ken/);
  });

  it("may be empty, or not there, or forbidden", async () => {
    const statuses: Readonly<Record<string, number>> = { "/204": 204, "/404": 404, "/403": 403 };
    await using site = await serve((response, _, path) =>
      response.writeHead(statuses[path] ?? 200).end(),
    );
    assert.equal((await fetch(`${site.url}/200`)).size, 0);
    const empty = await fetch(`${site.url}/204`);
    assert.equal(empty.sha256, sha256(""));
    rmSync(join(cache, "sources"), { recursive: true });
    await fails(`${site.url}/404`, /base\.yaml:7:9\) cannot be fetched: the server does not have/);
    await fails(`${site.url}/403`, /the server answers 403 Forbidden/);
    assert.deepEqual(slept, []);
  });

  it("is asked for again when the server is out of order, but not for ever", async () => {
    let left = 2;
    await using site = await serve((response) => {
      left -= 1;
      response.writeHead(left < 0 ? 200 : 503).end(MOTD);
    });
    assert.equal(cached(await fetch(site.url)), MOTD);
    assert.deepEqual(slept, [200, 1000]);
    rmSync(join(cache, "sources"), { recursive: true });
    left = 99;
    await fails(site.url, /the server answers 503 Service Unavailable/);
    assert.equal(site.requests.length, 3 + 4);
  });

  it("is followed where it moved, without the config's headers", async () => {
    const seen: (string | undefined)[] = [];
    await using other = await serve((response, headers) => {
      seen.push(headers.authorization, headers["accept-encoding"]);
      response.end(MOTD);
    });
    await using site = await serve((response) =>
      response.writeHead(302, { location: `${other.url}/moved` }).end(),
    );
    const headers = [{ name: "Authorization", value: "Bearer t0ken" }];
    const entry = await fetch(site.url, { headers });
    assert.equal(entry.url, site.url);
    assert.equal(cached(entry), MOTD);
    assert.deepEqual(seen, [undefined, "identity"]);
  });

  it("is followed ten times and no further, and nowhere but over HTTP", async () => {
    const hops = (path: string): number => Number(path.slice(1)) || 0;
    await using site = await serve((response, _, path) => {
      if (path === "/file") response.writeHead(301, { location: "file:///etc/passwd" }).end();
      else if (path === "/0") response.end(MOTD);
      else response.writeHead(308, { location: `/${hops(path) - 1}` }).end();
    });
    await fetch(`${site.url}/10`);
    rmSync(join(cache, "sources"), { recursive: true });
    await fails(`${site.url}/11`, /redirects more than 10 times/);
    await fails(`${site.url}/file`, /redirects to what is no http: or https: address/);
  });

  it("that breaks off is not taken for the whole", async () => {
    await using site = await serve((response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write("half", () => response.destroy());
    });
    await fails(site.url, /the connection broke off/);
    assert.equal(slept.length, 3);
  });

  it("that never answers, or stops, or dribbles, is given up", async () => {
    await using silent = await serve(() => undefined);
    await fails(silent.url, /nothing came for 0\.05 s/, { times: { idleMs: 50 } });
    await using stops = await serve((response) => response.write("half"));
    await fails(stops.url, /nothing came for 0\.05 s/, { times: { idleMs: 50 } });
    await using dribbles = await serve((response) => {
      const timer = setInterval(() => response.write("."), 10);
      response.on("close", () => clearInterval(timer));
    });
    await fails(dribbles.url, /it takes longer than 0\.2 s/, { times: { totalMs: 200 } });
  });

  it("is not taken when it is longer than a root slot, announced or not", async () => {
    const long = Buffer.alloc(LIMIT + 1);
    await using site = await serve((response, _, path) => {
      if (path === "/announced") response.writeHead(200, { "content-length": long.length });
      response.write(long.subarray(0, 10));
      response.end(long.subarray(10));
    });
    await fails(`${site.url}/announced`, /it is longer than 100000 bytes/);
    await fails(`${site.url}/chunked`, /it is longer than 100000 bytes/);
    assert.deepEqual(slept, []);
  });

  it("is held against the digest that the config demands, of the unpacked bytes", async () => {
    const packed = gzipSync(MOTD);
    await using site = await serve((response) => response.end(packed));
    const hash = `sha256-${sha256(MOTD).toUpperCase()}`;
    const entry = await fetch(site.url, {
      check: { compression: "gzip", verification: { hash } },
    });
    assert.equal(entry.sha256, sha256(packed));
    assert.deepEqual(entry.verification, [hash.toLowerCase()]);
    await assert.rejects(fetch(site.url, { check: { verification: { hash } } }), {
      code: "SOURCE_CHANGED",
      message: /hash verification failed \(calculated [0-9a-f]{64} but expected/,
    });
    await assert.rejects(
      fetch(`${site.url}/other`, {
        check: { compression: "gzip", verification: { hash: `sha256-${"0".repeat(64)}` } },
      }),
      { code: "SOURCE_CHANGED" },
    );
  });

  it("that unpacks to more than a root slot is not taken", async () => {
    const bomb = gzipSync(Buffer.alloc(10 * LIMIT));
    await using site = await serve((response) => response.end(bomb));
    await assert.rejects(fetch(site.url, { check: { compression: "gzip" } }), {
      code: "SOURCE_CHANGED",
      message: /longer than a root slot/,
    });
  });

  it("that changed since it was locked is refused, but the cache has what was locked", async () => {
    let text = MOTD;
    await using site = await serve((response) => response.end(text));
    const entry = await fetch(site.url);
    for (const other of ["Goodbye\n", "Welcome to something longer\n", "W"]) {
      text = other;
      assert.deepEqual(await fetch(site.url, { locked: [entry] }), entry);
      rmSync(join(cache, "sources"), { recursive: true });
      await assert.rejects(fetch(site.url, { locked: [entry] }), {
        code: "SOURCE_CHANGED",
        message: /no longer gives what the lock names/,
        hint: /remove the address from the lock/,
      });
      text = MOTD;
      await fetch(site.url, { locked: [entry] });
    }
  });

  it("is fetched anew when another digest is demanded than when it was locked", async () => {
    let text = MOTD;
    await using site = await serve((response) => response.end(text));
    const entry = await fetch(site.url);
    text = "Goodbye\n";
    const check = { verification: { hash: `sha256-${sha256(text)}` } };
    assert.equal(cached(await fetch(site.url, { locked: [entry], check })), text);
  });

  it("is fetched anew when somebody changed the cache", async () => {
    await using site = await serve((response) => response.end(MOTD));
    const entry = await fetch(site.url);
    writeFileSync(join(cache, "sources", entry.sha256), "Welcomf\n");
    assert.equal(cached(await fetch(site.url, { locked: [entry] })), MOTD);
  });

  it("comes through the environment's proxy, unless no_proxy names the server", async () => {
    await using proxy = await serve((response, headers, path) =>
      response.end(`${path} for ${headers.host}`),
    );
    await using site = await serve((response) => response.end(MOTD));
    const environment = { http_proxy: proxy.url };
    const through = await fetch("http://files.example/motd", { environment });
    assert.equal(cached(through), "http://files.example/motd for files.example");
    const around = await fetch(site.url, {
      environment: { ...environment, no_proxy: "127.0.0.1" },
    });
    assert.equal(cached(around), MOTD);
    assert.equal(proxy.requests.length, 1);
  });

  it("cannot be had where nobody listens", async () => {
    await fails("http://127.0.0.1:1/", /ECONNREFUSED/);
  });
});
