/** Lines about units, presets, accounts, kernel and initrd. Pure. */
import type {
  ArgumentDiff,
  InitrdDiff,
  PresetChange,
  ReleaseDiff,
  StartedBy,
  UnitChange,
} from "@slipway/composer";
import { formatGrowth } from "@slipway/host/command-line";
import { counted, type Item, type Part } from "./parts.ts";

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;

const item = (sign: Item["sign"], name: string, detail = ""): Item => ({
  sign,
  name: { code: name },
  detail,
});

export const argumentsPart = (diff: ReleaseDiff): Part => ({
  title: "Kernel arguments",
  items: [
    ...argumentItems(diff.kernelArguments),
    ...diff.profiles.flatMap(({ profile, change, kernelArguments }) => [
      item(SIGNS[change], profile, "a profile of the UKI"),
      ...argumentItems(kernelArguments).map((one) => ({
        ...one,
        detail: [`of ${profile}`, one.detail].filter((text) => text !== "").join("; "),
      })),
    ]),
  ],
  notes: diff.kernelArguments.isReordered ? ["The same arguments in another order."] : [],
});

const argumentItems = ({ added, removed, changed }: ArgumentDiff): readonly Item[] => [
  ...added.map((word) => item("+", word)),
  ...removed.map((word) => item("-", word)),
  ...changed.map(({ before, after }) => item("~", after, `was ${before}`)),
];

export const unitsPart = (units: readonly UnitChange[]): Part => ({
  title: `Units: ${counted(
    (["added", "removed", "changed"] as const).map((kind) => [
      units.filter(({ change }) => change === kind).length,
      kind,
    ]),
  )}`,
  items: units.map((unit) =>
    item(
      SIGNS[unit.change],
      unit.manager === "user" ? `${unit.unit} (user)` : unit.unit,
      unitText(unit),
    ),
  ),
});

const unitText = (unit: UnitChange): string => {
  const { change, file, alias, masked, startedBy, dropIns, isFileChanged } = unit;
  return [
    ...(isFileChanged ? ["contents"] : []),
    ...(change === "changed" && file?.after !== undefined ? [`now ${file.after}`] : []),
    ...(alias?.after === undefined ? [] : [`another name of ${alias.after}`]),
    ...(alias?.before === undefined || change === "removed"
      ? []
      : [`no longer another name of ${alias.before}`]),
    ...(masked === undefined || change === "removed"
      ? []
      : [masked.after ? "masked" : "no longer masked"]),
    ...startedBy.added.map((one) => `${startWord(one)} by ${one.by}`),
    ...startedBy.removed.map((one) => `no longer ${startWord(one)} by ${one.by}`),
    ...dropIns.added.map((path) => `drop-in ${path} added`),
    ...dropIns.removed.map((path) => `drop-in ${path} removed`),
    ...dropIns.changed.map((path) => `drop-in ${path} changed`),
  ].join("; ");
};

/** What a package brings along in `/usr` nobody enabled. */
const startWord = ({ path }: StartedBy): string =>
  path.startsWith("/etc/") ? "enabled" : "started";

export const presetsPart = (presets: readonly PresetChange[]): Part => ({
  title: "Presets",
  items: presets.map(({ path, change, added, removed, isReordered }) =>
    item(
      SIGNS[change],
      path,
      [
        ...added.map((rule) => (change === "added" ? rule : `now ${rule}`)),
        ...removed.map((rule) => (change === "removed" ? rule : `no longer ${rule}`)),
        ...(isReordered ? ["the same rules in another order"] : []),
      ].join("; "),
    ),
  ),
});

const changedText = (
  fields: Readonly<
    Record<string, { readonly before: unknown; readonly after: unknown } | undefined>
  >,
): readonly string[] =>
  Object.entries(fields).flatMap(([name, change]) =>
    change === undefined ? [] : [`${name} ${String(change.before)} -> ${String(change.after)}`],
  );

export const accountsPart = ({ accounts: { users, groups } }: ReleaseDiff): Part => ({
  title: "Accounts",
  items: [
    ...users.added.map(({ name, uid, gid, home, shell }) =>
      item("+", name, `user ${uid}:${gid}, home ${home}, shell ${shell}`),
    ),
    ...users.removed.map(({ name, uid, gid }) => item("-", name, `user ${uid}:${gid}`)),
    ...users.changed.map(({ name, isPasswordChanged, ...fields }) =>
      item(
        "~",
        name,
        ["user", ...changedText(fields), ...(isPasswordChanged ? ["password changed"] : [])].join(
          "; ",
        ),
      ),
    ),
    ...groups.added.map(({ name, gid, members }) =>
      item("+", name, [`group ${gid}`, ...members.map((member) => `with ${member}`)].join(", ")),
    ),
    ...groups.removed.map(({ name, gid }) => item("-", name, `group ${gid}`)),
    ...groups.changed.map(({ name, gid, members }) =>
      item(
        "~",
        name,
        [
          "group",
          ...changedText({ gid }),
          ...members.added.map((member) => `with ${member}`),
          ...members.removed.map((member) => `without ${member}`),
        ].join("; "),
      ),
    ),
  ],
});

/** A new kernel changes every module of an initrd, another architecture nearly all of it. */
const MOST_NAMES = 20;

export const initrdPart = (diff: ReleaseDiff, listAll: boolean): Part => {
  const { initrd, isKernelChanged, before, after } = diff;
  const { modules, files } = initrd;
  return {
    title: "Kernel and initrd",
    items: [
      ...(isKernelChanged && before.kernelRelease === after.kernelRelease
        ? [item("~", "kernel", "other bytes of the same kernel release")]
        : []),
      ...nameItems(files, "files", listAll),
      ...nameItems(modules, "modules", listAll),
    ],
    notes: [
      ...initrdNotes(initrd),
      // With another root the command line differs, and that is said elsewhere.
      ...(diff.isUkiChanged &&
      !isKernelChanged &&
      initrd.isSame &&
      before.roothash === after.roothash
        ? ["The UKI has other bytes, and the same kernel and initrd."]
        : []),
    ],
  };
};

const nameItems = (
  names: InitrdDiff["files"],
  what: "files" | "modules",
  listAll: boolean,
): readonly Item[] =>
  (["added", "removed", "changed"] as const).flatMap((kind) =>
    names[kind].length > MOST_NAMES && !listAll
      ? [{ sign: SIGNS[kind], name: `${names[kind].length} ${what}`, detail: "" }]
      : names[kind].map((name) => item(SIGNS[kind], name, what === "modules" ? "module" : "")),
  );

const initrdNotes = ({ isSame, isListed, size }: InitrdDiff): readonly string[] => {
  if (isSame) return [];
  const growth = formatGrowth(size.after - size.before);
  return [
    isListed
      ? `The initrd differs, ${growth}.`
      : `The initrd differs, ${growth}; it is compressed, so its files are not compared.`,
  ];
};
