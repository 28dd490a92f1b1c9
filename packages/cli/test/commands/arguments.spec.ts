import assert from "node:assert/strict";
import { ARCHITECTURES, IGNITION_VERSIONS } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { ARCHITECTURE_NAMES } from "../../src/arguments/architectures.ts";
import { SPEC_VERSIONS } from "../../src/arguments/spec-versions.ts";
import { readConfigArguments } from "../../src/commands/config.ts";
import { readBuildArguments } from "../../src/commands/build.ts";
import { readDemoArguments } from "../../src/commands/demo.ts";
import { readDiffArguments } from "../../src/commands/diff.ts";
import { readIgnitionArguments } from "../../src/commands/ignition.ts";
import { readInitArguments } from "../../src/commands/init.ts";
import { readInspectArguments } from "../../src/commands/inspect.ts";
import { readLockArguments } from "../../src/commands/lock.ts";
import { readPublishArguments } from "../../src/commands/publish.ts";
import { COMMANDS } from "../../src/commands/registry.ts";
import { readRunArguments } from "../../src/commands/run.ts";
import { readSchemaArguments } from "../../src/commands/schema.ts";
import { readValidateArguments } from "../../src/commands/validate.ts";
import { failsWith } from "../support/fails-with.ts";

const HERE = { environment: {}, directory: "/project", home: "/home/me" };

const READERS: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
  init: (args) => readInitArguments(args, HERE),
  build: (args) => readBuildArguments(args, HERE),
  lock: (args) => readLockArguments(args, HERE),
  validate: readValidateArguments,
  config: readConfigArguments,
  ignition: readIgnitionArguments,
  schema: readSchemaArguments,
  run: (args) => readRunArguments(args, HERE),
  inspect: readInspectArguments,
  diff: readDiffArguments,
  publish: (args) => readPublishArguments(args, HERE),
  demo: (args) => readDemoArguments(args, HERE),
};

const TO = ["--repo", "r", "--keys", "k"] as const;

const NO_VARIABLES = { files: [], values: [] };

const DEFAULTS = {
  build: {
    file: "x.yaml",
    architectures: [],
    version: undefined,
    variables: NO_VARIABLES,
    out: "/project/out",
    cache: "/home/me/.cache/slipway",
    locked: false,
    sectorBytes: 512,
    noCache: false,
    explain: false,
    dryRun: false,
    json: false,
  },
  lock: {
    file: "x.yaml",
    architectures: [],
    version: undefined,
    variables: NO_VARIABLES,
    cache: "/home/me/.cache/slipway",
    json: false,
  },
  validate: { files: ["a"], format: "text", lenient: false, variables: NO_VARIABLES },
  config: { file: "a", variables: NO_VARIABLES, origin: false, json: false },
  diff: { before: "a", after: "b", format: "text", files: false, exitCode: false },
  publish: {
    repository: "/project/r",
    keys: "/project/k",
    directories: ["/project/d"],
    published: undefined,
    channel: undefined,
    deltas: 3,
    from: [],
    securityEpoch: undefined,
    minimalAgent: undefined,
    includedAgent: undefined,
    acceptLostOffers: false,
    json: false,
  },
  run: {
    target: "/project/d",
    cache: "/home/me/.cache/slipway",
    memoryMib: undefined,
    diskBytes: undefined,
    addDisks: [],
    credentials: [],
    ssh: undefined,
    keep: false,
    exec: undefined,
    timeoutMs: undefined,
    json: false,
  },
};

