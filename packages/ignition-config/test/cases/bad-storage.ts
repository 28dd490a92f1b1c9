import type { BadCase } from "./bad-case.ts";

const HASH = "a".repeat(64);

export const BAD_STORAGE: readonly BadCase[] = [
  {
    what: "paths that are not absolute and clean",
    text: [
      "storage:",
      "  files:",
      "    - path: etc/motd",
      "    - path: /etc/../x",
      "    - path: /etc/",
      "    - path: //etc",
      '    - path: ""',
      "    - path: /",
    ].join("\n"),
    findings: ["6:13 path", "7:13 path", "8:13 path", "9:13 path", "10:13 path", "11:13 path"],
    says: ["write `/etc/motd`", "write `/x`", "the path is empty"],
  },
  {
    what: "a path with a line break",
    text: 'storage: { files: [{ path: "/a\\nb" }] }',
    findings: ["4:28 control-character"],
  },
  {
    what: "a path with NUL",
    text: 'storage: { files: [{ path: "/a\\0b" }] }',
    findings: ["4:28 control-character"],
  },
  {
    what: "a path with half a character",
    text: 'storage: { files: [{ path: "/\\ud800" }] }',
    findings: ["4:28 control-character"],
  },
  {
    what: "a name that is too long",
    text: `storage: { files: [{ path: /${"a".repeat(256)} }] }`,
    findings: ["4:28 path"],
  },
  {
    what: "a path that is too long",
    text: `storage: { files: [{ path: ${"/a".repeat(2048)} }] }`,
    findings: ["4:28 path"],
  },
  {
    what: "a file without a path",
    text: "storage:\n  files:\n    - mode: 0644",
    findings: ["6:7 missing-key"],
  },
  {
    what: "a file that is a text",
    text: "storage: { files: [/etc/motd] }",
    findings: ["4:20 wrong-type"],
  },
  {
    what: "a list that is a mapping",
    text: "storage: { files: { path: /a } }",
    findings: ["4:19 wrong-type"],
  },
  {
    what: "modes in decimal",
    text: "storage:\n  files: [{ path: /a, mode: 644 }]\n  directories: [{ path: /b, mode: 1777 }]",
    findings: ["5:29 decimal-mode", "6:35 decimal-mode"],
    says: ["mode 644 is decimal and means 01204", "write `0644`", "write `01777`"],
  },
  {
    what: "modes that are no octal number, or too large",
    text: "storage:\n  files: [{ path: /a, mode: 0689 }, { path: /b, mode: 010000 }, { path: /c, mode: -1 }]",
    findings: ["5:29 number-spelling", "5:55 number-range", "5:83 number-range"],
    says: ["between 00 and 07777"],
  },
  {
    what: "modes in words and quotes",
    text: 'storage:\n  files: [{ path: /a, mode: "0644" }, { path: /b, mode: rw-r--r-- }]',
    findings: ["5:29 wrong-type", "5:57 wrong-type"],
    says: ["remove the quotes"],
  },
  {
    what: "an owner given twice",
    text: "storage: { files: [{ path: /a, user: { id: 0, name: root } }] }",
    findings: ["4:53 owner"],
  },
  {
    what: "owners that cannot be",
    text: "storage: { files: [{ path: /a, user: { id: -1 }, group: { name: Wheel } }] }",
    findings: ["4:44 number-range", "4:65 account-name"],
    says: ["`wheel`"],
  },
  {
    what: "an owner that is a name",
    text: "storage: { files: [{ path: /a, user: root }] }",
    findings: ["4:38 wrong-type"],
  },
  {
    what: "contents from two places",
    text: "storage: { files: [{ path: /a, contents: { inline: x, source: 'data:,y' } }] }",
    findings: ["4:63 several-sources"],
    says: ["`inline` and `source`"],
  },
  {
    what: "local files that are not there",
    text: "storage:\n  files:\n    - path: /a\n      contents: { local: motd }\n      append: [{ local: more/motd }]",
    findings: ["7:26 missing-file", "8:25 missing-file"],
    says: ['local file "more/motd" does not exist'],
  },
  {
    what: "a local file without a name",
    text: 'storage: { files: [{ path: /a, contents: { local: "" } }] }',
    findings: ["4:51 path"],
  },
  {
    what: "a local file from the network",
    text: "storage: { files: [{ path: /a, contents: { local: 'http://x/' } }] }",
    findings: ["4:51 path"],
  },
  {
    what: "a source from the network",
    text: "storage: { files: [{ path: /a, contents: { source: 'https://x/y' } }] }",
    findings: ["4:52 source-scheme"],
    says: ["name it with `local`"],
  },
  {
    what: "data URLs that cannot be decoded",
    text: [
      "storage:",
      "  files:",
      "    - { path: /a, contents: { source: 'data:x' } }",
      "    - { path: /b, contents: { source: 'data:;base64,eA' } }",
      "    - { path: /c, contents: { source: 'data:,a b' } }",
      "    - { path: /d, contents: { source: 'data:,%4' } }",
      "    - { path: /e, contents: { source: 'data:font/ttf,x' } }",
    ].join("\n"),
    findings: [
      "6:39 data-url",
      "7:39 data-url",
      "8:39 data-url",
      "9:39 data-url",
      "10:39 data-url",
    ],
    says: [
      "no comma",
      "with padding",
      `" " must be written as %XX`,
      "hexadecimal",
      "no media type",
    ],
  },
  {
    what: "hashes that match nothing",
    text: [
      "storage:",
      "  files:",
      `    - { path: /a, contents: { inline: x, verification: { hash: ${HASH} } } }`,
      `    - { path: /b, contents: { inline: x, verification: { hash: md5-${HASH} } } }`,
      `    - { path: /c, contents: { inline: x, verification: { hash: sha512-${HASH} } } }`,
      `    - { path: /d, contents: { inline: x, verification: { hash: sha256-${HASH.replace("a", "g")} } } }`,
    ].join("\n"),
    findings: ["6:64 hash", "7:64 hash", "8:64 hash", "9:64 hash"],
  },
  {
    what: "verification and compression of nothing",
    text: `storage: { files: [{ path: /a, contents: { compression: gzip, verification: { hash: sha256-${HASH} } } }] }`,
    findings: ["4:57 missing-source", "4:77 missing-source"],
  },
  {
    what: "compressions that cannot be",
    text: "storage:\n  files: [{ path: /a, contents: { compression: xz, source: 'data:,x' } }, { path: /b, contents: { compression: gzip, inline: x } }]",
    findings: ["5:48 compression", "5:112 compression"],
    says: ["no gzip data"],
  },
  {
    what: "nothing to append",
    text: "storage: { files: [{ path: /a, append: [{}] }] }",
    findings: ["4:41 missing-source"],
  },
  {
    what: "overwriting with nothing",
    text: "storage:\n  files: [{ path: /a, overwrite: true }, { path: /b, overwrite: true, contents: {} }]",
    findings: ["5:34 overwrite-without-contents", "5:81 overwrite-without-contents"],
  },
  {
    what: "links to nowhere",
    text: 'storage: { links: [{ path: /a }, { path: /b, target: "" }] }',
    findings: ["4:20 missing-key", "4:54 missing-key"],
  },
  {
    what: "one path in three lists",
    text: "storage:\n  directories: [{ path: /a }]\n  files: [{ path: /a }, { path: /b }]\n  links: [{ path: /b, target: x }]",
    findings: ["6:19 duplicate-entry", "7:19 duplicate-entry"],
    says: [
      `"/a" is already in storage.directories on line 5`,
      `"/b" is already in storage.files on line 6`,
    ],
  },
  {
    what: "paths below a file and through a link",
    text: "storage:\n  files: [{ path: /a }, { path: /a/b/c }, { path: /l/x }]\n  links: [{ path: /l, target: /var }]\n  directories: [{ path: /a/d }]",
    findings: ["5:33 path-below-file", "5:51 path-through-link", "7:25 path-below-file"],
  },
  {
    what: "hard links that cannot be made",
    text: "storage:\n  directories: [{ path: /d }]\n  links: [{ path: /a, target: d, hard: true }, { path: /b, target: /b, hard: true }]",
    findings: ["6:31 hard-link", "6:68 hard-link"],
    says: ["is a directory", "points to itself"],
  },
  {
    what: "the owner of a hard link, a warning",
    text: "storage: { links: [{ path: /a, target: /b, hard: true, user: { id: 1 } }] }",
    findings: ["4:62 hard-link-owner"],
  },
  {
    what: "what only a first boot can do",
    text: "storage:\n  disks: []\n  trees: []\nignition: {}",
    findings: ["5:3 unsupported-key", "6:3 unsupported-key", "7:1 unsupported-key"],
  },
];
