/** A tar archive whose entries have an extended attribute: what sets one where there is no setfattr. */
import { Buffer } from "node:buffer";

/** @param entries contents by name; a name that ends in a slash is a directory's */
export const attributeArchive = (entries: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat([
    ...Object.entries(entries).flatMap(([name, contents]) => [
      ...member("attributes", "x", record("SCHILY.xattr.user.slipway", `of ${name}`)),
      ...member(name, name.endsWith("/") ? "5" : "0", contents),
    ]),
    Buffer.alloc(1024),
  ]);

/** "LENGTH KEY=VALUE\n", where the length counts itself. */
const record = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  const length = [1, 2, 3]
    .map((digits) => digits + rest.length)
    .find((n, i) => `${n}`.length === i + 1);
  return `${length}${rest}`;
};

const member = (name: string, type: string, contents: string): readonly Buffer[] => {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, width: number): void => {
    header.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, "latin1");
  };
  header.write(name, 0, "latin1");
  octal(type === "5" ? 0o755 : 0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(contents.length, 124, 12);
  octal(1, 136, 12);
  header.write(" ".repeat(8), 148, "latin1");
  header.write(type, 156, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  const data = Buffer.alloc(Math.ceil(contents.length / 512) * 512);
  data.write(contents, "latin1");
  return [header, data];
};
