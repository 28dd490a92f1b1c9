/** What a node's look at its repository costs the network when there is nothing new: counted at the socket of real servers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { tasksOf } from "@slipway/agent";
import { refreshRepository, serveRepository } from "@slipway/composer";
import { type Counted, countingRelay, scriptedExec } from "@slipway/host/testing";
import { before, describe, it } from "mocha";
import { makeNodeFiles, NOTHING_HAPPENED } from "../support/node-files.ts";
import { type Served, startNginx } from "../support/nginx.ts";
import { requireRoot, scratchDirectory } from "../support/release.ts";
import { makeRepository, stable, type TestRepository } from "../support/repository.ts";
import { requireTools } from "../support/require-tools.ts";
import { makeTinyRelease } from "../support/tiny-release.ts";

/** Requests and answers, headers included; plain HTTP, so without what TLS adds. */
const MOST_BYTES = 5000;
const DAY_SECONDS = 86_400;

describe("a look at a repository that has nothing new", function () {
  this.timeout("5m");
  requireRoot();
  const scratch = scratchDirectory("agent-check-bytes");
  let repository: TestRepository;
  let running = "";

  before("publish two releases", async () => {
    repository = await makeRepository(scratch);
    for (const version of ["2026.11.1", "2026.11.2"]) {
      running = await makeTinyRelease(path.join(scratch, "out"), { version });
      await repository.publish([running], { channel: stable });
    }
  });

  /** What each look costs, of an agent that is started anew for it. */
  const lookerAt = (name: string, port: number): (() => Promise<void>) => {
    const root = readFileSync(path.join(repository.repo, "metadata/1.root.json"));
    const node = makeNodeFiles(path.join(scratch, name), running, root);
    const context = node.context({
      repository: `http://127.0.0.1:${port}/`,
      clock: repository.clock,
      log: () => undefined,
      exec: scriptedExec([]),
      carried: async () => undefined,
    });
    return async () => {
      const request = { take: "by-itself" } as const;
      const outcome = await tasksOf(context).check({ kind: "check", request }, NOTHING_HAPPENED);
      assert.ok(outcome.kind === "none" && outcome.blocker.code === "up-to-date");
    };
  };

  const kept = ({ asked, answered, connections }: Counted): void => {
    assert.ok(
      asked > 100 && answered > 300,
      `${asked} and ${answered} bytes: was it asked at all?`,
    );
    assert.ok(asked + answered <= MOST_BYTES, `${asked} bytes were asked, ${answered} answered`);
    // Over TLS each one would cost about as much as all that is said here.
    assert.equal(connections, 1);
  };

  const servers: readonly (readonly [string, () => Promise<Served>])[] = [
    [
      "slipway repo serve",
      () => serveRepository({ repo: repository.repo, host: "127.0.0.1", port: 0 }),
    ],
    ["nginx", () => startNginx(path.join(scratch, "nginx"), repository.repo)],
  ];
  for (const [name, start] of servers) {
    describe(`behind ${name}`, () => {
      if (name === "nginx") requireTools("nginx");

      it(`costs at most ${MOST_BYTES} bytes, and so does the first one after the day's refresh`, async () => {
        await using server = await start();
        await using relay = await countingRelay(server.port);
        const look = lookerAt(name, relay.port);
        await look();
        relay.counted();
        await look();
        kept(relay.counted());
        repository.clock.advance(DAY_SECONDS * 1000);
        const { keyring, clock } = repository;
        await refreshRepository(
          repository.repo,
          keyring,
          ["online", "snapshot", "timestamp"],
          clock,
        );
        await look();
        kept(relay.counted());
      });
    });
  }
});
