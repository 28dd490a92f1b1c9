/** A TUF client that is none of ours, tuf-js over HTTP, at times that the test chooses. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TargetFile, Updater } from "tuf-js";
import { type LocalServer, localServer } from "./local-server.ts";

/** Serves the files of a directory, as a plain web server does. */
export const serveFiles = (directory: string): Promise<LocalServer> =>
  localServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname);
    try {
      response.end(readFileSync(path.join(directory, path.posix.normalize(name))));
    } catch {
      response.writeHead(404).end();
    }
  });

export interface TufClient {
  /** What the repository says of a file at this time; nothing when nobody lists it. */
  readonly find: (target: string, now: Date) => Promise<TargetFile | undefined>;
  /** The text of a file, checked by the client. */
  readonly read: (target: string, now: Date) => Promise<string | undefined>;
  /** Where it keeps what it trusts. */
  readonly directory: string;
}

/** A client that begins with this root, or goes on in a directory where one was. It keeps what it saw from one question to the next, as a node does. */
export const tufClient = (
  scratch: string,
  url: string,
  root: Uint8Array,
  directory: string = mkdtempSync(path.join(scratch, "client-")),
): TufClient => {
  const targetDir = path.join(directory, "targets");
  mkdirSync(targetDir, { recursive: true });
  const rootFile = path.join(directory, "root.json");
  if (!existsSync(rootFile)) writeFileSync(rootFile, root);
  const updaterAt = (now: Date): Updater => {
    const updater = new Updater({
      metadataDir: directory,
      metadataBaseUrl: `${url}/metadata`,
      targetDir,
      targetBaseUrl: `${url}/targets`,
      config: { fetchRetries: 0, fetchTimeout: 10_000 },
    });
    // tuf-js takes its own clock, and keeps what it read there in a private place.
    const { trustedSet } = updater as unknown as { readonly trustedSet: { referenceTime: Date } };
    if (!(trustedSet.referenceTime instanceof Date))
      throw new Error("tuf-js keeps its time elsewhere");
    trustedSet.referenceTime = now;
    return updater;
  };
  return {
    directory,
    find: (target, now) => updaterAt(now).getTargetInfo(target),
    read: async (target, now) => {
      const updater = updaterAt(now);
      const found = await updater.getTargetInfo(target);
      return found === undefined
        ? undefined
        : readFileSync(await updater.downloadTarget(found), "utf8");
    },
  };
};
