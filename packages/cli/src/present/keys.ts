/** What `slipway keys` says. Pure; nothing of it is secret. */
import type {
  InitializedKeys,
  KeyChange,
  KeyEntry,
  ListedKey,
  ListedRole,
  Replaced,
} from "@slipway/composer";
import type { Role } from "@slipway/release";
import { type Paint, printableLine } from "@slipway/host/command-line";

/** As many digits of an id as tell a person's keys apart, and as commands take. */
const SHORT = 16;

const shortId = (id: string): string => id.slice(0, SHORT);

const partText = (part: KeyEntry["privatePart"]): string =>
  part.kind === "file" ? part.name : `by ${printableLine(part.argv.join(" "))}`;

const partDocument = (part: KeyEntry["privatePart"]): unknown =>
  part.kind === "file" ? { file: part.name } : { command: part.argv };

const linesOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

const entryLine = ({ role, key, algorithm, privatePart }: KeyEntry): string =>
  `  ${role.padEnd(12)} ${shortId(key.keyID)}  ${algorithm.padEnd(10)}  ${partText(privatePart)}`;

export const initSummary = (
  { keyring, added }: InitializedKeys,
  repository: string | undefined,
  changed: readonly Role[],
): string =>
  linesOf([
    added.length === 0 ? `${keyring.directory}: nothing was missing` : keyring.directory,
    ...added.map(entryLine),
    ...(repository === undefined
      ? []
      : [changed.length === 0 ? `${repository}: nothing was missing` : repository]),
  ]);

export const initDocument = (
  { keyring, added }: InitializedKeys,
  repository: string | undefined,
  changed: readonly Role[],
): unknown => ({
  keys: keyring.directory,
  added: added.map(({ role, key, algorithm, privatePart }) => ({
    role,
    id: key.keyID,
    algorithm,
    private: partDocument(privatePart),
  })),
  ...(repository === undefined ? {} : { repository, signed: changed }),
});

const whereText = ({ privatePart, isHere }: ListedKey): string => {
  if (privatePart === undefined) return "not known here";
  return isHere ? partText(privatePart) : `${partText(privatePart)} is not here`;
};

const roleLine = ({ role, threshold, keys, status }: ListedRole, paint: Paint): string => {
  const trusted = keys.filter(({ isTrusted }) => isTrusted).length;
  const head = `${role.padEnd(12)} ${threshold} of ${trusted}`;
  if (status === undefined) return paint(head, "strong");
  const until = `version ${status.version} until ${status.expires}`;
  const tone = { fresh: "good", "past-half": "warn", expired: "bad" } as const;
  const word = {
    fresh: "fresh",
    "past-half": "past half of its time",
    expired: "expired",
  } as const;
  return `${paint(head, "strong")}  ${until}  ${paint(word[status.freshness], tone[status.freshness])}`;
};

const keyLine = (key: ListedKey): string =>
  `  ${shortId(key.id)}  ${(key.algorithm ?? "").padEnd(10)}  ${whereText(key)}${key.isTrusted ? "" : ", trusted by nobody"}`;

export const listTable = (roles: readonly ListedRole[], paint: Paint): string =>
  linesOf(roles.flatMap((role) => [roleLine(role, paint), ...role.keys.map(keyLine)]));

export const listDocument = (roles: readonly ListedRole[]): unknown => ({
  roles: roles.map(({ role, threshold, keys, status }) => ({
    role,
    threshold,
    ...status,
    keys: keys.map(({ id, algorithm, privatePart, isHere, isTrusted }) => ({
      id,
      ...(algorithm === undefined ? {} : { algorithm }),
      ...(privatePart === undefined ? {} : { private: partDocument(privatePart) }),
      here: isHere,
      trusted: isTrusted,
    })),
  })),
});

const changeLine = (sign: "-" | "+", { role, id, privatePart }: KeyChange): string =>
  `${sign} ${role.padEnd(12)} ${shortId(id)}${privatePart === undefined ? "" : `  ${partText(privatePart)}`}`;

const destroyLine = (out: readonly KeyChange[]): readonly string[] => {
  const files = out.flatMap(({ privatePart }) =>
    privatePart?.kind === "file" ? [privatePart.name] : [],
  );
  return files.length === 0 ? [] : [`destroy, with every copy: ${files.join(" ")}`];
};

export const replacedSummary = ({ out, in: came, changed }: Replaced): string =>
  linesOf([
    ...out.map((change) => changeLine("-", change)),
    ...came.map((change) => changeLine("+", change)),
    `signed anew: ${changed.join(", ")}`,
    ...destroyLine(out),
  ]);

const changeDocument = ({ role, id, privatePart }: KeyChange): unknown => ({
  role,
  id,
  ...(privatePart === undefined ? {} : { private: partDocument(privatePart) }),
});

export const replacedDocument = ({ out, in: came, changed }: Replaced): unknown => ({
  out: out.map(changeDocument),
  in: came.map(changeDocument),
  signed: changed,
});
