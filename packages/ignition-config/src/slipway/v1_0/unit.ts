import { readUnitText } from "../../ignition/unit-text.ts";
import { unitName } from "../../names/unit.ts";
import { bool, listBy, object, required, text } from "../../schema/combinators.ts";
import type { Say, Schema } from "../../schema/shape.ts";
import { dropin, type DropinFragment } from "./dropin.ts";
import { unitTextRule } from "./unit-text-rule.ts";

/** One of `systemd.units`, merged by `name`. */
export interface UnitFragment {
  readonly name: string;
  readonly enabled?: boolean;
  readonly mask?: boolean;
  readonly contents?: string;
  readonly contents_local?: string;
  readonly dropins?: readonly DropinFragment[];
}

/** Whether a unit's text has an `[Install]` section; undefined when there is no text to look at. */
export const hasInstall = (contents: string | undefined): boolean | undefined => {
  if (contents === undefined || contents === "") return undefined;
  const read = readUnitText(contents);
  return "problem" in read ? undefined : read.sections.includes("Install");
};

const check = (unit: UnitFragment, say: Say): void => {
  if (unit.enabled !== true) return;
  if (unit.mask === true) {
    say(unit, ["enabled"], {
      rule: "masked-and-enabled",
      message: `unit "${unit.name}" is both masked and enabled; the mask wins`,
      hint: "remove `mask` or `enabled`",
    });
  }
  if (hasInstall(unit.contents) === false) {
    say(unit, ["contents"], {
      rule: "unit-never-enabled",
      message: `unit "${unit.name}" is enabled, but has no [Install] section, so that does nothing`,
      hint: "add `[Install]` with `WantedBy=multi-user.target`",
    });
  }
};

export const unit: Schema<UnitFragment> = object<UnitFragment>(
  "A systemd unit.",
  {
    name: required(text("Its name with the suffix, such as `foo.service`.", { rule: unitName })),
    enabled: bool(
      "Whether it is started as its [Install] section says. Default: as the image's presets say.",
    ),
    mask: bool("Whether it is linked to /dev/null and can never start. Default: no."),
    contents: text(
      "Its text, written to `/etc/systemd/system`. Default: a package brings the unit.",
      {
        freeText: true,
        rule: unitTextRule,
      },
    ),
    contents_local: text(
      "A file with its text, its path relative to the directory of this document.",
    ),
    dropins: listBy("Drop-ins that change it, merged by `name`.", "name", dropin),
  },
  { check },
);
