import { frame, inArchiveOrder, trailer } from "../../src/initrd/cpio.ts";
import type { InitrdEntry } from "../../src/initrd/entry.ts";

/** An archive as our builds write it; a link's target is its content. */
export const pack = (entries: readonly InitrdEntry[]): Buffer => {
  const parts = inArchiveOrder(entries).flatMap((entry) => {
    const content =
      entry.kind === "link"
        ? Buffer.from(entry.target)
        : entry.kind === "file" && entry.content instanceof Uint8Array
          ? entry.content
          : new Uint8Array();
    const { head, tail } = frame(entry, content.length);
    return [head, content, tail];
  });
  const body = Buffer.concat(parts);
  return Buffer.concat([body, trailer(body.length)]);
};
