/** The first line of each file of the ledger: what all lines of the files before it amount to. So those may go. */
import {
  type Decoded,
  DIGEST,
  finish,
  gatherProblems,
  MOMENT,
  type ObjectReader,
  readObject,
  VERSION,
} from "@slipway/release";
import { EPOCH, readReason, readRelease, SEQUENCE } from "./decode-entry.ts";
import type { Standing } from "./fold.ts";
import { readable, readableItems } from "./readable.ts";
import type { ForbiddenRelease, Pause, Pin, Unfinished } from "./view.ts";

/**
 * Kinds of lines and members are only ever added, and an older agent passes over those that it does not know. A higher number is for people to see: the older agent says so,
 * and goes by what it understands, since a ledger that is set aside would forget what is forbidden and pinned.
 */
export const LEDGER_SCHEMA = 1;

export interface Carried {
  readonly kind: "carried";
  readonly schema: number;
  readonly seq: number;
  readonly at: number;
  readonly standing: Standing;
}

/** As it is written: a map is a list. */
export const encodeCarried = ({ standing, ...place }: Carried): object => ({
  ...place,
  floor: standing.floor,
  forbidden: [...standing.forbidden.values()],
  epochs: [...standing.epochs].map(([roothash, epoch]) => ({ roothash, epoch })),
  pin: standing.pin,
  pause: standing.pause,
  current: standing.current,
  isCurrentGood: standing.isCurrentGood,
  currentSince: standing.currentSince,
  unfinished: standing.unfinished,
});

const MOST_LISTED = 4096;

const readForbidden = (reader: ObjectReader): ForbiddenRelease => ({
  release: readRelease(reader.object("release")),
  reason: readReason(reader),
  since: reader.integer("since", MOMENT),
});

const readOrder = (reader: ObjectReader): Pause => ({
  since: reader.integer("since", MOMENT),
  ...(reader.has("reason") ? { reason: readReason(reader) } : {}),
});

const readPin = (reader: ObjectReader): Pin => ({
  version: reader.string("version", VERSION),
  ...readOrder(reader),
});

const readUnfinished = (reader: ObjectReader): Unfinished => {
  const from = readRelease(reader.object("from"));
  return reader.choice("kind", ["update", "rollback"]) === "update"
    ? { kind: "update", release: readRelease(reader.object("release")), from }
    : { kind: "rollback", target: readRelease(reader.object("target")), from };
};

/** An order that only a newer agent understands is obeyed by taking nothing, rather than not at all. */
const standStill = (since: number): Pause => ({
  since,
  reason: "a newer agent has written down an order that this one cannot read",
});

const readStanding = (reader: ObjectReader, at: number): Standing => {
  const pin = readable(reader, "pin", readPin);
  const pause = readable(reader, "pause", readOrder);
  const isMisread =
    (reader.has("pin") && pin === undefined) || (reader.has("pause") && pause === undefined);
  return {
    floor: reader.integer("floor", EPOCH),
    forbidden: new Map(
      readableItems(reader, "forbidden", MOST_LISTED, readForbidden).map((forbidden) => [
        forbidden.release.roothash,
        forbidden,
      ]),
    ),
    epochs: new Map(
      readableItems(reader, "epochs", MOST_LISTED, (item): [string, number] => [
        item.string("roothash", DIGEST),
        item.integer("epoch", EPOCH),
      ]),
    ),
    pin,
    pause: isMisread ? standStill(at) : pause,
    current: readable(reader, "current", readRelease),
    isCurrentGood: reader.custom("isCurrentGood", {
      is: "true or false",
      standIn: false,
      parse: (value) => (typeof value === "boolean" ? value : undefined),
    }),
    currentSince: reader.optional("currentSince", () => reader.integer("currentSince", MOMENT)),
    unfinished: readable(reader, "unfinished", readUnfinished),
  };
};

export const decodeCarried = (value: unknown): Decoded<Carried> => {
  const problems = gatherProblems();
  const reader = readObject(value, [], problems);
  const at = reader.integer("at", MOMENT);
  return finish<Carried>(
    {
      kind: "carried",
      schema: reader.integer("schema", { min: 1, max: Number.MAX_SAFE_INTEGER }),
      seq: reader.integer("seq", SEQUENCE),
      at,
      standing: readStanding(reader, at),
    },
    problems,
  );
};
