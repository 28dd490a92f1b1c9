import { quote, type Violation } from "../report/violation.ts";
import type { TextRule } from "../schema/shape.ts";

/** Ignition's suffixes; `.snapshot` is long gone from systemd but valid there. */
const SUFFIXES: readonly string[] =
  "service socket device mount automount swap target path timer snapshot slice scope".split(" ");

/** systemd's limit for unit names and the file system's for file names. */
const MAX_BYTES = 255;

const unitProblem = (message: string, hint: string): Violation => ({
  rule: "unit-name",
  message,
  hint,
});

/** A unit's file name: characters and suffix as systemd has them. */
export const unitName: TextRule = {
  pattern: `^[A-Za-z0-9:_.\\\\@-]+\\.(?:${SUFFIXES.join("|")})$`,
  check: (name) => {
    const suffix = /\.([^.]*)$/.exec(name)?.[1];
    if (suffix === undefined || !SUFFIXES.includes(suffix)) {
      const hint =
        suffix === undefined ? `write \`${name}.service\`` : `use one of .${SUFFIXES.join(", .")}`;
      return unitProblem(`unit name ${quote(name)} has no suffix that systemd knows`, hint);
    }
    const stem = name.slice(0, -suffix.length - 1);
    if (!/^[A-Za-z0-9:_.\\@-]+$/.test(stem)) {
      const hint = "use a-z, A-Z, 0-9 and `:_.\\@-`; `systemd-escape` writes paths so";
      return unitProblem(`${quote(name)} is no unit name`, hint);
    }
    if (stem.startsWith("@"))
      return unitProblem(`${quote(name)} is no unit name`, "put a name before the `@`");
    if (name.length > MAX_BYTES) {
      return unitProblem(`the unit name is longer than ${MAX_BYTES} characters`, "shorten it");
    }
    return undefined;
  },
};

/** The template of an instance: `a@.service` of `a@b.service`; undefined for any other name. */
export const templateOf = (name: string): string | undefined => {
  const parts = /^([^@]+@)[^@]+(\.[a-z]+)$/.exec(name);
  return parts === null ? undefined : `${parts[1]}${parts[2]}`;
};

/** A drop-in's file name. */
export const dropinName: TextRule = {
  pattern: "^[^/]+\\.conf$",
  check: (name) => {
    if (name.includes("/") || name.length > MAX_BYTES || name === ".conf") {
      const message = `${quote(name)} is no drop-in name`;
      return { rule: "dropin-name", message, hint: "use a short file name without a path" };
    }
    if (name.endsWith(".conf")) return undefined;
    const message = `drop-in name ${quote(name)} does not end in .conf`;
    return { rule: "dropin-name", message, hint: `write \`${name.replace(/\.[^.]*$/, "")}.conf\`` };
  },
};
