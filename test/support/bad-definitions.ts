/** Definitions that cannot be used, with what is said about each. */

const HEAD = "variant: slipway\nversion: 1.0.0\n";

/** Nine aliases of nine aliases of nine …: some lines that stand for more than there is memory. */
const manyAliases = (): string => {
  const names = "abcdefghijklmn".split("");
  const lines = names.map((name, index) => {
    const item = index === 0 ? "x" : `*${names[index - 1]}`;
    return `${name}: &${name} [${Array.from({ length: 9 }, () => item).join(",")}]`;
  });
  return `${HEAD}${lines.join("\n")}\n`;
};

export interface BadDefinition {
  readonly is: string;
  /** By file name; the first is given to the command. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** `RULE` at `LINE:COLUMN`, or of the file as a whole. */
  readonly says: readonly (readonly [string, string])[];
  readonly remedy: RegExp;
}

export const BAD_DEFINITIONS: readonly BadDefinition[] = [
  {
    is: "no YAML",
    files: { "d.yaml": "image: [unclosed\n  name: {{{\n" },
    says: [["d.yaml:2:7", "yaml-syntax"]],
    remedy: /put a comma between the entries/,
  },
  {
    is: "prose",
    files: { "d.yaml": "A server, please.\n" },
    says: [["d.yaml:1:1", "wrong-type"]],
    remedy: /write its keys below it/,
  },
  {
    is: "empty",
    files: { "d.yaml": "" },
    says: [["d.yaml:1:1", "empty-document"]],
    remedy: /begin with `variant: slipway`/,
  },
  {
    is: "nothing but a comment",
    files: { "d.yaml": "# later\n" },
    says: [["d.yaml:1:1", "empty-document"]],
    remedy: /begin with `variant: slipway`/,
  },
  {
    is: "of 50 MB",
    files: { "d.yaml": `${HEAD}# ${"x".repeat(77)}\n`.repeat(478_000) },
    says: [["", "too-large"]],
    remedy: /keep large contents in files of their own/,
  },
  {
    is: "recursive by an anchor",
    files: { "d.yaml": `${HEAD}image: &image\n  name: x\n  version: "1"\n  debian: *image\n` },
    says: [["d.yaml:6:11", "recursive-alias"]],
    remedy: /write the value out/,
  },
  {
    is: "endless by aliases of aliases",
    files: { "d.yaml": manyAliases() },
    says: [["d.yaml:8:26", "alias-explosion"]],
    remedy: /use fewer aliases of aliases/,
  },
  {
    is: "recursive by includes",
    files: {
      "d.yaml": `${HEAD}include: [e.yaml]\n`,
      "e.yaml": `${HEAD}include:\n  - f.yaml\n`,
      "f.yaml": `${HEAD}include: [d.yaml]\n`,
    },
    says: [["f.yaml:3:11", "include-cycle"]],
    remedy: /remove one of these includes/,
  },
  {
    is: "including itself",
    files: { "d.yaml": `${HEAD}include: [d.yaml]\n` },
    says: [["d.yaml:3:11", "include-cycle"]],
    remedy: /remove one of these includes/,
  },
  {
    is: "not there",
    files: {},
    says: [["", "missing-file"]],
    remedy: /check the name/,
  },
  {
    is: "a directory",
    files: { "d.yaml/x": "" },
    says: [["", "unreadable-file"]],
    remedy: /name a file in it/,
  },
  {
    is: "text with a NUL",
    files: { "d.yaml": `${HEAD}image:\n  name: \0\n` },
    says: [["d.yaml:4:9", "nul-byte"]],
    remedy: /put binary contents into a file of its own/,
  },
  {
    is: "no UTF-8",
    files: { "d.yaml": Buffer.from(`${HEAD}image:\n  name: caf\xe9\n`, "latin1") },
    says: [["d.yaml:4:12", "not-utf8"]],
    remedy: /save the file as UTF-8/,
  },
  {
    is: "UTF-16",
    files: { "d.yaml": Buffer.from(`\ufeff${HEAD}`, "utf16le") },
    says: [["d.yaml:1:1", "not-utf8"]],
    remedy: /save the file as UTF-8/,
  },
  {
    is: "of an unknown variant",
    files: { "d.yaml": "variant: slipwai\nversion: 1.0.0\n" },
    says: [["d.yaml:1:10", "unknown-value"]],
    remedy: /did you mean `slipway`\?/,
  },
  {
    is: "of another program's variant",
    files: { "d.yaml": "variant: openshift\nversion: 4.8.0\n" },
    says: [["d.yaml:1:10", "unknown-variant"]],
    remedy: /use `variant: slipway`/,
  },
  {
    is: "a Butane document, which names no image",
    files: { "d.yaml": "variant: fcos\nversion: 1.5.0\n" },
    says: [["d.yaml:1:1", "no-image"]],
    remedy: /write a slipway document with an `image:`/,
  },
  {
    is: "without a value for one of its variables",
    files: {
      "d.yaml": `${HEAD}image: { name: a, version: "\${var.version}" }\nvariables: { version: }\n`,
    },
    says: [["d.yaml:4:14", "missing-variable"]],
    remedy: /give it with `--var version=VALUE`/,
  },
  {
    is: "wrong in several places of several documents",
    files: {
      "d.yaml": `${HEAD}include: [part.yaml, nowhere.yaml]
image:
  name: Bad Name
  version: "1"
  slot_size_mib: 12
  debian:
    suite: trixie
    packges: [curl]
storage:
  files:
    - path: etc/motd
      mode: "rwx"
      contents:
        local: not-there.txt
`,
      "part.yaml": `${HEAD}systemd:
  units:
    - name: web.servic
      enabled: yes please
`,
    },
    says: [
      ["d.yaml:3:22", "missing-file"],
      ["d.yaml:5:9", "image-name"],
      ["d.yaml:7:18", "number-range"],
      ["d.yaml:10:5", "unknown-key"],
      ["d.yaml:13:13", "path"],
      ["d.yaml:14:13", "wrong-type"],
      ["d.yaml:16:16", "missing-file"],
      ["part.yaml:5:13", "unit-name"],
      ["part.yaml:6:16", "wrong-type"],
    ],
    remedy: /did you mean `packages`\?/,
  },
];
