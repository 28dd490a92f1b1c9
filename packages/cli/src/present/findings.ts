/** Findings about definitions, for people and for programs. Pure. */
import type { Finding, Level } from "@slipway/ignition-config";
import { type Paint, printable, type Tone } from "@slipway/host/command-line";

const TONES: Readonly<Record<Level, Tone>> = { error: "bad", warning: "warn", info: "strong" };
const LEVELS: readonly Level[] = ["error", "warning", "info"];

/** Findings with code frames. `render` is the language's own. */
export const presentReport = (
  findings: readonly Finding[],
  texts: ReadonlyMap<string, string>,
  render: (finding: Finding, sourceText?: string) => string,
  paint: Paint,
): readonly string[] =>
  findings.map((finding) => {
    const text = finding.range === undefined ? undefined : texts.get(finding.range.file);
    const rendered = printable(render(finding, text));
    const label = `${finding.level}[${finding.rule}]`;
    return rendered.replace(label, () => paint(label, TONES[finding.level]));
  });

/** `2 errors, 1 warning`. */
export const countFindings = (findings: readonly Finding[]): string => {
  const counts = LEVELS.map((level) => ({
    level,
    count: findings.filter((finding) => finding.level === level).length,
  })).filter(({ count }) => count > 0);
  if (counts.length === 0) return "no findings";
  return counts.map(({ level, count }) => `${count} ${level}${count === 1 ? "" : "s"}`).join(", ");
};

export interface CheckedFile {
  readonly file: string;
  readonly valid: boolean;
  readonly findings: readonly Finding[];
}

/** The document of `validate --format json`. */
export const findingsDocument = (
  files: readonly CheckedFile[],
  formatPath: (path: Finding["path"]) => string,
): unknown => ({
  valid: files.every(({ valid }) => valid),
  files: files.map(({ file, valid, findings }) => ({
    file,
    valid,
    findings: findings.map(({ level, rule, message, hint, path, range }) => ({
      level,
      rule,
      message,
      ...(hint === undefined ? {} : { hint }),
      path: formatPath(path),
      ...(range === undefined ? {} : { range }),
    })),
  })),
});
