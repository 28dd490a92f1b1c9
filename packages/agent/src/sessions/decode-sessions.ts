/** What loginctl says of who is logged in. Pure. */
import type { Session } from "./session.ts";

/** More people than this are no better a reason than so many. */
export const MOST_SESSIONS = 64;

const ID = /^[A-Za-z0-9]{1,32}$/;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,255}$/;
/** From version 256 on root's are `user-early`; those of managers, of cron and of greeters are none of people's. */
const CLASS = /^user(?:-early)?(?:-light)?$/;
const TERMINAL = /^[A-Za-z0-9/_-]{1,64}$/;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `loginctl list-sessions --json=short`: the ids of those that may be people's. @throws where it is no list */
export const decodeList = (text: string): readonly string[] => {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new Error("loginctl answers no list");
  const ids = value.flatMap((item: unknown) => {
    if (!isRecord(item)) return [];
    const { session, class: kind } = item;
    // Before version 255 it tells no class here.
    const mayBe = kind === undefined || (typeof kind === "string" && CLASS.test(kind));
    return mayBe && typeof session === "string" && ID.test(session) ? [session] : [];
  });
  return ids.slice(0, MOST_SESSIONS);
};

/** What is asked for of each, with `loginctl show-session`. */
export const PROPERTIES = "Id,Name,Class,TTY,Remote,State";

const propertiesOf = (block: string): ReadonlyMap<string, string> =>
  new Map(
    block.split("\n").flatMap((line): readonly (readonly [string, string])[] => {
      const at = line.indexOf("=");
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );

const sessionOf = (said: ReadonlyMap<string, string>): readonly Session[] => {
  const [id = "", user = "", terminal = ""] = [said.get("Id"), said.get("Name"), said.get("TTY")];
  // What somebody left running who is gone is nobody.
  if (!CLASS.test(said.get("Class") ?? "") || said.get("State") === "closing") return [];
  if (!ID.test(id) || !NAME.test(user)) return [];
  if (TERMINAL.test(terminal)) return [{ id, user, terminal }];
  return said.get("Remote") === "yes" ? [{ id, user }] : [];
};

/** Blocks of `NAME=VALUE`, with an empty line between them. */
export const decodeSessions = (text: string): readonly Session[] =>
  text.split("\n\n").flatMap((block) => sessionOf(propertiesOf(block)));
