/** A repository with keys, a server and clients, at a time that the test moves. */
import { readdirSync, readFileSync, renameSync } from "node:fs";
import path from "node:path";
import {
  ensureRepository,
  initKeys,
  type Keyring,
  type NewKeys,
  openKeys,
  type TargetChange,
} from "@slipway/composer";
import { type Clock, linuxExec } from "@slipway/host";
import { manualClock, type ManualClock } from "@slipway/host/testing";
import { serveFiles, type TufClient, tufClient } from "./tuf-client.ts";

export const release = (version: string): TargetChange => ({
  path: `releases/base/${version}/x86_64.json`,
  bytes: Buffer.from(`release ${version}`),
  custom: { slipway: { version } },
});

export const channel = (text: string): TargetChange => ({
  path: "channels/base/stable.json",
  bytes: Buffer.from(text),
});

export const DAY_MS = 86_400_000;

export interface Drill extends AsyncDisposable {
  readonly repository: string;
  readonly keyDirectory: string;
  readonly clock: ManualClock;
  readonly url: string;
  /** As they are now: rotations replace them. */
  readonly keys: () => Keyring;
  readonly keep: (keys: Keyring) => void;
  /** A client that is new to the repository and begins with its first root. */
  readonly client: () => TufClient;
  /** Takes the private keys of roles away, as on a machine that does not have them. */
  readonly hide: (...roles: readonly string[]) => void;
}

export const signingHost = { exec: linuxExec, environment: {} } as const;

const WISHES: NewKeys = {
  algorithm: "ed25519",
  images: ["base"],
  rootKeys: 1,
  rootThreshold: 1,
  external: [],
};

/** A drill on a repository and keys that are there: `repository` and `keys` below the directory. */
export const attachDrill = async (directory: string, clock: ManualClock): Promise<Drill> => {
  const repository = path.join(directory, "repository");
  const keyDirectory = path.join(directory, "keys");
  const firstRoot = readFileSync(path.join(repository, "metadata/1.root.json"));
  let keys = await openKeys(keyDirectory, signingHost);
  const server = await serveFiles(repository);
  return {
    repository,
    keyDirectory,
    clock,
    url: server.url,
    keys: () => keys,
    keep: (next) => {
      keys = next;
    },
    client: () => tufClient(directory, server.url, firstRoot),
    hide: (...roles) => {
      for (const name of readdirSync(keyDirectory))
        if (roles.some((role) => name.startsWith(`${role}-`) && !name.endsWith(".pub.pem")))
          renameSync(path.join(keyDirectory, name), path.join(directory, name));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};

/** A drill on a new repository with new keys. */
export const openDrill = async (
  directory: string,
  wishes: Partial<NewKeys> = {},
  clock: ManualClock = manualClock(new Date("2026-06-01T00:00:00Z")),
): Promise<Drill> => {
  const host = { ...signingHost, clock: clock satisfies Pick<Clock, "now"> };
  const { keyring } = await initKeys(path.join(directory, "keys"), { ...WISHES, ...wishes }, host);
  await ensureRepository(path.join(directory, "repository"), keyring, clock);
  return attachDrill(directory, clock);
};
