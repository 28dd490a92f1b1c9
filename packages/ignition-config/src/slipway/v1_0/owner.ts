import { accountName, MAX_ID } from "../../names/account.ts";
import { int, object, text } from "../../schema/combinators.ts";
import type { ObjectShape, Schema } from "../../schema/shape.ts";

/** `user` or `group` of a node. */
export interface OwnerFragment {
  readonly id?: number;
  readonly name?: string;
}

const owner = (kind: "user" | "group"): Schema<OwnerFragment> & { readonly shape: ObjectShape } =>
  object<OwnerFragment>(
    `The ${kind} that owns it, by number or by name; root when neither is given and it is new.`,
    {
      id: int(`Number of the ${kind}.`, { min: 0, max: MAX_ID }),
      name: text(`Name of the ${kind}, which must exist in the image.`, { rule: accountName }),
    },
    {
      // A name here and a number there would make an owner with both.
      whole: true,
      check: (value, say) => {
        if (value.id === undefined || value.name === undefined) return;
        say(value, ["name"], {
          rule: "owner",
          message: `the ${kind} is given both by number and by name`,
          hint: "remove `id` or `name`",
        });
      },
    },
  );

export const nodeUser: Schema<OwnerFragment> = owner("user");
export const nodeGroup: Schema<OwnerFragment> = owner("group");
