/** The demonstration, held to its word: the command that people run, and the document that it leaves. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { type DemoReport, runDemo, type SceneReport, silentProgress } from "@slipway/composer";
import { linuxClock, linuxExec } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import { it } from "mocha";
import { definitionIo } from "./definition-io.ts";
import { CACHE, SLIPWAY } from "./release.ts";

const BASE = path.resolve(import.meta.dirname, "../../images/base.yaml");

/** Looks at the repository that a node has to get over after its rollback without taking the release again. */
export const IDLE_POLLS = 50;

/** Of what the command said, in characters: a node's last words and its console's are in it. */
const LAST_WORDS = 16_384;

/** Runs `slipway demo` with its story on our own standard error: CI's log is to have it, and a failure's end of it once more. */
export const watchDemo = (...options: readonly string[]): Promise<DemoReport> =>
  new Promise((resolve, reject) => {
    const [program, ...args] = SLIPWAY;
    const child = spawn(program, [...args, "demo", "--json", ...options], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let document = "";
    let story = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      process.stderr.write(text);
      story = (story + text).slice(-LAST_WORDS);
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => (document += text));
    child.once("error", reject);
    child.once("close", (status) => {
      const report: unknown = status === 0 ? JSON.parse(document) : undefined;
      if (isReport(report)) resolve(report);
      else reject(new Error(`slipway demo ended with status ${status}:\n${story}`));
    });
  });

/** The same at its shortest: an upgrade, a refused release and a rollback, of releases that have the same packages. */
export const watchBriefDemo = async (
  architecture: Architecture,
  idlePolls: number,
): Promise<DemoReport> =>
  runDemo({
    ...{ architecture, base: await readFile(BASE, "utf8"), pollSeconds: 2, sameDay: true },
    telling: { idlePolls, short: true },
    ...{ cache: CACHE, exec: linuxExec, clock: linuxClock, progress: silentProgress },
    ...{ definitions: definitionIo, environment: process.env },
    onScene: ({ title, seconds }) => process.stderr.write(`${title}: ${seconds} s\n`),
  });

/** The document of our own command: its type is what the command's tests hold it to. */
const isReport = (value: unknown): value is DemoReport =>
  typeof value === "object" && value !== null && "scenes" in value && "releases" in value;

export const sceneOf = (report: DemoReport, id: SceneReport["id"]): SceneReport => {
  const found = report.scenes.find((scene) => scene.id === id);
  assert.ok(found, `no scene ${id}`);
  return found;
};

/** What came into the history, without those that the clock of the story decides. */
const happened = ({ history }: SceneReport): readonly string[] =>
  history.map(({ kind, version }) => `${kind} ${version ?? ""}`.trim());

/** What every telling has. @param polls of the node after its rollback */
export const upgrades = (report: () => DemoReport, polls: number): void => {
  it("goes from release 1 to release 2 by delta, for a tenth of what the release has", () => {
    const { traffic, status, history } = sceneOf(report(), "upgrade");
    const [, second] = report().releases;
    assert.ok(second !== undefined && second.deltaBytes > 0);
    // What the server sent, headers and all, and not one byte of the images themselves.
    assert.ok(traffic.bytes.delta >= second.deltaBytes);
    assert.ok(traffic.bytes.delta < second.deltaBytes * 1.05 + HEADERS);
    assert.equal(traffic.bytes.full, 0);
    assert.ok(second.deltaBytes < second.bytes / 10);
    assert.equal(status.rollback, "1");
    assert.ok(history.some(({ kind, version }) => kind === "good" && version === "2"));
  });

  it("goes back with one command, fetches nothing for it, and takes nothing again", () => {
    const { traffic, idle, status, history } = sceneOf(report(), "rollback");
    const { bytes } = traffic;
    assert.deepEqual([bytes.delta, bytes.index, bytes.full], [0, 0, 0]);
    assert.ok(idle !== undefined && idle.polls >= polls);
    assert.deepEqual([status.version, status.forbidden], ["1", ["2"]]);
    assert.ok(
      history.some(
        ({ kind, version, reason }) =>
          kind === "rolled-back" && version === "2" && reason === "the demonstration says so",
      ),
    );
  });

  it("refuses a release whose health check fails, and is back at once", () => {
    const unhealthy = sceneOf(report(), "unhealthy");
    assert.equal(unhealthy.resets, 2);
    assert.ok(happened(unhealthy).includes("failed 3"), happened(unhealthy).join(", "));
  });
};

/** What the whole of it has beyond that. */
export const survives = (report: () => DemoReport): void => {
  it("is back after three tries of a release that panics, and never tries it again", () => {
    const panics = sceneOf(report(), "panics");
    assert.equal(panics.resets, 4);
    assert.ok(happened(panics).includes("failed 4"), happened(panics).join(", "));
  });

  it("is back from a release whose agent does not start, without the agent's help", () => {
    const silent = sceneOf(report(), "silent");
    assert.equal(silent.resets, 4);
    assert.deepEqual(silent.status.forbidden, ["3", "5"]);
  });
};

/** Of two answers, which are most of what is sent on a day without updates of packages. */
const HEADERS = 4096;
