import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** What a run of the launcher left behind. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A bare machine that exists only as far as the launcher looks: a clone of the repository, a PATH with a few real tools and
 * stand-ins for the rest, and an empty place for the machine's own files. Stand-ins write what they were asked into `calls`.
 */
export class Machine implements Disposable {
  readonly root: string = mkdtempSync(join(tmpdir(), "slipway-launcher-"));
  readonly repository: string = join(this.root, "clone");
  readonly #bin: string = join(this.root, "bin");
  readonly #system: string = join(this.root, "system");
  readonly #calls: string = join(this.root, "calls");

  constructor(launcher: string) {
    for (const folder of [this.#bin, this.#system, join(this.repository, "packages/cli/src")]) {
      mkdirSync(folder, { recursive: true });
    }
    const moved = launcher.replace(/^system=""$/m, `system="${this.#system}"`);
    if (moved === launcher) throw new Error('the launcher has no line system="" to replace');
    this.write("slipway", moved);
    chmodSync(join(this.repository, "slipway"), 0o755);
    this.write("package-lock.json", "{}\n");
    writeFileSync(this.#calls, "");
    for (const tool of REAL_TOOLS) symlinkSync(whereIs(tool), join(this.#bin, tool));
    this.has("id", "echo 0");
    this.has("apt-get", APT_GET);
  }

  /** Puts a stand-in for a program on the PATH; the body is shell. It records its call first. */
  has(program: string, body: string): this {
    const path = join(this.#bin, program);
    const record = `echo "${program} $*" >>"${this.#calls}"`;
    rmSync(path, { force: true });
    writeFileSync(
      path,
      `#!/bin/sh\nbin="${this.#bin}" system="${this.#system}"\n${record}\n${body}\n`,
    );
    chmodSync(path, 0o755);
    return this;
  }

  lacks(...programs: readonly string[]): this {
    for (const program of programs) rmSync(join(this.#bin, program));
    return this;
  }

  /** Everything that the launcher would install is there, npm with it. */
  hasPackages(): this {
    for (const file of SYSTEM_FILES) {
      mkdirSync(dirname(join(this.#system, file)), { recursive: true });
      writeFileSync(join(this.#system, file), "");
    }
    return this.has("mmdebstrap", "").has("bwrap", "").has("npm", NPM);
  }

  /** What only the tests need is there, too. */
  hasTestPackages(): this {
    for (const file of [
      "usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
      "usr/sbin/fsck.fat",
      "usr/sbin/nginx",
    ]) {
      mkdirSync(dirname(join(this.#system, file)), { recursive: true });
      writeFileSync(join(this.#system, file), "");
    }
    for (const program of ["systemd-tmpfiles", "ignition-validate", "mdir", "promtool"])
      this.has(program, "");
    return this;
  }

  write(path: string, text: string): this {
    writeFileSync(join(this.repository, path), text);
    return this;
  }

  exists(path: string): boolean {
    return existsSync(join(this.repository, path));
  }

  /** Resolves once there is such a file; waits five seconds at most. */
  async appears(path: string): Promise<void> {
    for (let waits = 0; waits < 500 && !this.exists(path); waits += 1) await sleep(10);
  }

  /** The recorded calls since the last time, without those that only ask who one is. */
  calls(): readonly string[] {
    const lines = readFileSync(this.#calls, "utf8").split("\n");
    writeFileSync(this.#calls, "");
    return lines.filter((line) => line !== "" && !line.startsWith("id "));
  }

  start(
    args: readonly string[],
    options: { readonly from?: string; readonly cwd?: string } = {},
  ): Run {
    const child = spawn(options.from ?? join(this.repository, "slipway"), args, {
      cwd: options.cwd ?? this.root,
      // A session of its own: no terminal to ask at, and a group that can be killed at once.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: this.#bin, SLIPWAY_CACHE: "/somewhere", SECRET: "stays" },
    });
    return new Run(child);
  }

  run(...args: readonly string[]): Promise<Outcome> {
    return this.start(args).outcome;
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

class Run {
  readonly outcome: Promise<Outcome>;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.outcome = collect(child);
  }

  /** Kills the launcher and all it started, as a power cut would. */
  cut(): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGKILL");
  }
}

const collect = async (child: ChildProcess): Promise<Outcome> => {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (text: Buffer) => (stdout += text.toString()));
  child.stderr?.on("data", (text: Buffer) => (stderr += text.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stdout, stderr };
};

const REAL_TOOLS = [
  "cat",
  "chmod",
  "cksum",
  "date",
  "env",
  "flock",
  "grep",
  "head",
  "ln",
  "mkdir",
  "mktemp",
  "mv",
  "readlink",
  "rm",
  "sed",
  "sleep",
  "tail",
  "uname",
] as const;

const whereIs = (tool: string): string => {
  const found = ["/usr/bin", "/bin", ...(process.env["PATH"] ?? "").split(delimiter)]
    .map((folder) => join(folder, tool))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error(`not on this machine: ${tool}`);
  return found;
};

const SYSTEM_FILES = [
  "usr/lib/x86_64-linux-gnu/libatomic.so.1",
  "usr/lib/x86_64-linux-gnu/libstdc++.so.6",
  "usr/share/keyrings/debian-archive-keyring.gpg",
  "etc/ssl/certs/ca-certificates.crt",
] as const;

/** Node.js in node_modules: says what it runs, and where. */
const NODE = String.raw`#!/bin/sh
case $1 in
  --version) echo v26.10.0 ;;
  *) echo "in $(pwd)"; for word in "$@"; do echo "<$word>"; done; exit "\${NODE_STATUS:-0}" ;;
esac`.replace("\\$", "$");

/** An npm that works. */
export const NPM = `case $1 in
  --version) echo 9.2.0 ;;
  ci)
    mkdir -p node_modules/.bin
    cat >node_modules/.bin/node <<'NODE'
${NODE}
NODE
    chmod +x node_modules/.bin/node ;;
esac`;

/** An apt-get that works and has its lists. */
export const APT_GET = `
case " $* " in *" install "*) ;; *) exit 0 ;; esac
for package in "$@"; do
  case $package in
    mmdebstrap) file=$bin/mmdebstrap ;;
    bubblewrap) file=$bin/bwrap ;;
    systemd) file=$bin/systemd-tmpfiles ;;
    ignition) file=$bin/ignition-validate ;;
    mtools) file=$bin/mdir ;;
    dosfstools) file=$system/usr/sbin/fsck.fat ;;
    nginx) file=$system/usr/sbin/nginx ;;
    prometheus) file=$bin/promtool ;;
    faketime) file=$system/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1 ;;
    libatomic1) file=$system/usr/lib/x86_64-linux-gnu/libatomic.so.1 ;;
    libstdc++6) file=$system/usr/lib/x86_64-linux-gnu/libstdc++.so.6 ;;
    debian-archive-keyring) file=$system/usr/share/keyrings/debian-archive-keyring.gpg ;;
    ca-certificates) file=$system/etc/ssl/certs/ca-certificates.crt ;;
    npm) mv "$bin/npm.later" "$bin/npm"; continue ;;
    *) continue ;;
  esac
  mkdir -p "\${file%/*}"
  echo '#!/bin/sh' >"$file"
  chmod +x "$file"
done`;