const READ: readonly (readonly [string, readonly string[], unknown])[] = [
  ["init", [], { directory: "/project", name: "project", json: false }],
  ["init", ["My Édge-"], { directory: "/project/My Édge-", name: "my-dge", json: false }],
  ["init", ["/"], { directory: "/", name: "node", json: false }],
  ["init", ["d", "--name", "x", "--json"], { directory: "/project/d", name: "x", json: true }],
  ["build", ["x.yaml"], DEFAULTS.build],
  ["build", ["x.yaml", "--arch", "aarch64"], { ...DEFAULTS.build, architectures: ["aarch64"] }],
  [
    "build",
    ["--arch", "x86_64", "x.yaml", "--arch=aarch64", "--arch", "x86_64"],
    { ...DEFAULTS.build, architectures: ["x86_64", "aarch64"] },
  ],
  [
    "build",
    [
      "x.yaml",
      "--version",
      "2.1",
      "--out",
      "o",
      "--cache",
      "/c",
      "--locked",
      "--no-cache",
      "--explain",
      "--json",
      "--debug",
    ],
    {
      ...DEFAULTS.build,
      ...{ version: "2.1", out: "/project/o", cache: "/c" },
      ...{ locked: true, noCache: true, explain: true, json: true },
    },
  ],
  ["build", ["x.yaml", "--sector-size", "4096"], { ...DEFAULTS.build, sectorBytes: 4096 }],
  ["build", ["x.yaml", "--dry-run"], { ...DEFAULTS.build, dryRun: true }],
  ["lock", ["x.yaml"], DEFAULTS.lock],
  [
    "lock",
    ["x.yaml", "--arch", "x86_64", "--version", "3", "--cache", "c", "--json"],
    {
      ...DEFAULTS.lock,
      ...{ architectures: ["x86_64"], version: "3", cache: "/project/c", json: true },
    },
  ],
  [
    "build",
    ["x.yaml", "--var", "a=b=c", "--var=d=", "--var-file", "v.yaml"],
    {
      ...DEFAULTS.build,
      variables: {
        files: ["v.yaml"],
        values: [
          { name: "a", value: "b=c" },
          { name: "d", value: "" },
        ],
      },
    },
  ],
  ["validate", ["a"], DEFAULTS.validate],
  [
    "validate",
    ["a", "b", "--format", "json"],
    { ...DEFAULTS.validate, files: ["a", "b"], format: "json" },
  ],
  ["validate", ["a", "--json"], { ...DEFAULTS.validate, format: "json" }],
  ["validate", ["a", "--json", "--format=json"], { ...DEFAULTS.validate, format: "json" }],
  ["validate", ["a", "--format", "text"], DEFAULTS.validate],
  ["validate", ["a", "--format", "sarif"], { ...DEFAULTS.validate, format: "sarif" }],
  ["validate", ["a", "--lenient"], { ...DEFAULTS.validate, lenient: true }],
  ["config", ["show", "a"], DEFAULTS.config],
  ["config", ["show", "a", "--origin", "--json"], { ...DEFAULTS.config, origin: true, json: true }],
  ["ignition", ["a"], { file: "a", spec: undefined, variables: NO_VARIABLES }],
  ["ignition", ["a", "--spec=3.4.0"], { file: "a", spec: "3.4.0", variables: NO_VARIABLES }],
  ["schema", [], { variant: "slipway", version: "1.0.0" }],
  ["schema", ["1.0.0", "--json"], { variant: "slipway", version: "1.0.0" }],
  ["schema", ["--variant", "ignition"], { variant: "ignition", version: "3.6.0" }],
  ["schema", ["3.3.0", "--variant=ignition"], { variant: "ignition", version: "3.3.0" }],
  ["run", ["d"], DEFAULTS.run],
  [
    "run",
    ["/d", "--memory", "2048", "--disk-size", "20G", "--keep", "--cache", "c"],
    {
      ...DEFAULTS.run,
      target: "/d",
      memoryMib: 2048,
      diskBytes: 20 * 1024 ** 3,
      keep: true,
      cache: "/project/c",
    },
  ],
  [
    "run",
    ["d", "--exec", "ls -l; true", "--timeout", "60", "--json"],
    { ...DEFAULTS.run, exec: "ls -l; true", timeoutMs: 60_000, json: true },
  ],
  [
    "run",
    ["d", "--add-disk", "one.raw", "--add-disk", "/two.qcow2"],
    { ...DEFAULTS.run, addDisks: ["/project/one.raw", "/two.qcow2"] },
  ],
  [
    "run",
    ["d", "--credential", "db.key=k", "--credential=b=/c=d"],
    {
      ...DEFAULTS.run,
      credentials: [
        { name: "db.key", file: "/project/k" },
        { name: "b", file: "/c=d" },
      ],
    },
  ],
  ["run", ["d", "--ssh"], { ...DEFAULTS.run, ssh: { keyFile: undefined } }],
  [
    "run",
    ["d", "--ssh", "--ssh-key", "k.pub"],
    { ...DEFAULTS.run, ssh: { keyFile: "/project/k.pub" } },
  ],
  ["run", ["d", "--exec=--version"], { ...DEFAULTS.run, exec: "--version" }],
  [
    "demo",
    [],
    {
      architecture: "x86_64",
      telling: { idlePolls: 10, short: false },
      keep: undefined,
      cache: "/home/me/.cache/slipway",
      json: false,
    },
  ],
  [
    "demo",
    ["--arch", "aarch64", "--short", "--polls", "50", "--keep", "d", "--cache", "/c", "--json"],
    {
      architecture: "aarch64",
      telling: { idlePolls: 50, short: true },
      keep: "/project/d",
      cache: "/c",
      json: true,
    },
  ],
  ["inspect", ["d"], { directory: "d", json: false }],
  ["inspect", ["d", "--json"], { directory: "d", json: true }],
  ["publish", ["d", ...TO], DEFAULTS.publish],
  [
    "publish",
    [
      ...["d", "e", ...TO, "--channel", "stable", "--rollout", "quick.yaml", "--deltas", "5"],
      ...["--from", "f", "--from", "/g", "--security-epoch", "4", "--minimal-agent", "1.2"],
      ...["--included-agent", "1.3", "--accept-lost-offers", "--json"],
    ],
    {
      ...DEFAULTS.publish,
      directories: ["/project/d", "/project/e"],
      channel: { name: "stable", policyFile: "/project/quick.yaml" },
      deltas: 5,
      from: ["/project/f", "/g"],
      securityEpoch: 4,
      minimalAgent: "1.2",
      includedAgent: "1.3",
      acceptLostOffers: true,
      json: true,
    },
  ],
  [
    "publish",
    ["--published", "base/42~rc1", "--channel", "lts", "--no-deltas", ...TO],
    {
      ...DEFAULTS.publish,
      directories: [],
      published: { image: "base", version: "42~rc1" },
      channel: { name: "lts", policyFile: undefined },
      deltas: 0,
    },
  ],
  ["diff", ["a", "b"], DEFAULTS.diff],
  ["diff", ["a", "b", "--json"], { ...DEFAULTS.diff, format: "json" }],
  ["diff", ["a", "--format", "json", "b", "--json"], { ...DEFAULTS.diff, format: "json" }],
  [
    "diff",
    ["a", "b", "--format=md", "--files", "--exit-code"],
    { ...DEFAULTS.diff, format: "md", files: true, exitCode: true },
  ],
];

