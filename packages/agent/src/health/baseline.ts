/**
 * How a node was on the last release that was good there: what the next one is compared with. Written when a release is found good and again when it
 * is left for another one, so that what has changed on the node meanwhile is not held against a release.
 */
import {
  type Bounds,
  type Decoded,
  DIGEST,
  encodeCanonical,
  finish,
  MOMENT,
  type ObjectReader,
  parseCanonical,
  readObject,
  readSchema,
  type Shape,
  VERSION,
} from "@slipway/release";
import type { ReleaseRef } from "../machine/release.ts";
import { type Reach, REACHES } from "./looks/reach.ts";
import type { Places } from "./ports.ts";

export interface Baseline extends ReleaseRef {
  /** Seconds since 1970. */
  readonly at: number;
  readonly reach: Reach;
  /** Names, sorted. */
  readonly failedUnits: readonly string[];
}

export const BASELINE = "/var/lib/slipway/agent/baseline.json";

/** Raised where an older agent must not go by what it finds. */
const SCHEMA = 1;
const MOST_BYTES = 256 * 1024;

/** systemd's own bound of a name is 255. */
const UNIT_NAME: Shape = { pattern: /^[^\p{Cc}\p{Cs}\s/]{1,255}$/u, is: "a unit's name" };
const UNITS: Bounds = { min: 0, max: 512 };

const readUnits = (reader: ObjectReader): readonly string[] =>
  reader.custom("failedUnits", {
    is: `a list of up to ${UNITS.max} names of units`,
    standIn: [],
    parse: (value) => {
      if (!Array.isArray(value) || value.length > UNITS.max) return undefined;
      const names = value.filter((item: unknown): item is string => typeof item === "string");
      return names.length === value.length && names.every((name) => UNIT_NAME.pattern.test(name))
        ? names
        : undefined;
    },
  });

const decode = (value: unknown): Decoded<Baseline> => {
  const problems = readSchema(value, SCHEMA, "the baseline");
  if (problems.findings().length > 0) return { ok: false, findings: problems.findings() };
  const reader = readObject(value, [], problems);
  return finish(
    {
      version: reader.string("version", VERSION),
      roothash: reader.string("roothash", DIGEST),
      at: reader.integer("at", MOMENT),
      reach: reader.choice("reach", REACHES),
      failedUnits: readUnits(reader),
    },
    problems,
  );
};

export const encodeBaseline = (baseline: Baseline): string =>
  encodeCanonical({
    schema: SCHEMA,
    ...baseline,
    failedUnits: baseline.failedUnits
      .filter((name) => UNIT_NAME.pattern.test(name))
      .slice(0, UNITS.max),
  });

/** Nothing where there is none that can be read: then nothing is compared, and no release fails for it. */
export const readBaseline = async (
  places: Pick<Places, "at" | "start">,
): Promise<Baseline | undefined> => {
  try {
    if ((await places.at(BASELINE))?.isFile !== true) return undefined;
    const text = await places.start(BASELINE, MOST_BYTES + 1);
    const parsed = parseCanonical(new TextEncoder().encode(text), {
      maxBytes: MOST_BYTES,
      what: "the baseline",
    });
    const decoded = parsed.ok ? decode(parsed.value) : parsed;
    return decoded.ok ? decoded.value : undefined;
  } catch {
    return undefined;
  }
};
