/** What a document has people type, held against what there is: by its program. */
import {
  type ActionName,
  decodeAction,
  matchRoute,
  MESSAGE_FIELDS,
  MESSAGES,
} from "@slipway/agent";
import { nodeUnitNames } from "@slipway/composer";
import { agentProblem, type Problem, slipwayProblem } from "./command-lines.ts";
import type { Typed } from "./shell.ts";
import { configProblem } from "./texts.ts";

type Rule = (args: readonly string[], typed: Typed) => Problem | Promise<Problem>;

const UNITS = nodeUnitNames();

/** `slipway-task@stage` is of a template's, and a service where nothing else is said. */
const isUnit = (name: string): boolean => {
  const whole = /\.(?:service|socket|timer|target|mount)$/.test(name) ? name : `${name}.service`;
  return UNITS.includes(whole.replace(/@[^.]+/, "@"));
};

const unitProblem = (names: readonly string[]): Problem => {
  const unknown = names.filter((name) => name.startsWith("slipway") && !isUnit(name));
  return unknown.length === 0 ? undefined : `no node has the unit ${unknown.join(", ")}`;
};

const SYSTEMCTL: ReadonlySet<string> = new Set([
  "is-active",
  "list-units",
  "poweroff",
  "reboot",
  "reload",
  "restart",
  "start",
  "status",
  "stop",
]);

const systemctl: Rule = (args) => {
  const [verb = "", ...units] = args.filter((arg) => !arg.startsWith("-"));
  return SYSTEMCTL.has(verb) ? unitProblem(units) : `nobody has looked at systemctl ${verb}`;
};

const EVENT_IDS: ReadonlySet<string> = new Set(Object.values(MESSAGES).map(({ id }) => id));

/** `FIELD=VALUE`, as the agent writes it. */
const matchProblem = (match: string): Problem => {
  const [field = "", value = ""] = match.split("=");
  if (field === "MESSAGE_ID") return EVENT_IDS.has(value) ? undefined : `${match} is no message`;
  if (!MESSAGE_FIELDS.some(([name]) => name === field)) return `the agent writes no ${field}`;
  return field === "SLIPWAY_EVENT" && !Object.hasOwn(MESSAGES, value)
    ? `${value} is no event`
    : undefined;
};

const journalctl: Rule = (args) => {
  const units = args.flatMap((arg, index) =>
    arg === "--unit" || arg === "-u" ? [args[index + 1] ?? ""] : [],
  );
  return (
    unitProblem(units) ??
    args
      .filter((arg) => /^[A-Z_]+=/.test(arg))
      .map(matchProblem)
      .find((problem) => problem !== undefined)
  );
};

const isActionName = (name: string, path: string): name is ActionName =>
  path.startsWith("/v1/actions/") && matchRoute("POST", path).kind === "route" && name !== "";

const bodyProblem = (path: string, body: string): Problem => {
  const name = path.slice("/v1/actions/".length);
  if (!isActionName(name, path)) return `${path} takes no body`;
  const value: unknown = JSON.parse(body);
  const decoded = decodeAction(name, value);
  return decoded.ok ? undefined : decoded.findings.map(({ message }) => message).join("; ");
};

/** Options of curl that take a value. */
const CURL_VALUES: ReadonlySet<string> = new Set(["--unix-socket", "-H", "-d", "--max-time"]);

const SOCKETS: readonly string[] = ["/run/slipway/agent.sock", "/tmp/node7.sock"];

const curl: Rule = (args) => {
  const valueOf = (name: string): string | undefined =>
    args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
  const [address] = args.filter(
    (arg, index) => !arg.startsWith("-") && !CURL_VALUES.has(args[index - 1] ?? ""),
  );
  if (address === undefined || !URL.canParse(address)) return "curl asks nobody";
  const { pathname } = new URL(address);
  const socket = valueOf("--unix-socket");
  if (socket === undefined ? pathname !== "/metrics" : !SOCKETS.includes(socket))
    return `${socket ?? address} is no place where the agent answers`;
  const body = valueOf("-d");
  const method = body === undefined ? "GET" : "POST";
  const matched = matchRoute(method, pathname);
  if (matched.kind !== "route") return `the agent does not take ${method} ${pathname}`;
  return body === undefined ? undefined : bodyProblem(pathname, body);
};

/** `cat >FILE <<'END'`: what is put there is read as whoever finds it there reads it. */
const cat: Rule = (_args, { hereDocument, file }) =>
  hereDocument === undefined ? undefined : configProblem(file ?? "", hereDocument);

/** Programs of others, of which documents say nothing that is ours. */
const OTHERS: ReadonlySet<string> = new Set([
  "blkid",
  "bootctl",
  "buildah",
  "chmod",
  "cmp",
  "cp",
  "dd",
  "df",
  "du",
  "echo",
  "env",
  "exit",
  "git",
  "jq",
  "ln",
  "ls",
  "lsblk",
  "mkdir",
  "mount",
  "mv",
  "podman",
  "rm",
  "rsync",
  "ssh",
  "sync",
  "tar",
  "timedatectl",
  "umount",
  "xfs_repair",
]);

const RULES: Readonly<Record<string, Rule>> = {
  "slipway-agent": agentProblem,
  slipway: (args) => slipwayProblem(args),
  // The launcher's own word beside the commands; .ci/run is held against it elsewhere.
  "./slipway": (args) => (args[0] === "test" ? undefined : slipwayProblem(args)),
  systemctl,
  journalctl,
  curl,
  cat,
};

/** What is wrong with a command that a document has people type. */
export const typedProblem = async (typed: Typed): Promise<Problem> => {
  const [program = "", ...args] = typed.words;
  const rule = Object.hasOwn(RULES, program) ? RULES[program] : undefined;
  if (rule !== undefined) return rule(args, typed);
  return OTHERS.has(program) ? undefined : `no rule says anything of ${program}`;
};
