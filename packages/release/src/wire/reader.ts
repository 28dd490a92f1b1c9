/**
 * Reading a document that came from outside, member by member. A reader notes what is wrong and goes on with a stand-in of the right type, so
 * that one reading finds everything; `finish` gives the value only where nothing was noted.
 */
import { type Decoded, type Finding, type FindingRule, formatPath, type Path } from "./finding.ts";

/** Nobody reads more, and a hostile document could have a million. */
const MAX_FINDINGS = 50;

/** What was noted so far. */
export interface Problems {
  readonly note: (finding: Finding) => void;
  readonly error: (rule: FindingRule, path: Path, message: string, hint?: string) => void;
  readonly findings: () => readonly Finding[];
}

export const gatherProblems = (): Problems => {
  const findings: Finding[] = [];
  const note = (finding: Finding): void => {
    if (findings.length < MAX_FINDINGS) findings.push(finding);
  };
  return {
    note,
    error: (rule, path, message, hint) => {
      note({ level: "error", rule, message, path, ...(hint === undefined ? {} : { hint }) });
    },
    findings: () => findings,
  };
};

/** The value, unless an error was noted. */
export const finish = <T>(value: T, problems: Problems): Decoded<T> => {
  const findings = problems.findings();
  return findings.some(({ level }) => level === "error")
    ? { ok: false, findings }
    : { ok: true, value };
};

/** The shape of a text, with words for people. */
export interface Shape {
  readonly pattern: RegExp;
  readonly is: string;
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export interface ObjectReader {
  readonly path: Path;
  readonly has: (name: string) => boolean;
  readonly string: (name: string, shape: Shape) => string;
  readonly integer: (name: string, bounds: Bounds) => number;
  readonly choice: <T extends string>(name: string, choices: readonly [T, ...T[]]) => T;
  /** A value of a form of its own; `parse` gives nothing for what is none. */
  readonly custom: <T>(
    name: string,
    form: {
      readonly is: string;
      readonly standIn: T;
      readonly parse: (value: unknown) => T | undefined;
    },
  ) => T;
  /** An object inside; a missing one is read as an empty one, whose members are then missed. */
  readonly object: (name: string) => ObjectReader;
  /** A list of at most `max` items; a missing one is noted. */
  readonly list: <T>(name: string, max: number, read: (item: ObjectReader) => T) => readonly T[];
  /** An object used as a map, with at most `max` names of this shape. */
  readonly map: <T>(
    name: string,
    limits: { readonly max: number; readonly names: Shape },
    read: (value: unknown, path: Path) => T,
  ) => ReadonlyMap<string, T>;
  /** Nothing where the member is absent, else what `read` makes of it. */
  readonly optional: <T>(name: string, read: () => T) => T | undefined;
  /** Notes members of other names: for what people write, where an unknown name is a slip. */
  readonly only: (...names: readonly string[]) => void;
}

const describe = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;

/** Long or odd texts are shown cut and quoted. */
const show = (text: string): string =>
  JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The items of a list that is at a place; an empty list where it is none. */
export const readList = <T>(
  value: unknown,
  {
    path,
    max,
    problems,
  }: { readonly path: Path; readonly max: number; readonly problems: Problems },
  read: (item: unknown, path: Path) => T,
): readonly T[] => {
  if (!Array.isArray(value)) {
    const rule = value === undefined ? "missing" : "wrong-type";
    problems.error(
      rule,
      path,
      `${formatPath(path)} must be a list, not ${value === undefined ? "absent" : describe(value)}`,
    );
    return [];
  }
  if (value.length > max) {
    problems.error(
      "too-many",
      path,
      `${formatPath(path)} has ${value.length} items, more than ${max}`,
    );
    return [];
  }
  return value.map((item: unknown, index) => read(item, [...path, index]));
};

/** A reader of the object that is at a place. What is no object is noted, and read as an empty one. */
export const readObject = (value: unknown, path: Path, problems: Problems): ObjectReader => {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject)
    problems.error(
      value === undefined ? "missing" : "wrong-type",
      path,
      `${formatPath(path)} must be an object, not ${value === undefined ? "absent" : describe(value)}`,
    );
  // A map: a member may be called `__proto__`.
  const members = new Map<string, unknown>(isObject ? Object.entries(value) : []);

