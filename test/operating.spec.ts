/** What documents have people type, and put into files, is what the programs take. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import { type Block, blocksIn, inlineIn } from "./support/documented/blocks.ts";
import { agentProblem, slipwayProblem } from "./support/documented/command-lines.ts";
import { typedProblem } from "./support/documented/programs.ts";
import { commandsIn, type Typed } from "./support/documented/shell.ts";
import { jsonProblem, yamlProblem } from "./support/documented/texts.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const read = (name: string): string => readFileSync(path.join(ROOT, name), "utf8");

const CODES: ReadonlySet<string> = new Set(
  [...read("docs/reference/agent-errors.md").matchAll(/^\| `([A-Z_]+)` \|/gm)].map(
    ([, code = ""]) => code,
  ),
);

/** `api() { curl … "$@"; }` in a block holds in those behind it. */
const FUNCTION = /^([a-z]+)\(\) \{ (.*); \}$/gm;

type Problem = string | undefined;

const shProblems = async (text: string, shorthands: Map<string, string>): Promise<string[]> => {
  const { status, stderr } = spawnSync("sh", ["-n"], { input: text, encoding: "utf8" });
  if (status !== 0) return [stderr];
  for (const [, name = "", body = ""] of text.matchAll(FUNCTION)) shorthands.set(name, body);
  const expanded = (typed: Typed): Typed => {
    const body = shorthands.get(typed.words[0] ?? "");
    const [first] = body === undefined ? [] : commandsIn(body);
    return first === undefined
      ? typed
      : {
          ...typed,
          words: [...first.words.filter((word) => word !== "$@"), ...typed.words.slice(1)],
        };
  };
  const found: string[] = [];
  for (const typed of commandsIn(text.replaceAll(FUNCTION, ""))) {
    const problem = await typedProblem(expanded(typed));
    if (problem !== undefined) found.push(`${typed.words.join(" ")}: ${problem}`);
  }
  return found;
};

const only = (problem: Problem): string[] => (problem === undefined ? [] : [problem]);

const problemsOf = async (
  { language, text }: Block,
  shorthands: Map<string, string>,
): Promise<string[]> => {
  switch (language) {
    case "sh":
      return shProblems(text, shorthands);
    case "yaml":
      return only(await yamlProblem(text));
    case "json":
      return only(jsonProblem(text, CODES));
    // What people see; and a web server's own configuration.
    case "text":
    case "nginx":
      return [];
    default:
      return [`no rule says anything of a block of '${language}'`];
  }
};

/** What is wrong, each with its place. */
const problemsIn = async (name: string, document: string): Promise<readonly string[]> => {
  const shorthands = new Map<string, string>();
  const found: string[] = [];
  for (const block of blocksIn(document))
    for (const problem of await problemsOf(block, shorthands))
      found.push(`${name}:${block.line}: ${problem}`);
  return found;
};

/** What is only named has no operands: `slipway repo verify`. */
const inlineProblem = async (text: string): Promise<Problem> => {
  const [typed, ...others] = commandsIn(text);
  const [program = "", ...args] = typed?.words ?? [];
  if (others.length > 0) return typedProblem({ words: [program, ...args] });
  const ask = program === "slipway" ? slipwayProblem : agentProblem;
  const isName = args.every((arg) => /^[a-z-]+$/.test(arg) && !arg.startsWith("-"));
  return isName && (await ask(["help", ...args])) === undefined ? undefined : ask(args);
};

/** Commands in running text; `…` stands for what is left out. */
const inlineProblems = async (name: string, document: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const { text, line } of inlineIn(document)) {
    if (!/^slipway(?:-agent)? /.test(text) || text.includes("…")) continue;
    const problem = await inlineProblem(text);
    if (problem !== undefined) found.push(`${name}:${line}: ${text}: ${problem}`);
  }
  return found;
};

const DOCUMENTS = [
  "README.md",
  "docs/operating.md",
  "docs/api.md",
  "docs/hooks.md",
  "docs/health.md",
  "docs/repository.md",
  "docs/containers.md",
  "docs/journal.md",
  "docs/reference/agent-api.md",
  "docs/reference/agent-cli.md",
  "docs/reference/agent-errors.md",
  "docs/reference/slipway-cli.md",
] as const;

/** To another document, or to a heading of this one; not to the network. */
const LINK = /\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g;

