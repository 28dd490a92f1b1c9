import {
  accountName,
  groupNameOrId,
  looksHashed,
  MAX_ID,
  passwdField,
  passwdPath,
  sshKey,
} from "../../names/account.ts";
import { bool, int, object, required, setOf, text } from "../../schema/combinators.ts";
import type { Say, Schema } from "../../schema/shape.ts";

/** One of `passwd.users`, merged by `name`. */
export interface UserFragment {
  readonly name: string;
  readonly uid?: number;
  readonly gecos?: string;
  readonly home_dir?: string;
  readonly no_create_home?: boolean;
  readonly no_user_group?: boolean;
  readonly no_log_init?: boolean;
  readonly primary_group?: string;
  readonly groups?: readonly string[];
  readonly password_hash?: string;
  readonly ssh_authorized_keys?: readonly string[];
  readonly ssh_authorized_keys_local?: readonly string[];
  readonly shell?: string;
  readonly should_exist?: boolean;
  readonly system?: boolean;
}

const check = (user: UserFragment, say: Say): void => {
  if (user.password_hash === undefined || looksHashed(user.password_hash)) return;
  // The value stays out of the message: it may be a password, and messages end up in logs.
  say(user, ["password_hash"], {
    rule: "password-hash",
    message: `the password of "${user.name}" does not look like a hash`,
    hint: "make one with `mkpasswd --method=yescrypt`",
  });
};

export const user: Schema<UserFragment> = object<UserFragment>(
  "A user account.",
  {
    name: required(text("Its login name.", { rule: accountName })),
    uid: int("Its number. Default: the next free one.", { min: 0, max: MAX_ID }),
    gecos: text("Its real name or purpose.", { rule: passwdField }),
    home_dir: text("Its home directory. Default: /home/NAME.", { rule: passwdPath }),
    no_create_home: bool("Whether the home directory is left to somebody else. Default: no."),
    no_user_group: bool("Whether it gets no group of its own name. Default: no."),
    no_log_init: bool("Whether it is left out of lastlog and faillog. Default: no."),
    primary_group: text("Its main group, by name or number. Default: the group of its own name.", {
      rule: groupNameOrId,
      numbers: true,
    }),
    groups: setOf("Its further groups, by name.", text("A group's name.", { rule: accountName })),
    password_hash: text("Its password as crypt(3) hashes it. Default: no password works.", {
      rule: passwdField,
    }),
    ssh_authorized_keys: setOf(
      "Public keys that may log in.",
      text("A line of authorized_keys.", { rule: sshKey }),
    ),
    ssh_authorized_keys_local: setOf(
      "Files with such keys, one a line, relative to the directory of this document.",
      text("A path."),
    ),
    shell: text("Its login shell. Default: the system's.", { rule: passwdPath }),
    should_exist: bool("Whether there is this account; `false` removes it. Default: yes."),
    system: bool("Whether it is a system account, with a number below 1000. Default: no."),
  },
  { check },
);
