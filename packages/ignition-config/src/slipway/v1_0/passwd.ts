import { listBy, object } from "../../schema/combinators.ts";
import type { Say, Schema } from "../../schema/shape.ts";
import { group, type GroupFragment } from "./group.ts";
import { user, type UserFragment } from "./user.ts";

export interface PasswdFragment {
  readonly users?: readonly UserFragment[];
  readonly groups?: readonly GroupFragment[];
}

/** Two accounts of one number are one account with two names: shadow's tools refuse that. */
const checkNumbers = <T extends { readonly name: string; readonly should_exist?: boolean }>(
  accounts: readonly T[],
  field: keyof T & string,
  say: Say,
): void => {
  const owners = new Map<unknown, string>();
  for (const account of accounts) {
    const id = account[field];
    if (id === undefined || account.should_exist === false) continue;
    const owner = owners.get(id);
    if (owner === undefined) {
      owners.set(id, account.name);
      continue;
    }
    say(account, [field], {
      rule: "duplicate-id",
      message: `${field} ${String(id)} of "${account.name}" is that of "${owner}" already`,
      hint: "give one of them another number",
    });
  }
};

export const passwd: Schema<PasswdFragment> = object<PasswdFragment>(
  "Users and groups of the image.",
  {
    users: listBy("Users, merged by `name`.", "name", user),
    groups: listBy("Groups, merged by `name`.", "name", group),
  },
  {
    check: ({ users = [], groups = [] }, say) => {
      checkNumbers(users, "uid", say);
      checkNumbers(groups, "gid", say);
    },
  },
);
