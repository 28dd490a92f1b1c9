/**
 * How the daemon and its helper units talk: files in a directory of root's own, one task at a time. Each is written beside its name and
 * renamed, so that nobody reads half of one, and decoded strictly: the two ends are always of one release.
 */
import { randomBytes } from "node:crypto";
import { open, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@slipway/host";
import type { CheckOutcome, LeaseOutcome, Outcome } from "../engine/ports.ts";
import type { Failure } from "../errors.ts";
import { ASKED_POINTS } from "../hooks/point.ts";
import type { Blocker } from "../machine/event.ts";
import type { CheckRequest, LeaseEffect, TaskEffect } from "../machine/effect.ts";
import { LOCK_GROUP, type LockServer } from "../machine/lease.ts";
import type { ReleaseRef, OfferedRelease } from "../machine/release.ts";

export const TASK_SCHEMA = 1;
const MAX_BYTES: number = 64 * 1024;

/** The effects that another process does. */
export type UnitEffect = Exclude<TaskEffect, { readonly kind: "reboot" }> | LeaseEffect;

/** A fresh id for an order. */
export const newId = (): string => randomBytes(16).toString("hex");

export interface TaskOrder {
  /** Repeated in the answer: an answer to something else is none. */
  readonly id: string;
  readonly effect: UnitEffect;
}

export interface TaskAnswer {
  readonly id: string;
  readonly outcome: Outcome | CheckOutcome | LeaseOutcome;
}

/** How far a task is, for whoever asks meanwhile. */
export interface Progress {
  readonly task: string;
  readonly message: string;
  readonly doneBytes?: number;
  readonly totalBytes?: number;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const text = (value: unknown, pattern: RegExp): string | undefined =>
  typeof value === "string" && pattern.test(value) ? value : undefined;

const count = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

const VERSION = /^[0-9A-Za-z._~^+-]{1,128}$/;
const ROOTHASH = /^[0-9a-f]{64}$/;
const ID = /^[0-9a-f]{16,64}$/;
const CODE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const LINE = /^[^]{1,4000}$/;
const ADDRESS = /^https?:\/\/[^\s\p{Cc}]{1,2048}$/u;
const PATH = /^\/[^\0]{0,4095}$/;

const releaseRef = (value: unknown): ReleaseRef | undefined => {
  if (!isRecord(value)) return undefined;
  const [version, roothash] = [text(value["version"], VERSION), text(value["roothash"], ROOTHASH)];
  return version === undefined || roothash === undefined ? undefined : { version, roothash };
};

const offered = (value: unknown): OfferedRelease | undefined => {
  const release = releaseRef(value);
  const securityEpoch = isRecord(value) ? count(value["securityEpoch"]) : undefined;
  return release === undefined || securityEpoch === undefined
    ? undefined
    : { ...release, securityEpoch };
};

const checkRequest = (value: unknown): CheckRequest | undefined => {
  if (!isRecord(value)) return undefined;
  const { take } = value;
  if (take !== "by-hand" && take !== "by-itself" && take !== "not") return undefined;
  const [only, from] = [text(value["only"], VERSION), text(value["from"], PATH)];
  if (
    (value["only"] !== undefined && only === undefined) ||
    (value["from"] !== undefined && from === undefined) ||
    (value["skipHooks"] !== undefined && value["skipHooks"] !== true)
  )
    return undefined;
  return {
    take,
    ...(only === undefined ? {} : { only }),
    ...(from === undefined ? {} : { from }),
    ...(value["skipHooks"] === true ? { skipHooks: true } : {}),
  };
};

const lockServer = (value: unknown): LockServer | undefined => {
  if (!isRecord(value)) return undefined;
  const [address, group] = [text(value["address"], ADDRESS), text(value["group"], LOCK_GROUP)];
  return address === undefined || group === undefined ? undefined : { address, group };
};

const hooksEffect = (value: Readonly<Record<string, unknown>>): UnitEffect | undefined => {
  const { point: name, reason, byHand } = value;
  const [release, point] = [releaseRef(value["release"]), ASKED_POINTS.find((one) => one === name)];
  if (release === undefined || point === undefined || typeof byHand !== "boolean") return undefined;
  if (reason !== "update" && reason !== "rollback") return undefined;
  return { kind: "hooks", point, release, reason, byHand };
};

const effectOf = (value: unknown): UnitEffect | undefined => {
  if (!isRecord(value)) return undefined;
  const { kind, release, target, from, before } = value;
  switch (kind) {
    case "check": {
      const request = checkRequest(value["request"]);
      return request === undefined ? undefined : { kind, request };
    }
    case "preflight": {
      const found = offered(release);
      return found === undefined || (before !== "stage" && before !== "finalize")
        ? undefined
        : { kind, before, release: found };
    }
    case "hooks":
      return hooksEffect(value);
    case "sessions": {
      const found = releaseRef(release);
      return found === undefined ? undefined : { kind, release: found };
    }
    case "warn": {
      const [found, minutes] = [releaseRef(release), count(value["minutes"])];
      return found === undefined || minutes === undefined
        ? undefined
        : { kind, release: found, minutes };
    }
    case "stage": {
      const [found, source] = [offered(release), text(from, PATH)];
      if (found === undefined || (from !== undefined && source === undefined)) return undefined;
      return { kind, release: found, ...(source === undefined ? {} : { from: source }) };
    }
    case "finalize": {
      const found = offered(release);
      return found === undefined ? undefined : { kind, release: found };
    }
    case "discard": {
      const found = releaseRef(release);
      return found === undefined ? undefined : { kind, release: found };
    }
    case "rollback": {
      const [to, left] = [releaseRef(target), releaseRef(from)];
      return to === undefined || left === undefined ? undefined : { kind, target: to, from: left };
    }
    case "take-lease":
    case "return-lease": {
      const server = lockServer(value["server"]);
      return server === undefined ? undefined : { kind, server };
    }
    default:
      return undefined;
  }
};

export const decodeOrder = (value: unknown): TaskOrder | undefined => {
  if (!isRecord(value) || value["schema"] !== TASK_SCHEMA) return undefined;
  const [id, effect] = [text(value["id"], ID), effectOf(value["effect"])];
  return id === undefined || effect === undefined ? undefined : { id, effect };
};

const failureOf = (value: unknown): Failure | undefined => {
  if (!isRecord(value)) return undefined;
  const [code, message] = [text(value["code"], CODE), text(value["message"], LINE)];
  if (code === undefined || message === undefined) return undefined;
  const hint = text(value["hint"], LINE);
  return { code, message, ...(hint === undefined ? {} : { hint }) };
};

const blockerOf = (value: unknown): Blocker | undefined => {
  const failure = failureOf(value);
  if (failure === undefined || !isRecord(value)) return undefined;
  const [version, clearsAt] = [text(value["version"], VERSION), count(value["clearsAt"])];
  return {
    ...failure,
    ...(version === undefined ? {} : { version }),
    ...(clearsAt === undefined ? {} : { clearsAt }),
  };
};

const outcomeOf = (value: unknown): TaskAnswer["outcome"] | undefined => {
  if (!isRecord(value)) return undefined;
  switch (value["kind"]) {
    case "done":
      return { kind: "done" };
    case "offer": {
      const release = offered(value["release"]);
      return release === undefined ? undefined : { kind: "offer", release };
    }
    case "none": {
      const blocker = blockerOf(value["blocker"]);
      return blocker === undefined ? undefined : { kind: "none", blocker };
    }
    case "failed": {
      const failure = failureOf(value);
      if (failure === undefined) return undefined;
      const retryAfterSeconds = count(value["retryAfterSeconds"]);
      return {
        kind: "failed",
        ...failure,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      };
    }
    default:
      return undefined;
  }
};

export const decodeAnswer = (value: unknown): TaskAnswer | undefined => {
  if (!isRecord(value) || value["schema"] !== TASK_SCHEMA) return undefined;
  const [id, outcome] = [text(value["id"], ID), outcomeOf(value["outcome"])];
  return id === undefined || outcome === undefined ? undefined : { id, outcome };
};

export const decodeProgress = (value: unknown): Progress | undefined => {
  if (!isRecord(value) || value["schema"] !== TASK_SCHEMA) return undefined;
  const [task, message] = [text(value["task"], CODE), text(value["message"], LINE)];
  if (task === undefined || message === undefined) return undefined;
  const [doneBytes, totalBytes] = [count(value["doneBytes"]), count(value["totalBytes"])];
  return {
    task,
    message,
    ...(doneBytes === undefined ? {} : { doneBytes }),
    ...(totalBytes === undefined ? {} : { totalBytes }),
  };
};

/** The value of a JSON file; nothing where there is none, or none that can be read. */
const readJson = async (file: string): Promise<unknown> => {
  try {
    await using handle = await open(file, "r");
    const bytes = Buffer.alloc(MAX_BYTES + 1);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    if (bytesRead > MAX_BYTES) return undefined;
    const value: unknown = JSON.parse(bytes.toString("utf8", 0, bytesRead));
    return value;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const writeJson = async (file: string, value: object): Promise<void> => {
  const fresh = `${file}.new`;
  await writeFile(fresh, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  await rename(fresh, file);
};

/** The files of tasks in a directory in memory: what is in them does not outlast a boot, and need not. */
export interface TaskFiles {
  readonly order: () => Promise<TaskOrder | undefined>;
  /** The answer and the progress of the task before are gone when it resolves. */
  readonly giveOrder: (order: TaskOrder) => Promise<void>;
  readonly answer: () => Promise<TaskAnswer | undefined>;
  readonly giveAnswer: (answer: TaskAnswer) => Promise<void>;
  readonly progress: () => Promise<Progress | undefined>;
  /** Nothing: no task is under way. */
  readonly tellProgress: (progress: Progress | undefined) => Promise<void>;
}

export const taskFiles = (directory: string): TaskFiles => {
  const at = (name: string): string => path.join(directory, name);
  const [orderFile, answerFile, progressFile] = [
    at("task.json"),
    at("result.json"),
    at("progress.json"),
  ];
  return {
    order: async () => decodeOrder(await readJson(orderFile)),
    giveOrder: async (order) => {
      await rm(answerFile, { force: true });
      await rm(progressFile, { force: true });
      await writeJson(orderFile, { schema: TASK_SCHEMA, ...order });
    },
    answer: async () => decodeAnswer(await readJson(answerFile)),
    giveAnswer: (answer) => writeJson(answerFile, { schema: TASK_SCHEMA, ...answer }),
    progress: async () => decodeProgress(await readJson(progressFile)),
    tellProgress: (progress) =>
      progress === undefined
        ? rm(progressFile, { force: true })
        : writeJson(progressFile, { schema: TASK_SCHEMA, ...progress }),
  };
};
