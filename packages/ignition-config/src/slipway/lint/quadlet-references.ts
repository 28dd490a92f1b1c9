/** Quadlet files that name others which are not there: podman's generator then makes no service at all. */
import { quote } from "../../report/violation.ts";
import type { Say } from "../../schema/shape.ts";
import { nearest } from "../../text/nearest.ts";
import type { QuadletFile } from "./quadlet-files.ts";

/** Options whose value may begin with the name of another file, and the kinds that are meant (podman-systemd.unit(5)). */
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  Image: ["image", "build"],
  Network: ["network", "container"],
  Pod: ["pod"],
  Volume: ["volume"],
};

const referenceIn = (name: string, value: string): string | undefined => {
  const kinds = Object.hasOwn(REFERENCES, name) ? REFERENCES[name] : undefined;
  const [target = ""] = value.split(":", 1);
  const kind = /^[^/\s]+\.([a-z]+)$/.exec(target)?.[1];
  return kind !== undefined && kinds?.includes(kind) === true ? target : undefined;
};

/** `x@.volume` is what `x@one.volume` is made from. */
const templateOf = (name: string): string => name.replace(/@[^.]*(?=\.)/, "@");

/** `others` are names that come from elsewhere, such as links. */
export const checkQuadletReferences = (
  quadlets: readonly QuadletFile[],
  others: readonly string[],
  say: Say,
): void => {
  const names = [...quadlets.map(({ name }) => name), ...others];
  const known = new Set(names);
  for (const { file, options, name: from } of quadlets) {
    for (const { name, value, line } of options) {
      const target = referenceIn(name, value);
      if (target === undefined || known.has(target) || known.has(templateOf(target))) continue;
      say(file, ["contents", "inline"], {
        rule: "unknown-quadlet",
        message: `${quote(from)} names ${quote(target)}, which is not among the Quadlet files`,
        hint: () => {
          const near = nearest(target, names);
          return near === undefined
            ? "add a file of that name to storage.files beside it"
            : `did you mean \`${near}\`?`;
        },
        within: line,
      });
    }
  }
};
