/** The files of a factory reset: the offer among the agent's own, and the order where `reset-node` looks for it. */
import { lstat, readdir, rm, statfs } from "node:fs/promises";
import path from "node:path/posix";
import { errnoOf, linuxDurableDirectory } from "@slipway/host";
import { fateOf, keptPaths, type ResetChoice, resetOrder } from "./keep-list.ts";
import { decodeOffer, OFFER_SCHEMA, type ResetOffer } from "./offer.ts";

const OFFER = "reset-offer.json";
const ORDER = "reset";
const MOST_BYTES: number = 128 * 1024;

/** What is shown of what is lost: who wants to know more looks himself. */
const MOST_LOST = 200;

/** reset-node's own place, which the next boot removes anyway. */
const AWAY = ".slipway-reset";

export interface ResetPlaces {
  /** `/var`. */
  readonly data: string;
  /** The agent's own, in it. */
  readonly state: string;
}

export interface Lost {
  /** Absolute, as they are called on the node; of a directory all that is in it goes. */
  readonly paths: readonly string[];
  /** How many there are beside these. */
  readonly more: number;
  /** Of all of `/var`. */
  readonly usedBytes: number;
}

export interface ResetFiles {
  readonly offer: () => Promise<ResetOffer | undefined>;
  readonly keepOffer: (offer: ResetOffer) => Promise<void>;
  /** What a boot would take away. */
  readonly lost: (choice: ResetChoice) => Promise<Lost>;
  readonly isOrdered: () => Promise<boolean>;
  /** Durable when it resolves; an offer is good for one order. */
  readonly order: (choice: ResetChoice) => Promise<void>;
  /** Whether there was one. */
  readonly cancel: () => Promise<boolean>;
}

export const resetFiles = ({ data, state }: ResetPlaces): ResetFiles => {
  const home = path.join(data, "lib/slipway");
  const orderFile = path.join(home, ORDER);

  const writeDurably = async (directory: string, file: string, text: string): Promise<void> => {
    const durable = linuxDurableDirectory(directory);
    const unfinished = `.${file}.new`;
    await durable.writeSynced(unfinished, Buffer.from(text));
    await durable.rename(unfinished, file);
    await durable.syncDirectory();
  };

  const removeDurably = async (directory: string, file: string): Promise<void> => {
    await rm(path.join(directory, file), { force: true });
    await linuxDurableDirectory(directory).syncDirectory();
  };

  const exists = async (file: string): Promise<boolean> => {
    try {
      await lstat(file);
      return true;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return false;
      throw error;
    }
  };

  const lostIn = async (directory: string, kept: readonly string[]): Promise<readonly string[]> => {
    const lost: string[] = [];
    const entries = await readdir(path.join(data, directory), { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = path.join(directory, entry.name);
      if (at === AWAY) continue;
      const fate = fateOf(at, kept);
      if (fate === "lost") lost.push(at);
      // Below a link nothing is kept: where it leads to has a path of its own.
      else if (fate === "above" && entry.isDirectory()) lost.push(...(await lostIn(at, kept)));
    }
    return lost;
  };

  return {
    offer: async () => {
      const bytes = await linuxDurableDirectory(state).read(OFFER, MOST_BYTES);
      if (bytes === undefined) return undefined;
      try {
        return decodeOffer(JSON.parse(Buffer.from(bytes).toString()));
      } catch (error) {
        if (error instanceof SyntaxError) return undefined;
        throw error;
      }
    },
    keepOffer: (offer) =>
      writeDurably(state, OFFER, `${JSON.stringify({ schema: OFFER_SCHEMA, ...offer })}\n`),
    lost: async (choice) => {
      const found = await lostIn("", [...keptPaths(choice), `lib/slipway/${ORDER}`]);
      const { blocks, bfree, bsize } = await statfs(data);
      return {
        paths: found.slice(0, MOST_LOST).map((one) => `/var/${one}`),
        more: Math.max(0, found.length - MOST_LOST),
        usedBytes: (blocks - bfree) * bsize,
      };
    },
    isOrdered: () => exists(orderFile),
    order: async (choice) => {
      await writeDurably(home, ORDER, resetOrder(choice));
      await removeDurably(state, OFFER);
    },
    cancel: async () => {
      await removeDurably(state, OFFER);
      if (!(await exists(orderFile))) return false;
      await removeDurably(home, ORDER);
      return true;
    },
  };
};
