import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { manualClock } from "@slipway/host/testing";
import {
  DEFAULT_FETCH_LIMITS,
  type FetchLimits,
  type FetchRequest,
  type Mirrors,
  mirrors,
  ReceiverError,
  type ReceiverErrorCode,
  type RepositorySource,
} from "@slipway/receiver";

const FILE = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const PART: FetchRequest = {
  path: "blobs/aa/aa",
  range: { offset: 100, length: 300 },
  mostBytes: 300,
};

/** Gives pieces of 100 bytes; `script` says after how many pieces of each request it fails, and how. */
const sourceWith = (
  name: string,
  script: readonly (readonly [pieces: number, code: ReceiverErrorCode] | undefined)[] = [],
): RepositorySource & { readonly asked: number[] } => {
  const asked: number[] = [];
  return {
    name,
    asked,
    fetch: async function* ({ range }) {
      const failure = script[asked.length];
      const { offset, length } = range ?? { offset: 0, length: FILE.length };
      asked.push(offset);
      for (let at = 0; at < length; at += 100) {
        if (failure !== undefined && at / 100 >= failure[0]) {
          throw new ReceiverError(failure[1], `${name} fails`, { source: name });
        }
        yield FILE.slice(offset + at, offset + Math.min(at + 100, length));
      }
    },
  };
};

interface Fetched {
  readonly bytes: readonly number[];
  readonly logged: readonly string[];
  readonly elapsedMs: number;
}

/** Fetches with a clock that goes on whenever somebody sleeps. */
const fetchFrom = async (
  sources: readonly RepositorySource[],
  request: FetchRequest = PART,
  limits: Partial<FetchLimits> = {},
  fetch: (from: Mirrors) => AsyncIterable<Uint8Array> = (from) => from.fetch(request),
): Promise<Fetched> => {
  const clock = manualClock();
  const logged: string[] = [];
  const from = mirrors(sources, {
    limits: { ...DEFAULT_FETCH_LIMITS, ...limits },
    clock,
    random: () => 0.5,
    log: (message) => void logged.push(message),
  });
  const bytes: number[] = [];
  const run = { isOver: false };
  const fetching = (async () => {
    try {
      for await (const piece of fetch(from)) bytes.push(...piece);
    } finally {
      run.isOver = true;
    }
  })();
  fetching.catch(() => undefined);
  // No test sleeps: a turn of the event loop for whatever can go on, then a tick of the clock.
  while (!run.isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!run.isOver) clock.advance(10);
  }
  await fetching;
  return { bytes, logged, elapsedMs: clock.monotonicMs() };
};

const failing = (code: ReceiverErrorCode) => (error: unknown) =>
  error instanceof ReceiverError && error.code === code;

describe("several mirrors", () => {
  it("are asked in order", async () => {
    const [first, second] = [sourceWith("first"), sourceWith("second")];
    const { bytes, logged } = await fetchFrom([first, second]);
    assert.deepEqual(bytes, [...FILE.subarray(100, 400)]);
    assert.deepEqual([first.asked, second.asked, logged], [[100], [], []]);
  });

  it("go on where another one failed, and its first error alone is logged", async () => {
    const first = sourceWith("first", [
      [1, "UNREACHABLE"],
      [0, "UNREACHABLE"],
    ]);
    const second = sourceWith("second", [[1, "BAD_ANSWER"]]);
    const { bytes, logged } = await fetchFrom([first, second]);
    assert.deepEqual(bytes, [...FILE.subarray(100, 400)]);
    assert.deepEqual([first.asked[0], second.asked[0]], [100, 200]);
    assert.deepEqual(logged, ["UNREACHABLE: first fails", "BAD_ANSWER: second fails"]);
  });

  it("are left alone for longer each time they fail", async () => {
    const once = await fetchFrom([sourceWith("only", [[0, "UNREACHABLE"]])]);
    const thrice = await fetchFrom([
      sourceWith("only", [
        [0, "UNREACHABLE"],
        [0, "UNREACHABLE"],
        [0, "UNREACHABLE"],
      ]),
    ]);
    assert.ok(once.elapsedMs >= 500 && once.elapsedMs < 700, `${once.elapsedMs} ms`);
    assert.ok(thrice.elapsedMs >= 3500 && thrice.elapsedMs < 4000, `${thrice.elapsedMs} ms`);
  });

  it("are given up when they fail again and again", async () => {
    const never = Array.from({ length: 50 }, () => [0, "UNREACHABLE"] as const);
    await assert.rejects(fetchFrom([sourceWith("only", never)]), failing("UNREACHABLE"));
  });

  it("do not have a file when none of them has it", async () => {
    const gone = [[0, "NOT_FOUND"]] as const;
    const sources = [sourceWith("first", gone), sourceWith("second", gone)];
    await assert.rejects(fetchFrom(sources), failing("NOT_FOUND"));
    assert.deepEqual(
      sources.map(({ asked }) => asked.length),
      [1, 1],
    );
  });

  it("give a file of unknown length from one of them alone", async () => {
    const whole: FetchRequest = { path: "metadata/timestamp.json", mostBytes: 2000 };
    const [first, second] = [sourceWith("first", [[5, "UNREACHABLE"]]), sourceWith("second")];
    const { bytes } = await fetchFrom([first, second], whole);
    assert.deepEqual(bytes, [...FILE]);
    assert.deepEqual(second.asked, [0]);
  });

  it("are avoided where that is asked for and another one is there", async () => {
    const [first, second] = [sourceWith("first"), sourceWith("second")];
    await fetchFrom([first, second], PART, {}, async function* (from) {
      for await (const { bytes, source } of from.fetchPieces(PART, new Set(["first"]))) {
        assert.equal(source, "second");
        yield bytes;
      }
    });
    assert.deepEqual(first.asked, []);
  });
});

