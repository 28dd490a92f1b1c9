/** The definition's own units, as systemd itself reads them. Pure, but for the one run of its program. */
import type { Range, Unit } from "@slipway/ignition-config";
import type { BuildContext, Target } from "./context.ts";

/** One remark of `systemd-analyze verify`. */
export interface UnitRemark {
  /** The unit's name, or `UNIT.d/DROPIN`. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Units of the definition that have a text; a template is looked at as an instance. */
const verifiableNames = (units: readonly Unit[]): readonly string[] =>
  units
    .filter(
      ({ mask, contents, dropins }) =>
        mask !== true &&
        ((contents ?? "") !== "" || dropins.some((dropin) => (dropin.contents ?? "") !== "")),
    )
    .map(({ name }) => name.replace("@.", "@instance."));

/**
 * What systemd says about lines of files below `root`. What it says about units as a whole (programs that are missing,
 * units without an [Install] section) has rules of its own.
 */
export const parseRemarks = (output: string, root: string): readonly UnitRemark[] => {
  const start = `${root}/etc/systemd/system/`;
  return output.split("\n").flatMap((text): readonly UnitRemark[] => {
    if (!text.startsWith(start)) return [];
    const [, file, line, message] = /^([^:]+):(\d+): (.+)$/.exec(text.slice(start.length)) ?? [];
    return file === undefined || line === undefined || message === undefined
      ? []
      : [{ file, line: Number(line), message }];
  });
};

const place = ({ file, start }: Range): string => `${file}:${start.line}:${start.column}`;

/** Where each file of a unit was written. */
const originsOf = (units: readonly Unit[]): ReadonlyMap<string, Range> =>
  new Map(
    units.flatMap(({ name, origin, dropins }) => [
      [name, origin] as const,
      ...dropins.map((dropin) => [`${name}.d/${dropin.name}`, dropin.origin] as const),
    ]),
  );

/** Warns of what systemd would skip or refuse. The line is that of the unit's own text. */
export const warnOfUnits = async (
  { toolbox, progress }: BuildContext,
  target: Target,
  root: string,
): Promise<void> => {
  const { units } = target.definition.config.systemd;
  const names = verifiableNames(units);
  if (names.length === 0) return;
  const { stdout } = await toolbox.run(
    {
      // It fails when it has something to say, and says it on standard error.
      argv: [
        ...(["sh", "-c", 'systemd-analyze "$@" 2>&1 || true', "systemd-analyze"] as const),
        ...["verify", "--man=no", "--generators=no", "--recursive-errors=no", `--root=${root}`],
        ...["--", ...names],
      ],
      purpose: "verifying units",
      timeoutMs: 60_000,
    },
    { readable: [root], ...(progress.signal === undefined ? {} : { signal: progress.signal }) },
  );
  const origins = originsOf(units);
  for (const { file, line, message } of parseRemarks(stdout, root)) {
    const origin = origins.get(file);
    if (origin === undefined) continue;
    progress.warn(`${place(origin)}: line ${line} of ${file}: ${message} [unit-verify]`);
  }
};
