/** The demonstration, told. Pure. */
import type { DemoReport, SceneReport } from "@slipway/composer";
import { formatDuration, formatSize } from "@slipway/host/command-line";

const seconds = (value: number): string => formatDuration(value * 1000);

const restarts = (resets: number): string =>
  resets === 0 ? "" : `, ${resets} ${resets === 1 ? "restart" : "restarts"}`;

/** Only what was fetched: a kind that cost nothing is not worth a word. */
const fetched = ({ bytes, requests }: SceneReport["traffic"]): string => {
  const parts = [
    ["delta", bytes.delta],
    ["index", bytes.index],
    ["images in full, or pieces of them", bytes.full],
    ["metadata", bytes.metadata],
  ] as const;
  const told = parts.flatMap(([what, size]) => (size === 0 ? [] : [`${formatSize(size)} ${what}`]));
  return `${requests} requests: ${told.join(", ")}`;
};

const recordLine = ({ kind, version, reason }: SceneReport["history"][number]): string =>
  [
    `  history    ${kind}`,
    ...(version === undefined ? [] : [version]),
    ...(reason === undefined ? [] : [`(${reason})`]),
  ].join(" ");

/** What is said of a scene when it has ended. */
export const sceneLines = (scene: SceneReport): readonly string[] => {
  const { status, idle } = scene;
  const toReset =
    scene.secondsToReset === undefined
      ? ""
      : `, ${seconds(scene.secondsToReset)} until the node restarted`;
  return [
    scene.title,
    `  took       ${seconds(scene.seconds)}${toReset}${restarts(scene.resets)}`,
    ...(scene.traffic.requests === 0 ? [] : [`  fetched    ${fetched(scene.traffic)}`]),
    ...scene.history.map(recordLine),
    ...(idle === undefined
      ? []
      : [
          `  after that ${idle.polls} looks at the repository in ${seconds(idle.seconds)}, and nothing was installed`,
        ]),
    `  now        release ${status.version}, ${status.blessed ? "blessed" : "on probation"}; a rollback would reach ${status.rollback ?? "none"}; refused: ${status.forbidden.join(", ") || "none"}`,
  ];
};

/** The releases, and how long it all took. */
export const demoSummary = (report: DemoReport): string =>
  [
    ...report.releases.map(
      ({ version, whatItIs, updates, bytes, fullBytes, deltaBytes }) =>
        `release ${version}  ${formatSize(bytes)}, in full ${formatSize(fullBytes)}${deltaBytes === 0 ? "" : `, as a delta ${formatSize(deltaBytes)}`}: ${whatItIs}${updates === undefined ? "" : ` (packages in other versions: ${updates})`}`,
    ),
    `${seconds(report.seconds)} in all (${report.architecture}): built in ${seconds(report.buildSeconds)} and told in ${seconds(report.storySeconds)}, most of it side by side`,
    "",
  ].join("\n");
