/** A channel from the bytes that the online role signed, and back. */
import { encodeCanonical, parseCanonical } from "../wire/canonical-json.ts";
import type { Decoded, Path } from "../wire/finding.ts";
import {
  type Bounds,
  finish,
  type ObjectReader,
  type Problems,
  readList,
  readObject,
  readSchema,
  type Shape,
} from "../wire/reader.ts";
import { IMAGE_NAME, MOMENT, NAME, REASON, VERSION } from "../wire/shapes.ts";
import type { Channel, Hold, Landmark, Rollout, Wave } from "./channel.ts";
import { WHOLE_SHARE } from "./channel.ts";
import { checkRollouts } from "./check-channel.ts";

/** What an older reader must not overlook in the whole channel raises it; what only matters to one rollout raises its `minimalAgent`. */
export const CHANNEL_SCHEMA = 1;

export const MAX_CHANNEL_BYTES: number = 1024 * 1024;

export const MAX_WAVES = 50;
export const MAX_GROUPS = 64;
const MAX_ROLLOUTS = 1000;

/** 100 days: a longer wave is a slip of units. */
export const LONGEST: Bounds = { min: 0, max: 100 * 86_400 };

export const SALT: Shape = {
  pattern: /^[0-9a-f]{32,64}$/,
  is: "32 to 64 lower-case hexadecimal digits",
};

const readWave = (reader: ObjectReader): Wave => ({
  share: reader.integer("share", { min: 1, max: WHOLE_SHARE }),
  start: reader.integer("start", MOMENT),
  duration: reader.integer("duration", LONGEST),
  soak: reader.integer("soak", LONGEST),
});

const readLandmark = (reader: ObjectReader): Landmark => ({
  kind: reader.choice("kind", ["barrier", "dead-end"]),
  reason: reader.string("reason", REASON),
});

const readHold = (reader: ObjectReader): Hold => {
  const kind = reader.choice("kind", ["paused", "withdrawn"]);
  const reason = reader.string("reason", REASON);
  return kind === "paused"
    ? { kind, since: reader.integer("since", MOMENT), reason }
    : { kind, reason };
};

const readRollout =
  (problems: Problems) =>
  (reader: ObjectReader): Rollout => {
    const readGroup = (value: unknown, path: Path): readonly Wave[] =>
      readList(value, { path, max: MAX_WAVES, problems }, (item, itemPath) =>
        readWave(readObject(item, itemPath, problems)),
      );
    const landmark = reader.optional("landmark", () => readLandmark(reader.object("landmark")));
    const hold = reader.optional("hold", () => readHold(reader.object("hold")));
    const minimalAgent = reader.optional("minimalAgent", () =>
      reader.string("minimalAgent", VERSION),
    );
    return {
      version: reader.string("version", VERSION),
      salt: reader.string("salt", SALT),
      waves: reader.list("waves", MAX_WAVES, readWave),
      groups: reader.map("groups", { max: MAX_GROUPS, names: NAME }, readGroup),
      ...(landmark === undefined ? {} : { landmark }),
      ...(hold === undefined ? {} : { hold }),
      ...(minimalAgent === undefined ? {} : { minimalAgent }),
    };
  };

/**
 * The channel that a value is, or everything that is wrong with it: waves that overlap and salts used twice included, so that what was decoded
 * can be relied on. Members of other names are left aside.
 */
export const decodeChannel = (value: unknown): Decoded<Channel> => {
  const problems = readSchema(value, CHANNEL_SCHEMA, "the channel");
  if (problems.findings().length > 0) return { ok: false, findings: problems.findings() };
  const reader = readObject(value, [], problems);
  const channel: Channel = {
    image: reader.string("image", IMAGE_NAME),
    name: reader.string("name", NAME),
    rollouts: reader.list("rollouts", MAX_ROLLOUTS, readRollout(problems)),
  };
  if (problems.findings().length === 0) checkRollouts(channel, problems);
  return finish(channel, problems);
};

/** The channel that a signed file is. The caller has checked the file against signed metadata. */
export const parseChannelFile = (bytes: Uint8Array): Decoded<Channel> => {
  const parsed = parseCanonical(bytes, { maxBytes: MAX_CHANNEL_BYTES, what: "the channel" });
  return parsed.ok ? decodeChannel(parsed.value) : parsed;
};

/** The one text of a channel, as it is signed. */
export const encodeChannel = (channel: Channel): string =>
  encodeCanonical({
    schema: CHANNEL_SCHEMA,
    ...channel,
    rollouts: channel.rollouts.map((rollout) => ({
      ...rollout,
      groups: Object.fromEntries(rollout.groups),
    })),
  });
