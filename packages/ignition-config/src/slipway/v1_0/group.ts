import { accountName, MAX_ID, passwdField } from "../../names/account.ts";
import { bool, int, object, required, text } from "../../schema/combinators.ts";
import type { Schema } from "../../schema/shape.ts";

/** One of `passwd.groups`, merged by `name`. */
export interface GroupFragment {
  readonly name: string;
  readonly gid?: number;
  readonly password_hash?: string;
  readonly should_exist?: boolean;
  readonly system?: boolean;
}

export const group: Schema<GroupFragment> = object<GroupFragment>("A group.", {
  name: required(text("Its name.", { rule: accountName })),
  gid: int("Its number. Default: the next free one.", { min: 0, max: MAX_ID }),
  password_hash: text("Its password as crypt(3) hashes it. Default: none.", { rule: passwdField }),
  should_exist: bool("Whether there is this group; `false` removes it. Default: yes."),
  system: bool("Whether it is a system group, with a number below 1000. Default: no."),
});
