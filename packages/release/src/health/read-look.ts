/** What a health check looks at, from the members that people write. */
import { formatPath } from "../wire/finding.ts";
import type { ObjectReader, Problems, Shape } from "../wire/reader.ts";
import { type CheckKind, CLOCK_STATES, type Look, NETWORK_STATES } from "./check.ts";
import { given } from "./given.ts";
import {
  ABSOLUTE_PATH,
  ARGUMENT,
  EXIT_STATUS,
  FREE_MIB,
  FREE_PERCENT,
  FRESH,
  HOST,
  HTTP_STATUS,
  MAX_ARGUMENTS,
  MAX_UNITS,
  parseHttpUrl,
  PORT,
  SOUGHT,
  UNIT,
} from "./shapes.ts";

/** A list of texts of one shape. */
const readTexts = (
  reader: ObjectReader,
  name: string,
  { max, shape }: { readonly max: number; readonly shape: Shape },
): readonly string[] =>
  reader.custom(name, {
    is: `a list of up to ${max} items, each ${shape.is}`,
    standIn: [],
    parse: (value) => {
      if (!Array.isArray(value) || value.length === 0 || value.length > max) return undefined;
      const texts = value.filter((item: unknown): item is string => typeof item === "string");
      return texts.length === value.length && texts.every((item) => shape.pattern.test(item))
        ? texts
        : undefined;
    },
  });

const readFlag = (reader: ObjectReader, name: string): boolean =>
  reader.custom(name, {
    is: "true or false",
    standIn: false,
    parse: (value) => (typeof value === "boolean" ? value : undefined),
  });

/** A check that asks for nothing would pass for ever. */
const askForOneOf = (reader: ObjectReader, problems: Problems, names: readonly string[]): void => {
  if (names.some((name) => reader.has(name))) return;
  problems.error(
    "missing",
    reader.path,
    `${formatPath(reader.path)} asks for nothing`,
    `give ${names.join(" or ")}`,
  );
};

type LookReader = (reader: ObjectReader, problems: Problems) => Look;

/** What stands under the name of each kind. */
const LOOK_READERS: Readonly<Record<CheckKind, LookReader>> = {
  units: (reader, problems) => {
    reader.only("active", "none_failed");
    const what = {
      active:
        reader.optional("active", () =>
          readTexts(reader, "active", { max: MAX_UNITS, shape: UNIT }),
        ) ?? [],
      none_failed: reader.optional("none_failed", () => readFlag(reader, "none_failed")) ?? false,
    };
    if (!what.none_failed) askForOneOf(reader, problems, ["active", "none_failed: true"]);
    return { kind: "units", what };
  },
  command: (reader, problems) => {
    reader.only("argv", "status");
    const [program = "", ...others] = readTexts(reader, "argv", {
      max: MAX_ARGUMENTS,
      shape: ARGUMENT,
    });
    if (program !== "" && !ABSOLUTE_PATH.pattern.test(program)) {
      const path = [...reader.path, "argv", 0];
      problems.error(
        "bad-shape",
        path,
        `${formatPath(path)} must be ${ABSOLUTE_PATH.is}`,
        "write the program's whole path; for a line of shell write /bin/sh, -c and the line",
      );
    }
    const status = reader.optional("status", () => reader.integer("status", EXIT_STATUS)) ?? 0;
    return { kind: "command", what: { argv: [program, ...others], status } };
  },
  http: (reader) => {
    reader.only("url", "status", "contains");
    const url = reader.custom("url", {
      is: "an http: or https: URL without a name or password in it",
      standIn: "",
      parse: parseHttpUrl,
    });
    const status = reader.optional("status", () => reader.integer("status", HTTP_STATUS));
    const contains = reader.optional("contains", () => reader.string("contains", SOUGHT));
    return { kind: "http", what: { url, ...given({ status, contains }) } };
  },
  tcp: (reader) => {
    reader.only("host", "port");
    return {
      kind: "tcp",
      what: { host: reader.string("host", HOST), port: reader.integer("port", PORT) },
    };
  },
  file: (reader) => {
    reader.only("path", "contains", "fresh_seconds");
    const path = reader.string("path", ABSOLUTE_PATH);
    const contains = reader.optional("contains", () => reader.string("contains", SOUGHT));
    const fresh_seconds = reader.optional("fresh_seconds", () =>
      reader.integer("fresh_seconds", FRESH),
    );
    return { kind: "file", what: { path, ...given({ contains, fresh_seconds }) } };
  },
  space: (reader, problems) => {
    reader.only("path", "free_mib", "free_percent");
    const path = reader.string("path", ABSOLUTE_PATH);
    const free_mib = reader.optional("free_mib", () => reader.integer("free_mib", FREE_MIB));
    const free_percent = reader.optional("free_percent", () =>
      reader.integer("free_percent", FREE_PERCENT),
    );
    askForOneOf(reader, problems, ["free_mib", "free_percent"]);
    return { kind: "space", what: { path, ...given({ free_mib, free_percent }) } };
  },
  clock: (reader) => {
    reader.only("state");
    return { kind: "clock", what: { state: reader.choice("state", CLOCK_STATES) } };
  },
  network: (reader) => {
    reader.only("state");
    return { kind: "network", what: { state: reader.choice("state", NETWORK_STATES) } };
  },
};

/** Every kind, in the order in which they are listed to people. */
export const CHECK_KINDS: readonly CheckKind[] = [
  "units",
  "command",
  "http",
  "tcp",
  "file",
  "space",
  "clock",
  "network",
];

/** Goes on where a check looks at nothing, so that the rest of it is read too. */
const STAND_IN: Look = { kind: "clock", what: { state: "plausible" } };

/** What a check looks at: exactly one kind. */
export const readLook = (reader: ObjectReader, problems: Problems): Look => {
  const kinds = CHECK_KINDS.filter((one) => reader.has(one));
  const [kind] = kinds;
  if (kind !== undefined && kinds.length === 1)
    return LOOK_READERS[kind](reader.object(kind), problems);
  problems.error(
    kind === undefined ? "missing" : "contradiction",
    reader.path,
    `${formatPath(reader.path)} looks at ${kind === undefined ? "nothing" : kinds.join(" and at ")}`,
    `give one of ${CHECK_KINDS.join(", ")}; two things to look at are two checks`,
  );
  return STAND_IN;
};
