import { patternRule } from "../../names/pattern-rule.ts";
import { mapOf, object, text } from "../../schema/combinators.ts";
import type { Schema } from "../../schema/shape.ts";

/** One of `secrets`: what the definition says of a value that it never holds. */
export interface SecretFragment {
  readonly description?: string;
}

/** A credential's name is a file's name on the node and a word in a unit. */
const secretName = patternRule("secret-name", "^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$", {
  what: "secret name",
  hint: "use at most 64 of a-z, 0-9, `.`, `_` and `-`, the first and last a letter or digit",
  correct: (name) => name.toLowerCase().replaceAll(/[^a-z0-9._-]/g, "-"),
});

const secret: Schema<SecretFragment> = object<SecretFragment>("A secret.", {
  description: text("What it is, and who gives it to the node.", { freeText: true }),
});

export const secrets: Schema<Readonly<Record<string, SecretFragment>>> = mapOf(
  "Secrets by name. The node gets each as a systemd credential of that name; no definition, image or log ever holds one.",
  secretName,
  secret,
);
