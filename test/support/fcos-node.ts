/**
 * A node as people describe one for Fedora CoreOS: what the tutorials of its documentation build up step by step (a
 * console that logs in by itself, a key, a host name, a quiet kernel log, a script and the unit that runs it), in one document.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const KEY =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDzIhtqikP8II5sdZR9Vn6gUFNF6zxNH+H4bWFO0oImq me@example";

const document = (address: string): string => `variant: fcos
version: 1.5.0
passwd:
  groups:
    - name: engineers
      gid: 2001
  users:
    - name: core
      groups: [adm, engineers]
      ssh_authorized_keys:
        - ${KEY}
    - name: robot
      uid: 1500
      gecos: Deploys things
      shell: /usr/sbin/nologin
      no_create_home: true
storage:
  directories:
    - path: /etc/hello
      mode: 0750
      group: { name: engineers }
  files:
    - path: /etc/hostname
      overwrite: true
      mode: 0644
      contents:
        inline: tutorial
    - path: /etc/sysctl.d/20-silence-audit.conf
      contents:
        inline: |
          kernel.printk=4
    - path: /etc/hello/greeting
      mode: 0640
      user: { name: core }
      group: { name: engineers }
      contents:
        inline: "Hello"
      append:
        - inline: ", world"
        - source: ${address}/exclamation
          http_headers:
            - { name: X-Token, value: tut0rial }
    - path: /usr/libexec/hello
      mode: 0755
      contents:
        local: hello.sh
  links:
    - path: /etc/localtime
      target: ../usr/share/zoneinfo/Europe/Zurich
      overwrite: true
  trees:
    - local: motd
      path: /etc/motd.d
systemd:
  units:
    - name: hello.service
      enabled: true
      contents: |
        [Unit]
        Description=Say hello once the machine is up
        ConditionPathExists=!/var/lib/hello.said
        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/libexec/hello
        [Install]
        WantedBy=multi-user.target
    - name: serial-getty@ttyS0.service
      dropins:
        - name: autologin-core.conf
          contents: |
            [Service]
            ExecStart=
            ExecStart=-/sbin/agetty --autologin core --noclear %I $TERM
    - name: fstrim.timer
      mask: true
`;

const HELLO = `#!/bin/sh
cat /etc/hello/greeting | tee /var/lib/hello.said
`;

/** Writes the document and the files beside it. Returns its file. */
export const writeFcosNode = (directory: string, address: string): string => {
  mkdirSync(path.join(directory, "motd"), { recursive: true });
  writeFileSync(path.join(directory, "hello.sh"), HELLO);
  writeFileSync(path.join(directory, "motd", "20-tutorial"), "Mind the step.\n");
  const file = path.join(directory, "node.bu");
  writeFileSync(file, document(address));
  return file;
};
