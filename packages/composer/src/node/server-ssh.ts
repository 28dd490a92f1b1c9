/** The ssh server: keys only, and a host key of the node's own that outlives its releases. */
import { script } from "./script.ts";
import { confined } from "./confined.ts";
import { type NodeFile, type NodeLink, UNITS } from "./node-file.ts";

const SSHD = "/usr/sbin/sshd";
const HOST_KEY = "/var/lib/slipway/ssh/ssh_host_ed25519_key";

/**
 * sshd takes the first value it reads: a config's or an operator's file whose name sorts before this one wins. RSA keys
 * of users below 3072 bits, ciphers without authentication and key exchanges of NIST's curves are left out; everything
 * that OpenSSH 8.5 (2021) or later speaks with is still there.
 */
const SSHD_CONFIG = `# Made by Slipway. The first value counts: a file such as 10-local.conf here wins.
HostKey ${HOST_KEY}
# Keys that a config gives to users are in a file of their own, as Ignition has them.
AuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys2 .ssh/authorized_keys.d/ignition

# Keys only, and root with a key at most.
PasswordAuthentication no
KbdInteractiveAuthentication no
HostbasedAuthentication no
PermitEmptyPasswords no
PermitRootLogin prohibit-password

# Who has not logged in after this is not going to; a session whose other end is gone ends after three minutes.
LoginGraceTime 60
MaxStartups 10:30:60
ClientAliveInterval 60
ClientAliveCountMax 3
X11Forwarding no
PermitUserEnvironment no

RequiredRSASize 3072
KexAlgorithms mlkem768x25519-sha256,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org
Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com
MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
`;

const MAKE_KEY = `[Service]
Type=oneshot
ExecStart=/usr/lib/slipway/make-ssh-host-key
StateDirectory=slipway/ssh
StateDirectoryMode=0700
UMask=0077
${confined()}`;

/** With a key that is there sshd starts at once: to look into it would be a second of every boot of a slow machine. */
const KEY_SERVICE = `[Unit]
Description=Make the Host Key of the ssh Server
ConditionFileNotEmpty=!${HOST_KEY}
RequiresMountsFor=/var/lib/slipway
Before=ssh.service ssh.socket sshd@.service
StartLimitIntervalSec=0

${MAKE_KEY}RemainAfterExit=yes
# Without a key nobody gets in: go on trying.
Restart=on-failure
RestartSec=10s
`;

/** A key that the disk has spoilt: sshd ends at once, and systemd gives it up after five starts. */
const NEW_KEY_SERVICE = `[Unit]
Description=Make the Host Key of an ssh Server That Does Not Start
RequiresMountsFor=/var/lib/slipway
# sshd has other reasons not to start, which no key mends.
StartLimitIntervalSec=10min
StartLimitBurst=2

${MAKE_KEY}ExecStartPost=+systemctl reset-failed ssh.service
ExecStartPost=+systemctl --no-block start ssh.service
`;

const SSH_SERVICE = `[Unit]
OnFailure=slipway-ssh-new-host-key.service
`;

export const SSH_FILES: readonly NodeFile[] = [
  { path: "/etc/ssh/sshd_config.d/50-slipway.conf", text: SSHD_CONFIG, needs: SSHD },
  { ...script("make-ssh-host-key"), needs: SSHD },
  { path: `${UNITS}/slipway-ssh-host-key.service`, text: KEY_SERVICE, needs: SSHD },
  { path: `${UNITS}/slipway-ssh-new-host-key.service`, text: NEW_KEY_SERVICE, needs: SSHD },
  { path: `${UNITS}/ssh.service.d/50-slipway.conf`, text: SSH_SERVICE, needs: SSHD },
];

/** Debian's own unit stays disabled: it waits for a first boot, which never is one with the empty machine-id of images. */
export const SSH_LINKS: readonly NodeLink[] = ["ssh.service", "ssh.socket", "sshd@.service"].map(
  (unit) => ({
    path: `${UNITS}/${unit}.wants/slipway-ssh-host-key.service`,
    target: "../slipway-ssh-host-key.service",
    needs: SSHD,
  }),
);
