/**
 * The path of `name` as seen from the directory of the document `file`, without looking at the file system: `..` is
 * taken back textually, as in every URL and in Butane. A relative `file` gives a relative path.
 */
export const resolvePath = (file: string, name: string): string => {
  const directory = file.slice(0, file.lastIndexOf("/") + 1);
  const joined = name.startsWith("/") ? name : directory + name;
  const kept: string[] = [];
  for (const step of joined.split("/")) {
    if (step === "" || step === ".") continue;
    if (step !== "..") kept.push(step);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!joined.startsWith("/")) kept.push("..");
  }
  const path = kept.join("/");
  return joined.startsWith("/") ? `/${path}` : path === "" ? "." : path;
};
