import { quote } from "../../report/violation.ts";
import { bool, listBy, object, required, text } from "../../schema/combinators.ts";
import type { Schema, TextRule } from "../../schema/shape.ts";
import { dropinName } from "../../names/unit.ts";

export interface QuadletDropinFragment {
  readonly name: string;
  readonly contents?: string;
  readonly contents_local?: string;
}

/** One of `systemd.quadlets`; written out as files before documents are merged. */
export interface QuadletFragment {
  readonly name: string;
  readonly rootful?: boolean;
  readonly contents?: string;
  readonly contents_local?: string;
  readonly dropins?: readonly QuadletDropinFragment[];
}

const KINDS = "container volume network kube image build pod artifact";

const quadletName: TextRule = {
  pattern: `^[A-Za-z0-9:_.\\\\@-]+\\.(?:${KINDS.replaceAll(" ", "|")})$`,
  check: (name) =>
    new RegExp(`^[A-Za-z0-9:_.\\\\@-]+\\.(?:${KINDS.replaceAll(" ", "|")})$`).test(name) &&
    !name.startsWith(".")
      ? undefined
      : {
          rule: "unit-name",
          message: `${quote(name)} is no name of a podman unit`,
          hint: `end it in one of .${KINDS.replaceAll(" ", ", .")}`,
        },
};

const contents = text("Its text.", { freeText: true });
const contentsLocal = text(
  "A file with its text, its path relative to the directory of this document.",
);

const dropin: Schema<QuadletDropinFragment> = object<QuadletDropinFragment>("A drop-in of it.", {
  name: required(text("Its file name, ending in `.conf`.", { rule: dropinName })),
  contents,
  contents_local: contentsLocal,
});

export const quadlet: Schema<QuadletFragment> = object<QuadletFragment>("A unit of podman.", {
  name: required(text("Its name with the suffix, such as `web.container`.", { rule: quadletName })),
  rootful: bool(
    "Whether it is the system's, in `/etc/containers/systemd`, rather than every user's. Default: no.",
  ),
  contents,
  contents_local: contentsLocal,
  dropins: listBy("Drop-ins that change it, merged by `name`.", "name", dropin),
});
