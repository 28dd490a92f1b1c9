/** What an initrd is made of: a list of entries, each of which says where its bytes are. */

/** Permission bits with the set-id and sticky bits, as in `chmod`: 0o755. */
export type Mode = number;

export type InitrdEntry =
  | { readonly kind: "directory"; readonly path: string; readonly mode: Mode }
  | { readonly kind: "link"; readonly path: string; readonly target: string }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly mode: Mode;
      readonly content: Content;
    };

/** Bytes at hand, or a file of the build machine that holds them. */
export type Content = Uint8Array | { readonly file: string };

const encoder = new TextEncoder();

/** A text file. */
export const textEntry = (path: string, text: string, mode: Mode = 0o644): InitrdEntry => ({
  kind: "file",
  path,
  mode,
  content: encoder.encode(text),
});

/** A symbolic link. */
export const linkEntry = (path: string, target: string): InitrdEntry => ({
  kind: "link",
  path,
  target,
});
