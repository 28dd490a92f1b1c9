/** What a document has people put into a file, read by who reads it there. */
import { mergeSettings } from "@slipway/agent";
import { loadDefinition } from "@slipway/ignition-config";
import { decodeHealthChecks } from "@slipway/release";
import { type Problem, slipwayProblem } from "./command-lines.ts";

/** A document that stands for itself, or that is what is missing in front of it. */
const definitionProblem = async (text: string): Promise<Problem> => {
  const isWhole = text.includes("variant: slipway");
  const head = `variant: slipway\nversion: 1.0.0\n${/^image:/m.test(text) ? "" : "image:\n  name: a\n  version: 1\n"}`;
  const { report } = await loadDefinition("site.yaml", {
    read: async (file) => ({
      ok: true,
      bytes: Buffer.from(
        file === "site.yaml"
          ? isWhole
            ? text
            : head + text
          : "variant: slipway\nversion: 1.0.0\n",
      ),
    }),
    kind: async () => "file",
  });
  return report.findings.length === 0
    ? undefined
    : report.findings.map(({ message }) => message).join("; ");
};

const settingsProblem = (file: string, text: string): Problem => {
  const { findings } = mergeSettings([{ file, text }]);
  return findings.length === 0 ? undefined : findings.map(({ message }) => message).join("; ");
};

/** A file on a node has what `image.health` of a definition has, and a schema in front. */
const healthProblem = async (text: string): Promise<Problem> => {
  const [schema = "", ...lines] = text.split("\n").filter((line) => !line.startsWith("#"));
  if (schema !== "schema: 1") return "a file of health checks begins with `schema: 1`";
  const definition = `variant: slipway\nversion: 1.0.0\nimage:\n  name: a\n  version: 1\n  health:\n${lines.map((line) => `    ${line}\n`).join("")}`;
  const { report, definition: read } = await loadDefinition("site.yaml", {
    read: async () => ({ ok: true, bytes: Buffer.from(definition) }),
    kind: async () => "missing",
  });
  if (report.findings.length > 0) return report.findings.map(({ message }) => message).join("; ");
  const decoded = decodeHealthChecks({ schema: 1, ...read?.image.health });
  return decoded.ok ? undefined : JSON.stringify(decoded.findings);
};

/** As `slipway publish --rollout FILE` reads it. */
const policyProblem = (text: string): Promise<Problem> =>
  slipwayProblem(
    "publish dir --repo repo --keys keys --channel stable --rollout policy.yaml".split(" "),
    { "/root/policy.yaml": text },
  );

/** By the place of a file. */
export const configProblem = (file: string, text: string): Problem | Promise<Problem> => {
  if (file.startsWith("/etc/slipway/agent.d/")) return settingsProblem(file, text);
  if (file.startsWith("/etc/slipway/health.d/")) return healthProblem(text);
  return file.startsWith("/etc/slipway/hooks/") ? undefined : `nobody is known to read ${file}`;
};

/** By a comment in the first line that names the file, or by the keys. */
export const yamlProblem = (text: string): Problem | Promise<Problem> => {
  const [, file] = /^# (\/\S+)\n/.exec(text) ?? [];
  if (file !== undefined) return configProblem(file, text);
  if (/^schema: 1$/m.test(text)) return healthProblem(text);
  if (/^waves:/m.test(text)) return policyProblem(text);
  return definitionProblem(text);
};

const CODE = /^[A-Z][A-Z_]+$/;

/** An answer of the API's: a problem has a code that is in the reference. */
export const jsonProblem = (text: string, codes: ReadonlySet<string>): Problem => {
  const value: unknown = JSON.parse(text);
  const code: unknown =
    typeof value === "object" && value !== null ? Reflect.get(value, "code") : "";
  return typeof code === "string" && CODE.test(code) && !codes.has(code)
    ? `${code} is no code`
    : undefined;
};
