/** What publishing, collecting, verifying and exporting say. Pure. */
import type { ExportReport, GcReport, PublishReport, VerifyReport } from "@slipway/composer";
import type { Finding } from "@slipway/release";
import { formatSize, printableLine } from "@slipway/host/command-line";

export const findingLine = ({ message, hint }: Finding): string =>
  hint === undefined ? message : `${message}; ${hint}`;

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

/** The document of `publish --json`. */
export const publishDocument = (report: PublishReport): unknown => ({
  image: report.image,
  version: report.version,
  releases: report.releases.map(({ architecture, outcome, transports }) => ({
    arch: architecture,
    outcome,
    transports: transports.map(({ of, format, from, file }) => ({
      of,
      format,
      ...(from === undefined ? {} : { from: from.version }),
      size: file.size,
      sha256: file.sha256,
    })),
  })),
  ...(report.channel === undefined ? {} : { channel: report.channel }),
  warnings: report.warnings.map(({ rule, message, hint }) => ({
    rule,
    message,
    ...(hint === undefined ? {} : { hint }),
  })),
});

/** What a node fetches on each way, root and kernel image together. */
const wayLines = (
  transports: PublishReport["releases"][number]["transports"],
): readonly string[] => {
  const ways = new Map<string, number>();
  for (const { format, from, file } of transports) {
    const way = from === undefined ? format : `${format} from ${from.version}`;
    ways.set(way, (ways.get(way) ?? 0) + file.size);
  }
  return [...ways].map(([way, size]) => `  ${way.padEnd(24)} ${formatSize(size).padStart(10)}`);
};

export const publishSummary = ({ image, version, releases, channel }: PublishReport): string => {
  const lines = releases.flatMap(({ architecture, outcome, transports }) => [
    outcome === "published"
      ? `${image} ${version} for ${architecture}: published`
      : `${image} ${version} for ${architecture}: was published already, with the same bytes`,
    ...(outcome === "published" ? wayLines(transports) : []),
  ]);
  const onChannel =
    channel === undefined
      ? []
      : [
          channel.outcome === "changed"
            ? `channel ${channel.name}: offers it now`
            : `channel ${channel.name}: had it already; nothing changed`,
        ];
  return `${[...lines, ...onChannel].join("\n")}\n`;
};

/** The document of `repo gc --json`. */
export const gcDocument = ({ releases, channels, files }: GcReport): unknown => ({
  releases,
  channels,
  files,
});

export const gcSummary = (
  { releases, channels, files }: GcReport,
  { dryRun }: { readonly dryRun: boolean },
): string => {
  const would = dryRun ? "would be " : "";
  const lines = [
    ...releases.map((target) => `${target.replace(/\.json$/, "")}: ${would}taken out`),
    ...channels.map((name) => `channel ${name}: ${would}shorter`),
    `${plural(files.removed, "file")} ${would}removed (${formatSize(files.removedBytes)})`,
    ...(files.waiting === 0
      ? []
      : [
          `${plural(files.waiting, "file")} (${formatSize(files.waitingBytes)}) ${dryRun ? "would wait" : "wait"} until clients on their way have finished; the next run after that removes them`,
        ]),
  ];
  return `${lines.join("\n")}\n`;
};

/** The document of `repo verify --json`. */
export const verifyDocument = ({ problems, checked, strangers }: VerifyReport): unknown => ({
  good: problems.length === 0,
  problems: problems.map(({ file, kind, message }) => ({ file, kind, message })),
  checked,
  strangers,
});

export const verifySummary = ({ problems, checked, strangers }: VerifyReport): string => {
  const { releases, channels, files, bytes } = checked;
  const looked = `${plural(releases, "release")}, ${plural(channels, "channel")}, ${plural(files, "file")}, ${formatSize(bytes)} read`;
  const lines = [
    ...problems.map(
      ({ file, kind, message }) =>
        `${kind.toUpperCase()} ${printableLine(file)} ${printableLine(message)}`,
    ),
    ...strangers.map(
      (file) =>
        `unknown ${printableLine(file)} is no file of a repository; clients do not ask for it`,
    ),
    problems.length === 0
      ? `good: ${looked}`
      : `bad: ${plural(problems.length, "problem")} in ${looked}`,
  ];
  return `${lines.join("\n")}\n`;
};

/** The document of `repo export --json`. */
export const exportDocument = ({ file, version, files, size }: ExportReport): unknown => ({
  file,
  version,
  files,
  size,
});

export const exportSummary = ({ file, version, files, size }: ExportReport): string =>
  `${file}: version ${version}, ${plural(files, "file")}, ${formatSize(size)}\n`;