/** Command, arguments, message, hint. */
const REFUSED: readonly (readonly [string, readonly string[], RegExp, RegExp?])[] = [
  ["init", ["a", "b"], /too many/],
  ["init", ["--name", "A b"], /^--name is 'A b'$/, /a-z, 0-9/],
  ["build", [], /^FILE is missing$/],
  ["build", ["a", "b"], /^'b' is one FILE too many$/],
  ["build", ["a", "--arch", "amd64"], /^--arch is 'amd64'$/, /^did you mean x86_64\?$/],
  ["build", ["a", "--arch", "arm64"], /arm64/, /aarch64/],
  ["build", ["a", "--arch", "x86_46"], /x86_46/, /did you mean x86_64\? There are x86_64, aarch64/],
  ["build", ["a", "--arch", "riscv64"], /riscv64/, /choose from x86_64, aarch64/],
  ["build", ["a", "--arch"], /^--arch needs a value$/],
  ["build", ["a", "--version"], /^--version needs a value$/],
  ["build", ["a", "--out="], /^--out has an empty value$/],
  ["build", ["a", "--cache", ""], /^--cache has an empty value$/],
  ["build", ["a", "--sector-size", "4k"], /^--sector-size is '4k'$/, /512, 4096/],
  ["build", ["a", "--lock"], /no option '--lock'/, /--locked/],
  ["build", ["a", "--dryrun"], /no option '--dryrun'/, /--dry-run/],
  ["build", ["a", "--var", "port"], /^--var is 'port' without a value$/, /--var port=VALUE/],
  ["build", ["a", "--var", "=x"], /^--var is '' without a value$/, /--var NAME=VALUE/],
  ["build", ["a", "--var-file"], /^--var-file needs a value$/],
  ["build", ["a", "--dry-run", "--explain"], /exclude each other/],
  ["build", ["a", "--json=1"], /^--json takes no value$/],
  ["lock", [], /^FILE is missing$/],
  ["lock", ["a", "--out", "o"], /no option '--out'/],
  ["lock", ["a", "--arch", "arm"], /--arch is 'arm'/],
  ["lock", ["a", "b"], /too many/],
  ["validate", [], /^FILE is missing$/],
  ["validate", ["a", ""], /^FILE is an empty text$/],
  ["validate", ["a", "--format", "yaml"], /^--format is 'yaml'$/, /text, json/],
  ["validate", ["a", "--json", "--format", "text"], /exclude each other/],
  ["validate", ["a", "--json", "--format", "sarif"], /exclude each other/],
  ["config", [], /^FILE is missing$/],
  ["config", ["show"], /^FILE is missing$/],
  ["config", ["a.yaml", "b.yaml"], /no command 'config a\.yaml'/, /config show FILE/],
  ["ignition", [], /^FILE is missing$/],
  ["ignition", ["a", "--spec", "2.3.0"], /^--spec is '2\.3\.0'$/, /3\.3\.0/],
  ["schema", ["1.0"], /^there is no version '1\.0'/, /1\.0\.0/],
  ["schema", ["zz"], /^there is no version 'zz'/, /^choose from 1\.0\.0$/],
  ["schema", ["1.0.0", "x"], /too many/],
  ["schema", ["3.3.0"], /^there is no version '3\.3\.0' of the definition language$/],
  ["schema", ["--variant", "ignitoin"], /^--variant is 'ignitoin'$/, /did you mean ignition/],
  ["schema", ["--format", "json"], /no option '--format'/],
  ["demo", ["x"], /^'x' is not expected here$/],
  ["demo", ["--arch", "x86_64", "--arch", "aarch64"], /of one architecture/, /--arch once/],
  ["demo", ["--polls", "0"], /^--polls is '0'$/],
  ["run", [], /^DIR or DISK is missing$/],
  ["run", ["d", "e"], /too many/],
  ["run", ["d", "--memory", "1G"], /^--memory is '1G'$/, /whole number from 256 to/],
  ["run", ["d", "--memory", "64"], /^--memory is '64'$/],
  ["run", ["d", "--disk-size", "20"], /^--disk-size is '20'$/, /20G/],
  ["run", ["d", "--disk-size=-1G"], /^--disk-size is '-1G'$/],
  ["run", ["d", "--json"], /--json is for the outcome of a command/, /--exec/],
  ["run", ["d", "--timeout", "5"], /--timeout is for a command/, /--exec/],
  ["run", ["d", "--exec", "x", "--timeout", "0"], /^--timeout is '0'$/],
  ["run", ["d", "--exec", ""], /^--exec has an empty value$/],
  ["run", ["d", "--exec", "--json"], /--exec needs a value/],
  ["run", ["d", "--ssh", "--exec", "x"], /--ssh is for a machine on your terminal/, /--exec/],
  ["run", ["d", "--ssh-key", "k"], /--ssh-key is for --ssh/, /add --ssh/],
  ["run", ["d", "--credential", "hunter2"], /^--credential is not NAME=FILE$/, /password\.txt/],
  ["run", ["d", "--kep"], /no option '--kep'/, /--keep/],
  ["inspect", [], /^DIR is missing$/],
  ["inspect", ["a", "b"], /too many/],
  ["inspect", ["a", "--jsn"], /no option '--jsn'/, /--json/],
  ["diff", [], /^DIR is missing$/],
  ["diff", ["a"], /^the second DIR is missing$/, /earlier release/],
  ["diff", ["a", "b", "c"], /too many/],
  ["diff", ["a", "b", "--format", "markdown"], /^--format is 'markdown'$/, /text, md, json/],
  ["diff", ["a", "b", "--format", "md", "--json"], /exclude each other/],
  ["publish", [...TO], /^DIR is missing$/, /OUT\/IMAGE\/VERSION\/ARCH/],
  ["publish", ["a", "b", "c", ...TO], /too many/],
  ["publish", ["d", "--repo", "r"], /^--keys is missing$/],
  ["publish", ["d", "--keys", "k"], /^--repo is missing$/],
  ["publish", ["d", "--rollout", "f", ...TO], /--rollout is for a channel/, /--channel/],
  ["publish", ["--published", "base/1", ...TO], /--published is for a channel/, /--channel/],
  ["publish", ["d", "--published", "base/1", ...TO], /in place of DIR/],
  ["publish", ["--published", "base", "--channel", "c", ...TO], /^--published is 'base'$/],
  ["publish", ["d", "--channel", "../x", ...TO], /^--channel is '\.\.\/x'$/],
  ["publish", ["d", "--deltas", "1", "--no-deltas", ...TO], /exclude each other/],
  ["publish", ["d", "--deltas", "51", ...TO], /^--deltas is '51'$/],
  ["publish", ["d", "--security-epoch", "1000001", ...TO], /^--security-epoch is /],
  ["publish", ["d", "--minimal-agent", "..", ...TO], /^--minimal-agent is '\.\.'$/],
];

