/** The commands by name, each loaded when it is run. */
import type { Registered } from "./command.ts";

/** In the order of the overview: that of a day's work. */
export const COMMANDS: readonly Registered[] = [
  {
    name: "init",
    summary: "Begin a project: an image definition that builds as it is",
    load: async () => (await import("./init.ts")).init,
  },
  {
    name: "build",
    summary: "Build the release of an image definition",
    load: async () => (await import("./build.ts")).build,
  },
  {
    name: "lock",
    summary: "Resolve a definition's packages and write its lock, without building",
    load: async () => (await import("./lock.ts")).lock,
  },
  {
    name: "validate",
    summary: "Check image definitions and show every mistake in its place",
    load: async () => (await import("./validate.ts")).validate,
  },
  {
    name: "config",
    summary: "Show a definition with everything merged, and where each value is from",
    load: async () => (await import("./config.ts")).config,
  },
  {
    name: "ignition",
    summary: "Print what is left for a node's first boot, as an Ignition config",
    load: async () => (await import("./ignition.ts")).ignition,
  },
  {
    name: "schema",
    summary: "Print the JSON Schema of image definitions, for editors",
    load: async () => (await import("./schema.ts")).schema,
  },
  {
    name: "run",
    summary: "Boot a release or a disk in a virtual machine",
    load: async () => (await import("./run.ts")).run,
  },
  {
    name: "inspect",
    summary: "Show what is in a release",
    load: async () => (await import("./inspect.ts")).inspect,
  },
  {
    name: "diff",
    summary: "Show what differs between two releases",
    load: async () => (await import("./diff.ts")).diff,
  },
  {
    name: "publish",
    summary: "Sign releases into a repository, and offer them to nodes",
    load: async () => (await import("./publish.ts")).publish,
  },
  {
    name: "keys",
    summary: "Make, list and replace the keys that sign a repository",
    load: async () => (await import("./keys.ts")).keys,
  },
  {
    name: "repo",
    summary: "Look after a repository of releases",
    load: async () => (await import("./repo.ts")).repo,
  },
  {
    name: "demo",
    summary: "Watch a node upgrade, refuse bad releases and go back",
    load: async () => (await import("./demo.ts")).demo,
  },
];

export const commandNames: readonly string[] = COMMANDS.map(({ name }) => name);