/** As GitHub makes them of headings. */
const anchorsOf = (document: string): ReadonlySet<string> =>
  new Set(
    [...document.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );

describe("documents have people type what there is", () => {
  for (const name of DOCUMENTS)
    it(name, async () => {
      const document = read(name);
      assert.deepEqual(await problemsIn(name, document), []);
    });

  it("in running text, too", async () => {
    for (const name of ["docs/operating.md", "docs/reference/agent-errors.md", "docs/hooks.md"])
      assert.deepEqual(await inlineProblems(name, read(name)), []);
  });

  it("and lead to places that are there", () => {
    for (const name of DOCUMENTS)
      for (const [link, target = "", anchor] of read(name).matchAll(LINK)) {
        const file = target === "" ? name : path.join(path.dirname(name), target);
        assert.ok(existsSync(path.join(ROOT, file)), `${name}: ${link}`);
        if (anchor !== undefined) assert.ok(anchorsOf(read(file)).has(anchor), `${name}: ${link}`);
      }
  });
});

describe("the operator's guide", () => {
  const guide = read("docs/operating.md");

  it("speaks of codes that there are", () => {
    const named = inlineIn(guide)
      .map(({ text }) => text)
      .filter((text) => /^[A-Z]+(?:_[A-Z]+)+$|^[A-Z]{5,}$/.test(text));
    assert.ok(named.length > 10);
    assert.deepEqual(
      named.filter((code) => !CODES.has(code)),
      [],
    );
  });
});

describe("the reader of documents", () => {
  const REFUSED: readonly (readonly [string, string])[] = [
    ["sh", "slipway-agent statsu"],
    ["sh", "slipway-agent update --too 3"],
    ["sh", "slipway-agent unpin 3"],
    ["sh", "slipway-agent config"],
    ["sh", "slipway-agent forgive"],
    ["sh", "echo && slipway rollback"],
    ["sh", "slipway repo gc --repo r --keys k"],
    ["sh", "slipway publish out/1 --repo r --channel stable"],
    ["sh", "systemctl restart slipway-agnt"],
    ["sh", "systemctl edit slipway-agent"],
    ["sh", "journalctl --unit slipway-tasks@stage"],
    ["sh", "journalctl SLIPWAY_EVENT=exploded"],
    ["sh", "journalctl MESSAGE_ID=00000000000000000000000000000000"],
    ["sh", "curl --unix-socket /run/slipway/agent.sock http://localhost/v1/statuses"],
    ["sh", "curl --unix-socket /run/slipway/agent.sock http://localhost/v1/actions/update"],
    [
      "sh",
      'curl --unix-socket /run/slipway/agent.sock http://localhost/v1/actions/pin -d \'{"to": "3"}\'',
    ],
    ["sh", "curl --unix-socket /run/slipway.sock http://localhost/v1/status"],
    ["sh", "frobnicate --now"],
    ["sh", "echo 'never closed"],
    ["sh", "cat >/etc/slipway/agent.d/a.yaml <<'END'\nchanel: stable\nEND"],
    ["yaml", "# /etc/slipway/agent.d/a.yaml\nstrategy: sometimes\n"],
    ["yaml", "# /etc/slipway/agent.d/a.yaml\nno_such_setting: 1\n"],
    ["yaml", "# /etc/motd\nhello: 1\n"],
    ["yaml", "schema: 1\nchecks:\n  - name: a\n"],
    ["yaml", "waves:\n  - { percent: 101 }\n"],
    ["yaml", "image:\n  nam: a\n"],
    ["json", '{"code":"NO_SUCH_CODE"}'],
    ["", "what is this"],
    ["bash", "echo"],
  ];
  for (const [language, text] of REFUSED)
    it(`refuses ${JSON.stringify(text)}`, async () => {
      const document = `\`\`\`${language}\n${text}\n\`\`\`\n`;
      assert.equal((await problemsIn("a", document).catch(() => ["refused"])).length, 1);
    });

  const TAKEN: readonly (readonly [string, string])[] = [
    [
      "sh",
      "slipway-agent unpin && slipway-agent check --json | jq -r .blocker.message   # and so on",
    ],
    ["sh", "if systemctl --quiet is-active backup.service; then\n  exit 75\nfi"],
    [
      "sh",
      'api() { curl --unix-socket /run/slipway/agent.sock "$@"; }\napi http://localhost/v1/history?limit=3',
    ],
    [
      "sh",
      "cat >/etc/slipway/agent.d/a.yaml <<'END'\nchannel: stable\nEND\nslipway-agent config show",
    ],
    [
      "sh",
      "slipway publish --published base/42 \\\n  --channel stable --repo /srv/repo --keys keys",
    ],
    ["text", "anything"],
  ];
  for (const [language, text] of TAKEN)
    it(`takes ${JSON.stringify(text)}`, async () => {
      assert.deepEqual(await problemsIn("a", `\`\`\`${language}\n${text}\n\`\`\`\n`), []);
    });

  it("finds blocks in lists, and words in running text alone", () => {
    const document = "- a\n\n  ```sh\n  echo `x`\n  ```\n\nthe `word`\n";
    assert.deepEqual(blocksIn(document), [{ language: "sh", text: "echo `x`\n", line: 3 }]);
    assert.deepEqual(inlineIn(document), [{ text: "word", line: 7 }]);
  });
});