describe("arguments of the commands", () => {
  for (const [name, args, expected] of READ) {
    it(`slipway ${[name, ...args].join(" ")}`, () => {
      assert.deepEqual(READERS[name]?.(args), expected);
    });
  }

  for (const [name, args, message, hint] of REFUSED) {
    it(`slipway ${[name, ...args].join(" ")} is refused`, () => {
      assert.ok(READERS[name] !== undefined);
      failsWith(() => READERS[name]?.(args), {
        code: "USAGE",
        message,
        ...(hint === undefined ? {} : { hint }),
      });
    });
  }

  it("leave out no command of one word, neither here nor there", async () => {
    const loaded = await Promise.all(
      COMMANDS.map(async ({ name, load }) => ({ name, command: await load() })),
    );
    const names = loaded
      .filter(({ command }) => command.verbs === undefined)
      .map(({ name }) => name)
      .toSorted();
    assert.deepEqual(Object.keys(READERS).toSorted(), names);
    for (const table of [READ, REFUSED]) {
      assert.deepEqual([...new Set(table.map(([name]) => name))].toSorted(), names);
    }
  });

  it("know the architectures and specs that the language knows", () => {
    assert.deepEqual(SPEC_VERSIONS, IGNITION_VERSIONS);
    assert.deepEqual(ARCHITECTURE_NAMES, ARCHITECTURES);
  });
});
