import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { before } from "mocha";

/**
 * Skips the surrounding suite when a program it needs is not on this machine, and says which. With CI=true the suite fails
 * instead: what is silently skipped there is tested nowhere.
 */
export const requireTools = (...tools: readonly string[]): void => {
  before(`needs ${tools.join(", ")}`, function () {
    switch (verdictOnTools(tools, process.env)) {
      case "run":
        return;
      case "skip":
        console.error(
          `      skipped: not on this machine: ${missing(tools, process.env).join(", ")}`,
        );
        this.skip();
        return;
      case "fail":
        throw new Error(
          `not on this machine: ${missing(tools, process.env).join(", ")}; with CI=true nothing may be skipped: install them`,
        );
    }
  });
};

interface Environment {
  readonly PATH?: string | undefined;
  readonly CI?: string | undefined;
}

/** What becomes of a suite that needs these programs in this environment. */
export const verdictOnTools = (
  tools: readonly string[],
  environment: Environment,
): "run" | "skip" | "fail" => {
  if (missing(tools, environment).length === 0) return "run";
  return environment.CI === "true" ? "fail" : "skip";
};

const missing = (tools: readonly string[], environment: Environment): readonly string[] => {
  // An ordinary user's PATH often lacks the system directories in which these programs live.
  const directories = [...(environment.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return tools.filter((tool) => !directories.some((directory) => isProgram(join(directory, tool))));
};

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};
