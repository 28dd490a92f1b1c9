import { templateOf } from "../../names/unit.ts";
import { listBy, object } from "../../schema/combinators.ts";
import type { Say, Schema } from "../../schema/shape.ts";
import { quadlet, type QuadletFragment } from "./quadlet.ts";
import { hasInstall, unit, type UnitFragment } from "./unit.ts";

export interface SystemdFragment {
  readonly units?: readonly UnitFragment[];
  readonly quadlets?: readonly QuadletFragment[];
}

/** An enabled instance needs the [Install] section of its template. */
const check = ({ units = [] }: SystemdFragment, say: Say): void => {
  const byName = new Map(units.map((one) => [one.name, one]));
  for (const one of units) {
    const template = templateOf(one.name);
    if (one.enabled !== true || template === undefined) continue;
    if (hasInstall(byName.get(template)?.contents) !== false) continue;
    say(one, ["enabled"], {
      rule: "unit-never-enabled",
      message: `template unit "${template}" of "${one.name}" has no [Install] section, so enabling does nothing`,
      hint: `add \`[Install]\` to "${template}"`,
    });
  }
};

export const systemd: Schema<SystemdFragment> = object<SystemdFragment>(
  "Units of the image.",
  {
    units: listBy("Units, merged by `name`.", "name", unit),
    quadlets: listBy("Units of podman, each written as a file.", "name", quadlet),
  },
  { check },
);
