/** `variant: slipway`, `version: 1.0.0`: the whole document. */
import { quote } from "../../report/violation.ts";
import { object, oneOf, required, setOf, text } from "../../schema/combinators.ts";
import type { ObjectShape, Say, Schema, TextRule } from "../../schema/shape.ts";
import { lintDocument } from "../lint/lint-document.ts";
import { checkSecrets } from "./check-secrets.ts";
import { image, type ImageFragment } from "./image.ts";
import { kernelArguments, type KernelArgumentsFragment } from "./kernel-arguments.ts";
import { passwd, type PasswdFragment } from "./passwd.ts";
import { type SecretFragment, secrets } from "./secret.ts";
import { storage, type StorageFragment } from "./storage.ts";
import { systemd, type SystemdFragment } from "./systemd.ts";
import { type VariableFragment, variables } from "./variable.ts";

/** A document as written, or several of them merged. */
export interface DocumentFragment {
  readonly variant: "slipway";
  readonly version: "1.0.0";
  readonly include?: readonly string[];
  readonly variables?: Readonly<Record<string, VariableFragment>>;
  readonly secrets?: Readonly<Record<string, SecretFragment>>;
  readonly image?: ImageFragment;
  readonly kernel_arguments?: KernelArgumentsFragment;
  readonly storage?: StorageFragment;
  readonly systemd?: SystemdFragment;
  readonly passwd?: PasswdFragment;
}

const includeName: TextRule = {
  pattern: "^.",
  check: (name) => {
    if (name === "")
      return { rule: "missing-file", message: "an include without a name", hint: "name a file" };
    if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(name)) return undefined;
    return {
      rule: "include-remote",
      message: `${quote(name)} is a URL, not a file`,
      hint: "keep a copy beside this document",
    };
  },
};

/** A node of `storage` must not stand where a unit's or drop-in's own contents are written. */
const checkUnitPaths = (document: DocumentFragment, say: Say): void => {
  const owners = new Map<string, string>();
  for (const unit of document.systemd?.units ?? []) {
    const path = `/etc/systemd/system/${unit.name}`;
    if (unit.contents !== undefined && unit.contents !== "")
      owners.set(path, `unit "${unit.name}"`);
    for (const dropin of unit.dropins ?? []) {
      if (dropin.contents === undefined || dropin.contents === "") continue;
      owners.set(`${path}.d/${dropin.name}`, `drop-in "${dropin.name}" of "${unit.name}"`);
    }
  }
  const { directories = [], files = [], links = [] } = document.storage ?? {};
  for (const node of [...directories, ...files, ...links]) {
    const owner = owners.get(node.path);
    if (owner === undefined) continue;
    say(node, ["path"], {
      rule: "contents-conflict",
      message: `path ${quote(node.path)} is where ${owner} is written`,
      hint: "give the contents in one of the two places",
    });
  }
};

const checkImage = (document: DocumentFragment, say: Say): void => {
  for (const key of ["name", "version"] as const) {
    if (document.image?.[key] !== undefined) continue;
    say(document, ["image", key], {
      rule: "missing-key",
      message: `"image.${key}" is required, here or in an included document`,
      hint: `add \`${key}:\` under \`image:\``,
    });
  }
};

/** The schema of the variant's version 1.0.0. */
export const document: Schema<DocumentFragment> & { readonly shape: ObjectShape } =
  object<DocumentFragment>(
    "An image of Slipway: what it is made of, and how it is configured.",
    {
      variant: required(oneOf("The language of this document.", ["slipway"], { literal: true })),
      version: required(oneOf("The version of that language.", ["1.0.0"], { literal: true })),
      include: setOf(
        "Documents that this one builds upon, their paths relative to its directory. They are merged in order, " +
          "a later one over an earlier one and this one over all; a document named twice counts once.",
        text("A path.", { rule: includeName, literal: true }),
      ),
      variables,
      secrets,
      image,
      kernel_arguments: kernelArguments,
      storage,
      systemd,
      passwd,
    },
    {
      unsupported: ["ignition", "boot_device", "grub"],
      check: (value, say) => {
        checkImage(value, say);
        checkUnitPaths(value, say);
        checkSecrets(value, say);
        lintDocument(value, say);
      },
    },
  );
