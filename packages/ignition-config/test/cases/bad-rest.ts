import type { BadCase } from "./bad-case.ts";

const KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIJfmd0Yl5ql0kiDNYDzJmKsbCDiwUCJTJLtsb0vTgyqe";

export const BAD_SYSTEMD: readonly BadCase[] = [
  {
    what: "unit names",
    text: "systemd:\n  units: [{ name: foo }, { name: foo.conf }, { name: a/b.service }, { name: .service }, { name: '@x.service' }]",
    findings: [
      "5:19 unit-name",
      "5:34 unit-name",
      "5:54 unit-name",
      "5:77 unit-name",
      "5:97 unit-name",
    ],
    says: ["write `foo.service`", "use one of .service"],
  },
  {
    what: "a unit twice",
    text: "systemd: { units: [{ name: a.service }, { name: a.service }] }",
    findings: ["4:49 duplicate-entry"],
  },
  {
    what: "a unit without a name",
    text: "systemd: { units: [{ enabled: true }] }",
    findings: ["4:20 missing-key"],
  },
  {
    what: "unit text without sense",
    text: "systemd:\n  units:\n    - name: a.service\n      contents: |\n        [Service\n        ExecStart=/x\n    - name: b.service\n      contents: |\n        [Service] x\n    - name: c.service\n      contents: |\n        [Service]\n        hello\n        A=b",
    findings: ["7:17 unit-text", "11:17 unit-text", "14:17 unit-text"],
    says: [
      "line 1 of the unit text: unable to find end of section",
      "garbage",
      "line 2 of the unit text",
    ],
  },
  {
    what: "a unit that is enabled to no end, a warning",
    text: "systemd:\n  units:\n    - name: a.service\n      enabled: true\n      contents: |\n        [Service]\n        ExecStart=/x",
    findings: ["8:17 unit-never-enabled"],
  },
  {
    what: "an instance of a template that is enabled to no end, a warning",
    text: 'systemd:\n  units: [{ name: a@.service, contents: "[Service]" }, { name: a@b.service, enabled: true }]',
    findings: ["5:86 unit-never-enabled"],
  },
  {
    what: "masked and enabled, a warning",
    text: "systemd: { units: [{ name: a.service, enabled: true, mask: true }] }",
    findings: ["4:48 masked-and-enabled"],
  },
  {
    what: "drop-in names",
    text: "systemd: { units: [{ name: a.service, dropins: [{ name: x }, { name: a/b.conf }, { name: y.service }] }] }",
    findings: ["4:57 dropin-name", "4:70 dropin-name", "4:90 dropin-name"],
    says: ["write `x.conf`", "write `y.conf`"],
  },
  {
    what: "files in place of units",
    text: 'systemd:\n  units: [{ name: a.service, contents: "[S]", dropins: [{ name: b.conf, contents: "[S]" }] }]\nstorage:\n  files: [{ path: /etc/systemd/system/a.service }, { path: /etc/systemd/system/a.service.d/b.conf }]',
    findings: ["7:19 contents-conflict", "7:60 contents-conflict"],
  },
  {
    what: "booleans",
    text: `systemd: { units: [{ name: a.service, enabled: "true", mask: 1 }] }`,
    findings: ["4:48 wrong-type", "4:62 wrong-type"],
    says: ["remove the quotes"],
  },
];

