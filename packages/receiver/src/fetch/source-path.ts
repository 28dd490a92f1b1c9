import { ReceiverError } from "../errors.ts";

/** The names of a path in a repository. What would lead elsewhere is refused, whoever made it up. */
export const namesIn = (path: string): readonly string[] => {
  const names = path.split("/");
  const isStrange = (name: string): boolean =>
    name === "" || name === "." || name === ".." || /[\0\\]/.test(name) || name.length > 255;
  if (names.some(isStrange)) {
    throw new ReceiverError(
      "NOT_FOUND",
      `no file of a repository is called ${JSON.stringify(path)}`,
    );
  }
  return names;
};

/** A path as it goes into an address, below whatever it is put. */
export const encodePath = (path: string): string =>
  `./${namesIn(path).map(encodeURIComponent).join("/")}`;
