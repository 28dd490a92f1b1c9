/** Files whose contents are secrets: what a node can do with them. */
import { quote } from "../../report/violation.ts";
import type { Say } from "../../schema/shape.ts";
import { nearest } from "../../text/nearest.ts";
import type { DocumentFragment } from "./document.ts";
import type { FileFragment } from "./file.ts";
import { SECRETS_CONF, SECRETS_UNIT } from "./settle-secrets.ts";

/** Where a node can write when it starts. */
const WRITABLE = ["/etc/", "/run/", "/var/"] as const;

const checkReference = (
  file: FileFragment,
  name: string,
  path: readonly (string | number)[],
  declared: ReadonlySet<string>,
  say: Say,
): void => {
  if (declared.has(name)) return;
  say(file, path, {
    rule: "unknown-secret",
    message: `there is no secret ${quote(name)}`,
    hint: () => {
      const near = nearest(name, [...declared]);
      return near === undefined ? "declare it under `secrets:`" : `did you mean \`${near}\`?`;
    },
  });
};

const checkPlace = (file: FileFragment, say: Say): void => {
  if (WRITABLE.some((place) => file.path.startsWith(place))) return;
  say(file, ["path"], {
    rule: "secret-place",
    message: `${quote(file.path)} is to be made on the node, which cannot write there`,
    hint: "choose a path below /run (gone when the node is off), /etc or /var",
  });
};

/** The names of what writes the secrets belong to it alone. */
const checkReserved = ({ storage, systemd }: DocumentFragment, say: Say): void => {
  const hint = "choose another name: this one is the release's own, as it has secrets";
  for (const unit of systemd?.units ?? []) {
    if (unit.name !== SECRETS_UNIT) continue;
    const message = `unit ${quote(unit.name)} is the one that writes the secrets`;
    say(unit, ["name"], { rule: "contents-conflict", message, hint });
  }
  const { directories = [], files = [], links = [] } = storage ?? {};
  for (const node of [...directories, ...files, ...links]) {
    if (node.path !== SECRETS_CONF) continue;
    const message = `path ${quote(node.path)} is where the release says how secrets are written`;
    say(node, ["path"], { rule: "contents-conflict", message, hint });
  }
};

/** Declared and used alike, each secret in places that the node can write to. */
export const checkSecrets = (document: DocumentFragment, say: Say): void => {
  const secrets = document.secrets ?? {};
  const declared = new Set(Object.keys(secrets));
  const used = new Set<string>();
  for (const file of document.storage?.files ?? []) {
    const name = file.contents?.secret;
    if (name !== undefined) {
      used.add(name);
      checkReference(file, name, ["contents", "secret"], declared, say);
      checkPlace(file, say);
    }
    if (name !== undefined && (file.append ?? []).length > 0) {
      say(file, ["append"], {
        rule: "secret-use",
        message: "nothing can be appended to a secret",
        hint: "put the whole text into the secret",
      });
    }
    for (const [index, part] of (file.append ?? []).entries()) {
      if (part.secret === undefined) continue;
      say(file, ["append", index, "secret"], {
        rule: "secret-use",
        message: "a secret cannot be appended: it is not known when the file is made",
        hint: "make it a file of its own with `contents`",
      });
    }
  }
  if (used.size > 0) checkReserved(document, say);
  for (const name of declared) {
    if (used.has(name)) continue;
    say(secrets, [name], {
      rule: "unused-secret",
      message: `no file holds secret ${quote(name)}`,
      hint: `write \`contents: { secret: ${name} }\` for the file that does, or remove it`,
    });
  }
};
