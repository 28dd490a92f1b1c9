/** A config baked into a root tree, with the semantics that Ignition has on a node. */
import { posix } from "node:path";
import type { Config, Finding, ImageDefinition } from "@slipway/ignition-config";
import { type Accounts, accountsOf, NO_ACCOUNTS } from "../accounts/pins.ts";
import { makeAccounts } from "./accounts.ts";
import { creationOrder } from "./creation-order.ts";
import { finding, sortedFindings } from "./finding.ts";
import type { KeysFile } from "./homes.ts";
import { joinPath } from "./ignition-path.ts";
import { isWithin } from "./in-root-path.ts";
import { checkNode, factOf, makeNode } from "./nodes.ts";
import type { Ownership } from "./ownership.ts";
import { RootDirectory } from "./root-directory.ts";
import { makeUnits } from "./units.ts";

export interface BakeOptions {
  /** Path on this machine of the tree, which nobody else changes meanwhile. Its files may share inodes with others. */
  readonly root: string;
  readonly definition: {
    readonly config: Pick<Config, "storage" | "systemd" | "passwd">;
    readonly image: Pick<ImageDefinition["image"], "slotSizeMib">;
  };
  readonly ownership: Ownership;
  /** Ids given away in earlier releases, from the lock. */
  readonly pins?: Accounts;
  /** Where users' keys go, below their homes; default Ignition's fragment. */
  readonly keysFile?: KeysFile;
  readonly signal?: AbortSignal;
}

export interface BakeReport {
  /** All problems and warnings, by position in the config. With an error among them the tree is not to be used. */
  readonly findings: readonly Finding[];
  /** Accounts of the tree now, those that the config made marked; what the lock is compared with. */
  readonly accounts: Accounts;
}

/**
 * Makes the config's groups and users, then directories, files and links, then units and presets, as Ignition orders
 * them. Like Ignition it changes nothing more after the first problem, but it goes on looking, so that the report has
 * them all. Runs no program; follows no link out of the tree; never writes into a file that is there.
 */
export const bakeConfig = async (options: BakeOptions): Promise<BakeReport> => {
  const { definition, ownership, pins = NO_ACCOUNTS, signal } = options;
  const { storage, systemd, passwd } = definition.config;
  using root = new RootDirectory(options.root, ownership);

  const accounts = makeAccounts(root, passwd, {
    pins,
    keysFile: options.keysFile ?? ".ssh/authorized_keys.d/ignition",
  });
  const { databases } = accounts;
  const { nodes, findings: orderFindings } = creationOrder(storage, (path) => {
    try {
      return joinPath(root, path);
    } catch (error) {
      const message = factOf(error);
      if (message === undefined) throw error;
      return { message };
    }
  });
  const findings = [...accounts.findings, ...orderFindings];
  const context = {
    root,
    databases,
    // An account that was refused is reported once, not again for everything that would be its own.
    promised: new Set([...passwd.users, ...passwd.groups].map(({ name }) => name)),
    limitBytes: definition.image.slotSizeMib * 1024 * 1024,
  };
  const overwritten = new Set(
    nodes.filter(({ item }) => item.overwrite === true).map(({ path }) => path),
  );
  let isRefused = findings.some(isError);
  for (const node of nodes) {
    signal?.throwIfAborted();
    const found = isRefused
      ? await checkNode(context, node, hasAncestorIn(overwritten, node.path))
      : await makeNode(context, node);
    findings.push(...found);
    isRefused ||= found.some(isError);
    const place = UNKEPT.find((one) => isWithin(node.path, one) && node.path !== one);
    if (place !== undefined) findings.push(notKept(node.item.path, place, node.item.origin));
  }
  if (!isRefused) findings.push(...makeUnits(root, systemd.units));

  return { findings: sortedFindings(findings), accounts: accountsOf(databases, accounts.made) };
};

const hasAncestorIn = (paths: ReadonlySet<string>, path: string): boolean => {
  for (let at = path; at !== "/";) {
    at = posix.dirname(at);
    if (paths.has(at)) return true;
  }
  return false;
};

const isError = ({ level }: Finding): boolean => level === "error";

/** Covered by other file systems when the system runs, and emptied in the image. */
const UNKEPT = ["/boot", "/dev", "/efi", "/proc", "/run", "/sys", "/tmp"] as const;

const notKept = (path: string, directory: string, range: Finding["range"]): Finding =>
  finding(
    "warning",
    "node-not-kept",
    `${path} will not be on the node: ${directory} is another file system there`,
    {
      range,
      hint: "put it elsewhere, or make it when the system starts (tmpfiles.d)",
    },
  );
