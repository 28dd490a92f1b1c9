/** A way into the guest by ssh: the port on this host, the key, and what to type. Pure. */

/** The port of this host that leads to the guest's 22, from what QEMU says of its forwarded ports; undefined when the text names none. */
export const parseSshPort = (usernet: string): number | undefined => {
  // Protocol[State]  FD  Source-Address Port  Dest-Address Port  RecvQ SendQ
  const [, port] =
    /^\s*TCP\[HOST_FORWARD\]\s+\d+\s+127\.0\.0\.1\s+(\d+)\s+\S+\s+22\s/m.exec(usernet) ?? [];
  return port === undefined ? undefined : Number(port);
};

/** Credentials that let the holder of a key in: systemd.system-credentials(7). */
export const sshCredentials = (publicKey: string): Readonly<Record<string, string>> => ({
  "ssh.authorized_keys.root": `${publicKey.trim()}\n`,
});

/** A throwaway machine has new host keys at every start: there is nothing to remember of them. */
export const sshHint = (port: number): string =>
  `once it is up: ssh -p ${port} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1`;

/** One public key in OpenSSH's form (sshd(8), AUTHORIZED_KEYS FILE FORMAT): type, base64, comment. */
export const isPublicKey = (text: string): boolean =>
  /^(?:ssh-|ecdsa-|sk-)[\w@.-]+ [A-Za-z0-9+/]+={0,2}(?: [^\n]*)?\n?$/.test(text);
