/** Values for the fields of generated Ignition configs: right, nearly right, and such as get in each other's way. */

type Values = Readonly<Record<string, readonly (string | number)[]>>;

const PATHS = [
  "/a",
  "/a/b",
  "/a/b/c",
  "/b",
  "/",
  "",
  "a",
  "/a/",
  "/a//b",
  "/a/./b",
  "/a/../b",
  "/\u00e9",
  "/a\u0000b",
  "/etc/systemd/system/a.service",
  "/etc/systemd/system/a@.service.d/x.conf",
];

const DEVICES = ["/dev/a", "/dev/b", "/dev/disk/by-id/c", "", "dev/a", "/dev//a", "/dev/a/"];

const NAMES = [
  ...["a", "b", "", "a/b", "a.service", "a@.service", "a@i.service", "a@.service.service"],
  ...["x.conf", "x.mount", ".service", "b.conf", "@x.service", "a\u00e9\n.timer", "a@i\n.service"],
];

const UNIT_TEXTS = [
  "",
  "[Unit]\nA=b\n",
  "[Unit]\nA=b\n[Install]\nWantedBy=x\n",
  "[Install]",
  "[Install]\nA=",
  "text before\n[A]\nB=c",
  "[A",
  "[A] x",
  "[A]\u00a0\nB=c",
  "[A]\nB",
  "[A]\nB\n",
  "[A]\n# c \\\nB=c\n",
  "[A]\nB=c\\\n d\\\n",
  "[A]\r\nB=c\r\n",
  "[A\nB]\nC=d",
  `[A]\nB=${"x".repeat(2047)}\n`,
  `[A]\n${"x".repeat(2048)}=\n`,
  `${"#".repeat(2500)}\n[A]\nB=c`,
  `[A]\n${"B=c\n".repeat(900)}${"y".repeat(3000)}=1\n`,
  "; c\n[A]\n;d\nB==c\n[Install ]\nX=y",
];

const SOURCES = [
  ...[
    "",
    "data:,",
    "data:,a",
    "data:,%41",
    "data:,%4",
    "data:,%zz",
    "data:,a b",
    "data:,a#b",
    "data:a",
  ],
  ...["data:;base64,YQ==", "data:;base64,YQ=", "data:;base64,YQ", "data:;base64,Y?==", "DATA:,a"],
  ...[
    "data:;base64,YWE=YQ==",
    "data:;base64,Y===",
    "data:;base64,YQ=Q",
    "data:;base64,====",
    "data:x,",
  ],
  ...[
    "data:text/plain,a",
    "data:text/plain;charset=utf-8,a",
    "data:font/ttf,a",
    "data:x-a/b,c",
    "data:text/,a",
  ],
  ...[
    "data:text,a",
    'data:;a="b%22",c',
    "data:;a=%4,c",
    "data:;base64;a=b,c",
    "data:;a=,c",
    "data:;,c",
    "data:/a,b",
  ],
  ...[
    "data:,<",
    "data:,[",
    "data:,\u00e9",
    "data:,a\n",
    "data:;base65,YQ==",
    'data:;a="\\x4",c',
    'data:;a="\\n"x,c',
  ],
  ...[
    "http://a",
    "http://",
    "http:a",
    "https://a/b?c#d",
    "HTTP://A",
    "ftp://a",
    "file:///a",
    "oem:///a",
    "//a",
    "a",
    "/a",
    "*",
  ],
  ...[
    "http://a:80",
    "http://a:x",
    "http://a:",
    "http://[::1]:80/",
    "http://[::1",
    "http://a b/",
    "http://a/%zz",
    "http://a#%z",
  ],
  ...[
    "http://u:p@a/",
    "http://u[@a/",
    "http://a%41/",
    "http://a%25/",
    "http://%c3%a9/",
    "http://\u00e9/",
    "http://a|/",
    ":a",
  ],
  ...[
    "1:a",
    "a:b:c",
    "tftp://a/b",
    "s3://a/b",
    "s3://a/b?versionId=",
    "s3://a/b?versionId=x",
    "s3://a/b?versionId=&versionId=x",
  ],
  ...[
    "s3://a?versionId=%zz&versionId=",
    "s3://a?x;versionId=",
    "gs://a/b",
    "arn:aws:s3:::a/b",
    "http://a\u0001",
    "http://a?\u007f",
  ],
];

const digits = (count: number): string => "0123456789abcdef".repeat(8).slice(0, count);

const HASHES = [
  ...[
    "",
    "x",
    "sha512",
    "md5-x",
    "sha256-",
    "sha512-x",
    `sha256-${digits(64)}`,
    `sha512-${digits(128)}`,
  ],
  ...[
    `sha512-${digits(127)}`,
    `sha256-${"\u00e9".repeat(32)}`,
    `SHA256-${digits(64)}`,
    `sha256-${"z".repeat(64)}`,
  ],
];

const GUIDS = [
  "",
  "01234567-89AB-CDEF-EDCB-A98765432101",
  "01234567-89ab-cdef-edcb-a98765432101",
  "01234567-89AB-CDEF-EDCB-A9876543210",
  "{01234567-89AB-CDEF-EDCB-A98765432101}",
  "01234567-89AB-CDEF-EDCB-A98765432101\n",
];

const LABELS = [
  ...["", "a", "b", "a:b", "x".repeat(11), "x".repeat(12), "x".repeat(13), "x".repeat(16)],
  ...["x".repeat(17), "x".repeat(36), "x".repeat(37), "\u00e9".repeat(18), "\u00e9".repeat(19)],
  ...["x".repeat(47), "\u{1f600}".repeat(12), "x".repeat(256), "x".repeat(257)],
];

export const TEXTS = ["", "a", "b", "-x", "\u00e9", "\ud800", "0"];

export const INTEGERS = [0, 1, 2, -1, 1000, 4_294_967_296];

/** Values by the field's name; other fields take theirs by type. */
export const FIELD_VALUES: Values = {
  path: PATHS,
  target: [...PATHS, "../b", "b", ".."],
  device: DEVICES,
  name: NAMES,
  contents: UNIT_TEXTS,
  source: SOURCES,
  url: SOURCES,
  httpProxy: SOURCES,
  httpsProxy: SOURCES,
  compression: ["", "gzip", "xz"],
  hash: HASHES,
  mode: [0, 420, 493, 4095, 4096, -1, 512, 2541, 1_000_000, -4096],
  guid: GUIDS,
  typeGuid: GUIDS,
  label: LABELS,
  number: [0, 1, 2, 3, -1],
  startMiB: [0, 1, 5, 10, 100, -5],
  sizeMiB: [0, 1, 4, 5, 50, 1000, -3],
  format: ["", "ext4", "btrfs", "xfs", "swap", "vfat", "none", "ntfs"],
  level: ["", "linear", "raid0", "0", "stripe", "raid1", "1", "mirror", "raid5", "raid10", "raid7"],
  spares: [0, 1, -1],
  pin: ["", "tpm2", "tang", "sss", "x"],
  threshold: [0, 1, 2],
};

/** Values for the items of lists of texts, by the list's name. */
export const ITEM_VALUES: Readonly<Record<string, readonly string[]>> = {
  devices: DEVICES,
};

/** Values of every type, one of which is wrong anywhere. */
export const ODD_VALUES = [
  ...["1", "1.0", "1e2", "-0", "9007199254740991", "9223372036854775808", "1e999", "true"],
  ...['"a"', '""', "[]", "[null]", "{}", '{"x":1}', '"\\ud800"', '"\\u0000"'],
];
