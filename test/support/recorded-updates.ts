/** A node that takes two updates from a signed repository, every write of its disk recorded from its first boot on. */
import { createCipheriv, hash } from "node:crypto";
import { copyFile, mkdir, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { serveRepository } from "@slipway/composer";
import type { MachineSession } from "@slipway/composer/testing";
import { manualClock } from "@slipway/host/testing";
import { type AgentStatus, statusThat } from "./agent-status.ts";
import { copyDisk, diskOf } from "./node-disk.ts";
import { bootNode, comesUpWhole, outputOf } from "./node-machine.ts";
import { slipway, succeeded } from "./release.ts";
import type { PhaseMark } from "./replay/phases.ts";
import { makeRepository, stable, type TestRepository } from "./repository.ts";
import { lockOf, writeSmallBase } from "./small-base.ts";

export const VERSIONS = ["1", "2", "3"] as const;
export type Version = (typeof VERSIONS)[number];

export interface RecordedUpdates {
  /** Release 1 as it was built, with room for `/var`: what the log is to be replayed onto. */
  readonly pristine: string;
  readonly log: string;
  /** In the order of time. */
  readonly marks: readonly PhaseMark<Version>[];
  /** The directories of the releases. */
  readonly releases: Readonly<Record<Version, string>>;
  /** The repository, with the newest release on its channel. */
  readonly repo: string;
}

/** A file of the config's that differs from release to release, and one that somebody wrote on the node. */
export const VENDOR_FILE = "/etc/round";
export const EDITED_FILE = "/etc/edited";
export const EDITED = "on release 1";

/** Behind the slots: what a `/var` needs at least, and a little. Its maker writes zeros over all of it, which are in the log. */
export const ROOM_FOR_VAR: number = 640 * 2 ** 20;

const SERVER_FOR_GUESTS = "http://10.0.2.100";
const ROOT_FILE = "1.root.json";
const BALLAST_FILE = "ballast";
const BALLAST_BYTES = 2 * 2 ** 20;
const POLL_SECONDS = 2;
const DAY_SECONDS = 86_400;
/** The recorder makes every write wait for another one, and a slow machine may have others to care for. */
const STAGING_MS = 900_000;

/** Its agent stages by itself, and restarts when it is told to: so the moments can be told apart. */
const UPDATE = `  update:
    repository: ["${SERVER_FOR_GUESTS}"]
    channel: stable
    root: ${ROOT_FILE}
    poll_seconds: ${POLL_SECONDS}
    strategy: manual
`;

const FURTHER = `    - path: /usr/lib/ballast
      contents:
        local: ${BALLAST_FILE}
systemd:
  units:
    - name: slipway-agent.timer
      dropins:
        - name: soon.conf
          contents: |
            [Timer]
            OnActiveSec=
            OnActiveSec=1s
`;

/** Bytes that no delta makes smaller, the same every time, and more from release to release: what comes behind them in the image moves. */
const noise = (version: Version): Uint8Array => {
  const bytes = Buffer.alloc(BALLAST_BYTES * Number(version));
  const key = hash("sha256", `ballast ${version}`, "buffer").subarray(0, 16);
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(bytes);
};

/** Builds the three releases one after the other, each with the packages and accounts of the one before. */
const buildReleases = async (
  directory: string,
  repository: TestRepository,
): Promise<RecordedUpdates["releases"]> => {
  const out = path.join(directory, "out");
  const releases: Partial<Record<Version, string>> = {};
  let lock: string | undefined;
  for (const version of VERSIONS) {
    const place = path.join(directory, `definition-${version}`);
    await mkdir(place, { recursive: true });
    await copyFile(path.join(repository.repo, "metadata", ROOT_FILE), path.join(place, ROOT_FILE));
    await writeFile(path.join(place, BALLAST_FILE), noise(version));
    const definition = writeSmallBase(place, {
      image: `  version: "${version}"\n${UPDATE}`,
      round: `release ${version}`,
      files: FURTHER,
      ...(lock === undefined ? {} : { lock }),
    });
    succeeded(await slipway("build", definition, "--out", out));
    lock = await readFile(lockOf(definition), "utf8");
    const release = path.join(out, "base", version, "x86_64");
    // Only the first is installed; the others reach the node through the repository.
    if (version !== "1") await rm(diskOf(release));
    releases[version] = release;
  }
  const [one = "", two = "", three = ""] = VERSIONS.map((version) => releases[version]);
  return { "1": one, "2": two, "3": three };
};

const isSteady = ({ booted, state }: AgentStatus): boolean =>
  booted.standing === "good" && state.kind === "steady";

/** Works in an empty directory. */
export const recordUpdates = async (directory: string): Promise<RecordedUpdates> => {
  const now = Date.now();
  const repository = await makeRepository(directory, manualClock(new Date(now)));
  const { repo } = repository;
  const releases = await buildReleases(directory, repository);
  const start = Math.floor(now / 1000) - DAY_SECONDS;
  const publish = async (version: Version, ...from: readonly Version[]): Promise<void> => {
    await repository.publish([releases[version]], {
      from: from.map((one) => releases[one]),
      channel: { ...stable, policy: { ...stable.policy, start } },
    });
  };
  await publish("1");

  const at = (name: string): string => path.join(directory, name);
  const [pristine, log] = [diskOf(releases["1"]), at("writes.log")];
  await (await open(log, "w")).close();
  const disk = await copyDisk(pristine, at("recorded.raw"), ROOM_FOR_VAR);
  const marks: PhaseMark<Version>[] = [];
  const mark = async (moment: PhaseMark<Version>["moment"], version: Version): Promise<void> => {
    marks.push({ moment, version, at: (await stat(log)).size });
  };
  const update = async (machine: MachineSession, version: Version, resets: number) => {
    await mark("staging", version);
    await publish(version, ...VERSIONS.filter((one) => Number(one) === Number(version) - 1));
    await statusThat(machine, ({ state }) => state.kind === "staged", STAGING_MS);
    await mark("staged", version);
    await outputOf(machine, "sync");
    await mark("finalizing", version);
    machine.send("slipway-agent update --now");
    await machine.reset(resets, STAGING_MS);
    await mark("restarted", version);
    await comesUpWhole(machine);
    const isBlessed = (status: AgentStatus): boolean =>
      isSteady(status) && status.booted.version === version;
    await statusThat(machine, isBlessed, STAGING_MS);
    await mark("blessed", version);
  };
  {
    await using served = await serveRepository({ repo, host: "127.0.0.1", port: 0 });
    await using machine = await bootNode([], {
      disks: [{ file: disk, record: log }],
      network: { port: served.port },
    });
    await comesUpWhole(machine);
    await statusThat(machine, isSteady);
    await outputOf(machine, `echo '${EDITED}' >${EDITED_FILE}; sync`);
    await mark("blessed", "1");
    await update(machine, "2", 1);
    await update(machine, "3", 2);
    await outputOf(machine, "sync");
    await machine.cut();
  }
  await rm(disk);
  return { pristine, log, marks, releases, repo };
};
