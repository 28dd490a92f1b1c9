import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  directorySource,
  type FetchRequest,
  httpSource,
  ReceiverError,
  type ReceiverErrorCode,
  type RepositorySource,
} from "@slipway/receiver";
import { isPrivateAddress } from "../../src/fetch/private-address.ts";
import { localServer } from "../../../../test/support/local-server.ts";

const FILE = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
const WHOLE: FetchRequest = { path: "blobs/aa/file", mostBytes: 5000 };
const PART: FetchRequest = { ...WHOLE, range: { offset: 1000, length: 300 } };

const read = async (source: RepositorySource, request: FetchRequest): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.fetch(request)) pieces.push(piece);
  return Buffer.concat(pieces);
};

const failing = (code: ReceiverErrorCode, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ReceiverError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Runs `use` with a source on a server that answers so. */
const withServer = async (
  handler: Handler,
  use: (source: RepositorySource, url: string) => Promise<void>,
): Promise<void> => {
  await using server = await localServer(handler);
  const url = `${server.url}/repo`;
  await use(httpSource(url, { userAgent: "slipway-test" }), url);
};

const send =
  (status: number, headers: Readonly<Record<string, string | number>>, body: Uint8Array): Handler =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

describe("a repository behind a web server", () => {
  it("gives a file, and a part of it by one range", async () => {
    const asked: string[] = [];
    const handler: Handler = (request, response) => {
      asked.push(`${request.url} ${request.headers.range}`);
      if (request.headers.range === undefined) response.end(FILE);
      else {
        response.writeHead(206, { "Content-Range": "bytes 1000-1299/5000" });
        response.end(FILE.subarray(1000, 1300));
      }
    };
    await withServer(handler, async (source) => {
      assert.ok((await read(source, WHOLE)).equals(FILE));
      assert.ok((await read(source, PART)).equals(FILE.subarray(1000, 1300)));
    });
    assert.deepEqual(asked, [
      "/repo/blobs/aa/file undefined",
      "/repo/blobs/aa/file bytes=1000-1299",
    ]);
  });

  it("keeps its connection", async () => {
    const ports = new Set<number | undefined>();
    const handler: Handler = (request, response) => {
      ports.add(request.socket.remotePort);
      response.writeHead(206, { "Content-Range": "bytes 1000-1299/5000", "Content-Length": 300 });
      response.end(FILE.subarray(1000, 1300));
    };
    await withServer(handler, async (source) => {
      for (let i = 0; i < 3; i += 1) {
        await read(source, PART);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    assert.equal(ports.size, 1);
  });

  for (const [excuse, connections] of [
    [153, 1],
    [5000, 2],
  ] as const)
    it(`${connections === 1 ? "keeps" : "loses"} its connection when it says at a length of ${excuse} bytes what it has not`, async () => {
      const ports = new Set<number | undefined>();
      const handler: Handler = (request, response) => {
        ports.add(request.socket.remotePort);
        const isThere = ports.size === connections && request.url?.endsWith("file") === true;
        response.writeHead(isThere ? 200 : 404, { "Content-Length": isThere ? 5000 : excuse });
        response.end(FILE.subarray(0, isThere ? 5000 : excuse));
      };
      await withServer(handler, async (source) => {
        await assert.rejects(read(source, { ...WHOLE, path: "blobs/aa/other" }), {
          code: "NOT_FOUND",
        });
        await new Promise((resolve) => setImmediate(resolve));
        assert.ok((await read(source, WHOLE)).equals(FILE));
      });
      assert.equal(ports.size, connections);
    });

  it("may send all of a short file where a part was asked for", () =>
    withServer(send(200, { "Content-Length": 5000 }, FILE), async (source) => {
      assert.ok((await read(source, PART)).equals(FILE.subarray(1000, 1300)));
    }));

  for (const [what, handler, request, code, message] of [
    ["no such file", send(404, {}, FILE), WHOLE, "NOT_FOUND", /does not have blobs/],
    ["an error", send(503, {}, FILE), WHOLE, "UNREACHABLE", /answers 503/],
    ["a file that may not be had", send(403, {}, FILE), WHOLE, "NOT_FOUND", /does not have blobs/],
    ["a refusal", send(401, {}, FILE), WHOLE, "BAD_ANSWER", /status 401/],
    [
      "a longer file than may be",
      send(200, {}, FILE),
      { ...WHOLE, mostBytes: 4999 },
      "TOO_LARGE",
      /more than 4999/,
    ],
    [
      "a longer body than it announces",
      send(200, { "Transfer-Encoding": "chunked" }, FILE),
      { ...WHOLE, mostBytes: 4999 },
      "TOO_LARGE",
      /more than 4999/,
    ],
    [
      "another part",
      send(206, { "Content-Range": "bytes 0-299/5000" }, FILE.subarray(0, 300)),
      PART,
      "BAD_ANSWER",
      /another part/,
    ],
    [
      "a longer part than it says",
      send(206, { "Content-Range": "bytes 1000-1299/5000" }, FILE.subarray(0, 400)),
      PART,
      "BAD_ANSWER",
      /announces 300 bytes/,
    ],
    [
      "a shorter part than it says",
      send(206, { "Content-Range": "bytes 1000-1299/5000" }, FILE.subarray(0, 200)),
      PART,
      "BAD_ANSWER",
      /sends only 200/,
    ],
    [
      "several parts",
      send(206, { "Content-Type": "multipart/byteranges" }, FILE),
      PART,
      "BAD_ANSWER",
      /another part/,
    ],
    ["a part that nobody asked for", send(206, {}, FILE), WHOLE, "BAD_ANSWER", /a part/],
    [
      "all of a long file where a part was asked for",
      send(200, { "Content-Length": 9_000_000 }, FILE),
      PART,
      "BAD_ANSWER",
      /whole file/,
    ],
    [
      "a compressed body",
      send(200, { "Content-Encoding": "gzip" }, FILE),
      WHOLE,
      "BAD_ANSWER",
      /encoding/,
    ],
    [
      "a redirect to a file",
      send(302, { Location: "file:///etc/shadow" }, FILE),
      WHOLE,
      "BAD_ANSWER",
      /no http/,
    ],
    [
      "redirects without end",
      send(302, { Location: "/again" }, FILE),
      WHOLE,
      "BAD_ANSWER",
      /more than 5 times/,
    ],
  ] as const) {
    it(`is refused when it sends ${what}`, () =>
      withServer(handler, async (source) => {
        await assert.rejects(read(source, request), failing(code, message));
      }));
  }

  it("may redirect", () =>
    withServer(
      (request, response) => {
        if (request.url === "/elsewhere") response.end(FILE);
        else response.writeHead(307, { Location: "/elsewhere" }).end();
      },
      async (source) => {
        assert.ok((await read(source, WHOLE)).equals(FILE));
      },
    ));

  it("is no source when nobody listens, and no web server when its address is none", async () => {
    const nobody = httpSource("http://127.0.0.1:1/", { userAgent: "slipway-test" });
    await assert.rejects(read(nobody, WHOLE), failing("UNREACHABLE", /127.0.0.1:1/));
    assert.throws(() => httpSource("file:///srv", { userAgent: "slipway-test" }), TypeError);
  });

  it("is named without its password", () => {
    const { name } = httpSource("http://me:secret@example.com/repo", { userAgent: "slipway-test" });
    assert.equal(name, "http://example.com/repo/");
  });

  it("is asked through the proxy that the environment names", () =>
    withServer(send(200, {}, FILE), async (_, url) => {
      const environment = { http_proxy: new URL(url).origin };
      const source = httpSource("http://repository.invalid/", {
        userAgent: "slipway-test",
        environment,
      });
      assert.ok((await read(source, WHOLE)).equals(FILE));
    }));
});

describe("addresses that lead inward", () => {
  it("are told from others in all spellings", () => {
    const inward = [
      "127.0.0.1",
      "10.1.2.3",
      "192.168.0.1",
      "169.254.169.254",
      "::1",
      "fe80::1",
      "fd00::1",
      "::ffff:10.0.0.1",
      "0.0.0.0",
    ];
    const outward = ["1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "example.com"];
    assert.deepEqual(
      inward.filter((address) => !isPrivateAddress(address)),
      [],
    );
    assert.deepEqual(outward.filter(isPrivateAddress), []);
  });
});

describe("a repository in a directory", () => {
  let directory: string;
  let source: RepositorySource;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "slipway-source-"));
    await mkdir(path.join(directory, "repo/blobs/aa"), { recursive: true });
    await writeFile(path.join(directory, "repo/blobs/aa/file"), FILE);
    await writeFile(path.join(directory, "secret"), "secret");
    source = directorySource(path.join(directory, "repo"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("gives a file, and a part of it", async () => {
    assert.ok((await read(source, WHOLE)).equals(FILE));
    assert.ok((await read(source, PART)).equals(FILE.subarray(1000, 1300)));
  });

  it("takes links within it", async () => {
    await symlink("aa/file", path.join(directory, "repo/blobs/link"));
    assert.ok((await read(source, { ...WHOLE, path: "blobs/link" })).equals(FILE));
  });

  it("gives nothing from outside of it, and nothing that is no file", async () => {
    await symlink("../../secret", path.join(directory, "repo/blobs/link"));
    for (const [name, code] of [
      ["blobs/link", "BAD_ANSWER"],
      ["blobs/aa", "BAD_ANSWER"],
      ["../secret", "NOT_FOUND"],
      ["/etc/passwd", "NOT_FOUND"],
      ["blobs//aa", "NOT_FOUND"],
      ["blobs/none", "NOT_FOUND"],
    ] as const) {
      await assert.rejects(read(source, { ...WHOLE, path: name }), failing(code, /./));
    }
  });

  it("is held to sizes and ranges", async () => {
    await assert.rejects(read(source, { ...WHOLE, mostBytes: 4999 }), failing("TOO_LARGE", /4999/));
    const beyond = { ...WHOLE, range: { offset: 4900, length: 200 } };
    await assert.rejects(read(source, beyond), failing("BAD_ANSWER", /only 5000 bytes/));
  });
});
