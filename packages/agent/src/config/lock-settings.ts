/** The settings of the strategy `lock`: who is asked, and among whom it counts this node. Pure. */
import { LOCK_GROUP } from "../machine/lease.ts";
import { type Reading, refused, shown } from "./reading.ts";
import type { SettingNode } from "./yaml-document.ts";

const MAX_ADDRESS = 2048;
const ADDRESS_HINT =
  "write such as https://locks.example.org/, without user name, ? and #; /v1/pre-reboot is added to it";

/** An address goes into the journal, and into what people are shown: no password is in it. */
const isAddress = (text: string): boolean => {
  if (text.length > MAX_ADDRESS || !/^https?:\/\/[^\s?#]+$/.test(text) || !URL.canParse(text))
    return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
};

export const lockServerAddress = (node: SettingNode): Reading<string> => {
  if (node.kind !== "scalar") return refused(node, "an address belongs here", ADDRESS_HINT);
  return isAddress(node.text)
    ? { ok: true, value: node.text.replace(/\/+$/, "") }
    : refused(node, "this is no address of a lock server", ADDRESS_HINT);
};

export const lockGroupName = (node: SettingNode): Reading<string> => {
  const hint = "write up to 64 letters, digits, . and -";
  if (node.kind !== "scalar") return refused(node, "a name belongs here", hint);
  return LOCK_GROUP.test(node.text)
    ? { ok: true, value: node.text }
    : refused(node, `${shown(node)} is no group of a lock server`, hint);
};