describe("waiting for a mirror", () => {
  const silentAfter = (pieces: number, everyMs: number, clockless: boolean): RepositorySource => ({
    name: "slow",
    fetch: async function* ({ signal }) {
      for (let i = 0; ; i += 1) {
        if (i >= pieces && clockless) {
          await new Promise((_, reject) => {
            signal?.addEventListener("abort", () => reject(new Error("aborted")));
          });
        }
        yield FILE.slice(0, Math.max(1, everyMs));
      }
    },
  });

  it("ends when it is silent", async () => {
    const second = sourceWith("second");
    const { bytes, logged, elapsedMs } = await fetchFrom([silentAfter(1, 1, true), second]);
    assert.equal(bytes.length, 300);
    assert.deepEqual(second.asked, [101]);
    assert.match(logged[0] ?? "", /TOO_SLOW: slow is too slow: silent for 30 s/);
    assert.ok(elapsedMs >= 30_000 && elapsedMs < 31_000);
  });

  it("ends although the mirror takes no notice", async () => {
    const deaf: RepositorySource = {
      name: "deaf",
      fetch: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
      }),
    };
    const { bytes } = await fetchFrom([deaf, sourceWith("second")]);
    assert.equal(bytes.length, 300);
  });

  it("ends when nobody wants the file any more", async () => {
    const controller = new AbortController();
    const run = fetchFrom([silentAfter(0, 1, true)], { ...PART, signal: controller.signal });
    controller.abort();
    await assert.rejects(run, failing("ABORTED"));
  });
});

describe("a bandwidth cap", () => {
  it("holds to within a tenth", async () => {
    const megabyte = 2 ** 20;
    const fast: RepositorySource = {
      name: "fast",
      fetch: async function* ({ range }) {
        for (let at = 0; at < (range?.length ?? 0); at += 65_536) yield new Uint8Array(65_536);
      },
    };
    const request = {
      path: "blobs/aa/aa",
      range: { offset: 0, length: 4 * megabyte },
      mostBytes: 4 * megabyte,
    };
    for (const bytesPerSecond of [65_536, megabyte]) {
      const { elapsedMs, bytes } = await fetchFrom([fast], request, { bytesPerSecond });
      const rate = bytes.length / (elapsedMs / 1000);
      assert.ok(Math.abs(rate / bytesPerSecond - 1) < 0.1, `${rate} of ${bytesPerSecond}`);
    }
  });

  it("is no lower than what a request can live with", () => {
    const limits = { ...DEFAULT_FETCH_LIMITS, bytesPerSecond: 100 };
    const options = { limits, clock: manualClock(), random: () => 0, log: () => undefined };
    assert.throws(() => mirrors([sourceWith("only")], options), RangeError);
    assert.throws(() => mirrors([], options), RangeError);
  });
});