export const BAD_PASSWD: readonly BadCase[] = [
  {
    what: "account names",
    text: `passwd:\n  users: [{ name: Core }, { name: a b }, { name: "${"a".repeat(33)}" }]\n  groups: [{ name: 1a }]`,
    findings: ["5:19 account-name", "5:35 account-name", "5:50 account-name", "6:20 account-name"],
    says: ["`core`"],
  },
  {
    what: "a user twice",
    text: "passwd: { users: [{ name: a }, { name: a }] }",
    findings: ["4:40 duplicate-entry"],
  },
  {
    what: "numbers that two accounts share",
    text: "passwd:\n  users: [{ name: a, uid: 1000 }, { name: b, uid: 1000 }]\n  groups: [{ name: a, gid: 1000 }, { name: b, gid: 1000 }]",
    findings: ["5:51 duplicate-id", "6:52 duplicate-id"],
    says: [`uid 1000 of "b" is that of "a" already`],
  },
  {
    what: "a number that means nobody",
    text: "passwd: { users: [{ name: a, uid: 4294967295 }] }",
    findings: ["4:35 number-range"],
  },
  {
    what: "fields that would spill over",
    text: "passwd:\n  users: [{ name: a, gecos: 'a:b', home_dir: home/a, shell: '/bin/sh:x' }]",
    findings: ["5:29 account-field", "5:46 path", "5:61 account-field"],
  },
  {
    what: "a group that cannot be",
    text: "passwd: { users: [{ name: a, primary_group: Wheel, groups: [0x] }] }",
    findings: ["4:45 account-name", "4:61 account-name"],
  },
  {
    what: "a password in the clear, a warning that does not repeat it",
    text: "passwd: { users: [{ name: a, password_hash: hunter2 }] }",
    findings: ["4:45 password-hash"],
  },
  {
    what: "keys that are none",
    text: `passwd:\n  users:\n    - name: a\n      ssh_authorized_keys:\n        - "-----BEGIN OPENSSH PRIVATE KEY-----"\n        - ${KEY}\n        - ssh-ed25519 hello\n        - ssh-ed25519 ${KEY}\n        - ssh-ed25519 ${KEY}`,
    findings: ["8:11 ssh-key", "9:11 ssh-key", "10:11 ssh-key", "12:11 duplicate-entry"],
    says: ["this is a private key"],
  },
];

export const BAD_REST: readonly BadCase[] = [
  {
    what: "kernel arguments that are none, or the image's own",
    text: "kernel_arguments:\n  should_exist: ['', ' a', a  b, 'ä', root=/dev/sda, quiet roothash=0]\n  should_not_exist: [ro]",
    findings: [
      "5:18 kernel-argument",
      "5:22 kernel-argument",
      "5:28 kernel-argument",
      "5:34 kernel-argument",
      "5:40 kernel-argument-reserved",
      "5:55 kernel-argument-reserved",
      "6:22 kernel-argument-reserved",
    ],
  },
  {
    what: "an argument wanted and not wanted",
    text: "kernel_arguments: { should_exist: [quiet], should_not_exist: [quiet] }",
    findings: ["4:63 duplicate-entry"],
    says: ["kernel_arguments.should_exist on line 4"],
  },
  {
    what: "misspelt keys, each with the nearest",
    text: "storge: {}\nstorage: { file: [] }\nsystemd: { units: [{ name: a.service, dropIns: [] }] }\npasswd: { users: [{ name: a, sshAuthorizedKeys: [], home: /x }] }",
    findings: [
      "4:1 unknown-key",
      "5:12 unknown-key",
      "6:39 unknown-key",
      "7:30 unknown-key",
      "7:53 unknown-key",
    ],
    says: ["`storage`", "`files`", "`dropins`", "`ssh_authorized_keys`"],
  },
  {
    what: "merge keys",
    text: "a: &a { name: b }\npasswd: { users: [{ <<: *a }] }",
    findings: ["4:1 unknown-key", "5:19 missing-key", "5:21 unknown-key"],
    says: ["use `include`"],
  },
  {
    what: "a key of an object's prototype",
    text: "constructor: {}\n__proto__: {}\nstorage: { hasOwnProperty: 1 }",
    findings: ["4:1 unknown-key", "5:1 unknown-key", "6:12 unknown-key"],
  },
  {
    what: "a key without a value",
    text: "storage: { files: [{ path: /a, mode: }] }",
    findings: ["4:32 missing-value"],
  },
  {
    what: "an item without a value",
    text: "storage:\n  files:\n    -\n    - path: /a\n    -",
    findings: ["6:5 missing-value", "8:5 missing-value"],
  },
  {
    what: "includes from elsewhere",
    text: "include: ['https://x/y.yaml', '']",
    findings: ["4:11 include-remote", "4:31 missing-file"],
  },
];
