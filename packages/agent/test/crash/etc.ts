/** What stands for a release's `/etc`: one file, which is whole or is not. The real one is carried by other code, and made durable in the same way. */
import type { Files } from "@slipway/host";
import type { TinyRelease } from "./releases.ts";

const ETC = "/var/lib/slipway/etc";
const END = "\nend\n";

const upperOf = ({ roothash }: TinyRelease): string => `${ETC}/${roothash.slice(0, 16)}`;

const write = async (files: Files, path: string, text: string): Promise<void> => {
  await files.remove(`${path}.new`);
  const file = await files.open(`${path}.new`);
  await file.write(Buffer.from(`${text}${END}`), 0);
  await file.sync();
  await file.close();
  await files.rename(`${path}.new`, path);
};

/** The text; undefined where there is none, or only a part of it. */
export const readEtc = async (files: Files, release: TinyRelease): Promise<string | undefined> => {
  const path = upperOf(release);
  if (!(await files.list(ETC)).includes(path.slice(ETC.length + 1))) return undefined;
  const file = await files.open(path);
  const bytes = new Uint8Array(await file.size());
  await file.readInto(bytes, 0);
  await file.close();
  const text = Buffer.from(bytes).toString();
  return text.endsWith(END) ? text.slice(0, -END.length) : undefined;
};

export const installEtc = (files: Files, release: TinyRelease): Promise<void> =>
  write(files, upperOf(release), `${release.version}:`);

/** Somebody changes something after staging. */
export const editEtc = async (files: Files, release: TinyRelease): Promise<void> => {
  const text = (await readEtc(files, release)) ?? "";
  if (!text.endsWith("edited")) await write(files, upperOf(release), `${text}edited`);
};

/** Durable, under its name, when it resolves. */
export const carryEtc = async (files: Files, from: TinyRelease, to: TinyRelease): Promise<void> => {
  const text = (await readEtc(files, from)) ?? "";
  await write(files, upperOf(to), `${to.version}:${text.slice(text.indexOf(":") + 1)}`);
};

/** Whether a release would find what belongs to it: what was edited before it was finalized among it. */
export const isCarried = (text: string | undefined, release: TinyRelease): boolean =>
  text?.startsWith(`${release.version}:`) === true &&
  (release.version === "1" || text.endsWith("edited"));
