/** Users as useradd(8), usermod(8) and userdel(8) make, change and remove them. */
import type { User } from "@slipway/ignition-config";
import {
  type AccountRules,
  type AccountState,
  type Edited,
  edited,
  refused,
} from "./account-state.ts";
import { addUser } from "./add-user.ts";
import { deleteUser } from "./delete-user.ts";
import { isFieldText } from "./lines.ts";
import { modifyUser } from "./modify-user.ts";

/** Makes, changes or removes a user, as the item says. */
export const ensureUser = (state: AccountState, item: User, rules: AccountRules): Edited => {
  const present = state.databases.passwd.find(({ name }) => name === item.name);
  if (item.shouldExist === false) {
    return present === undefined ? edited(state) : deleteUser(state, present, rules);
  }
  const odd = oddField(item);
  if (odd !== undefined) return refused(odd);
  return present === undefined ? addUser(state, item, rules) : modifyUser(state, present, item);
};

const oddField = (item: User): string | undefined => {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["gecos", item.gecos],
    ["home directory", item.homeDir],
    ["shell", item.shell],
    ["password hash", item.passwordHash],
  ];
  const odd = fields.find(([, text]) => text !== undefined && !isFieldText(text));
  if (odd !== undefined)
    return `the ${odd[0]} of user ${item.name} has a colon or a line break in it`;
  for (const [what, text] of [
    ["home directory", item.homeDir],
    ["shell", item.shell],
  ] as const) {
    if (text !== undefined && text !== "" && !text.startsWith("/")) {
      return `the ${what} of user ${item.name} is not absolute: ${JSON.stringify(text)}`;
    }
  }
  return undefined;
};
