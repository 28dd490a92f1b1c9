import { isUtf8 } from "node:buffer";

/**
 * A name's bytes as text. Names that are not UTF-8 keep their ASCII and show every other byte as `\xNN`, so that they can be
 * printed, compared and looked up like all others.
 */
export const treePath = (bytes: Uint8Array): { readonly path: string; readonly isUtf8: boolean } =>
  isUtf8(bytes)
    ? {
        path: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"),
        isUtf8: true,
      }
    : {
        path: Array.from(bytes, (byte) =>
          byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
        ).join(""),
        isUtf8: false,
      };

/** The last name of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The path above, `/` for names directly below the root and the root itself. */
export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

/** Whether a path is the directory or something in it. */
export const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(`${directory}/`);