  const at = (name: string): Path => [...path, name];
  const expected = (name: string, what: string): void => {
    const member = members.get(name);
    const place = formatPath(at(name));
    if (!isObject) return;
    if (member === undefined)
      problems.error("missing", at(name), `${place} is missing`, `give ${what}`);
    else
      problems.error("wrong-type", at(name), `${place} must be ${what}, not ${describe(member)}`);
  };

  return {
    path,
    has: (name) => members.get(name) !== undefined,
    string: (name, { pattern, is }) => {
      const member = members.get(name);
      if (typeof member !== "string") {
        expected(name, is);
        return "";
      }
      if (!pattern.test(member))
        problems.error(
          "bad-shape",
          at(name),
          `${formatPath(at(name))} must be ${is}, not ${show(member)}`,
        );
      return member;
    },
    integer: (name, { min, max }) => {
      const member = members.get(name);
      if (typeof member !== "number" || !Number.isSafeInteger(member)) {
        expected(name, "a whole number");
        return min;
      }
      if (member < min || member > max)
        problems.error(
          "out-of-range",
          at(name),
          `${formatPath(at(name))} must be from ${min} to ${max}, not ${member}`,
        );
      return member;
    },
    choice: (name, choices) => {
      const member = members.get(name);
      const chosen = choices.find((choice) => choice === member);
      if (chosen !== undefined) return chosen;
      const is = choices.join(" or ");
      if (typeof member === "string")
        problems.error(
          "bad-shape",
          at(name),
          `${formatPath(at(name))} must be ${is}, not ${show(member)}`,
        );
      else expected(name, is);
      return choices[0];
    },
    custom: (name, { is, standIn, parse }) => {
      const member = members.get(name);
      const value = member === undefined ? undefined : parse(member);
      if (value !== undefined) return value;
      if (typeof member === "string" || typeof member === "number")
        problems.error(
          "bad-shape",
          at(name),
          `${formatPath(at(name))} must be ${is}, not ${show(String(member))}`,
        );
      else expected(name, is);
      return standIn;
    },
    object: (name) => readObject(members.get(name), at(name), problems),
    list: (name, max, read) =>
      readList(members.get(name), { path: at(name), max, problems }, (item, itemPath) =>
        read(readObject(item, itemPath, problems)),
      ),
    map: (name, { max, names }, read) => {
      const inner = readObject(members.get(name), at(name), problems);
      const member = members.get(name);
      const entries =
        typeof member === "object" && member !== null && !Array.isArray(member)
          ? Object.entries(member).map(([key, entry]): readonly [string, unknown] => [key, entry])
          : [];
      if (entries.length > max) {
        problems.error(
          "too-many",
          inner.path,
          `${formatPath(inner.path)} has ${entries.length} members, more than ${max}`,
        );
        return new Map();
      }
      for (const [key] of entries)
        if (!names.pattern.test(key))
          problems.error(
            "bad-shape",
            [...inner.path, key],
            `the name ${show(key)} in ${formatPath(inner.path)} must be ${names.is}`,
          );
      return new Map(entries.map(([key, entry]) => [key, read(entry, [...inner.path, key])]));
    },
    optional: (name, read) => (members.get(name) === undefined ? undefined : read()),
    only: (...names) => {
      for (const name of members.keys())
        if (!names.includes(name))
          problems.error(
            "unknown-member",
            at(name),
            `${formatPath(at(name))} is not known`,
            `use one of ${names.join(", ")}`,
          );
    },
  };
};

/** Reads the schema number of a document, which comes before everything else: of a newer schema nothing can be said. */
export const readSchema = (value: unknown, newest: number, what: string): Problems => {
  const problems = gatherProblems();
  const schema = readObject(value, [], problems).integer("schema", {
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
  });
  if (schema > newest)
    problems.error(
      "schema-too-new",
      ["schema"],
      `${what} has schema ${schema}, and this program reads up to ${newest}`,
      "update to a release with a newer agent first",
    );
  return problems;
};
