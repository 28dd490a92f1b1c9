import { struct } from "./bytes.ts";

export interface GivenUki {
  readonly machine?: number;
  readonly isSigned?: boolean;
  readonly sections: readonly (readonly [name: string, content: string, virtualSize?: number])[];
}

const START = 128;
const OPTIONAL_BYTES = 240;

/** The headers of an EFI program and its sections, aligned to 512 bytes as ukify aligns them. */
export const encodeUki = (given: GivenUki): Uint8Array => {
  const table = START + 24 + OPTIONAL_BYTES;
  let offset = align(table + given.sections.length * 40);
  const parts: Uint8Array[] = [];
  const headers = given.sections.map(([name, content, virtualSize]) => {
    const bytes = new Uint8Array(Buffer.from(content));
    const stored = align(bytes.length);
    const header = struct(
      40,
      [0, name],
      [8, virtualSize ?? bytes.length, 4],
      [16, stored, 4],
      [20, offset, 4],
    );
    parts.push(struct(stored, [0, bytes]));
    offset += stored;
    return header;
  });
  const head = struct(
    align(table + given.sections.length * 40),
    [0, "MZ"],
    [0x3c, START, 4],
    [START, "PE\0\0"],
    [START + 4, given.machine ?? 0x8664, 2],
    [START + 6, given.sections.length, 2],
    [START + 20, OPTIONAL_BYTES, 2],
    [START + 24, 0x20b, 2],
    [START + 24 + 68, 10, 2],
    [START + 24 + 108, 16, 4],
    [START + 24 + 148, given.isSigned === true ? 1000 : 0, 4],
    ...headers.map((header, index) => [table + index * 40, header] as const),
  );
  return new Uint8Array(Buffer.concat([head, ...parts]));
};

const align = (bytes: number): number => Math.ceil(bytes / 512) * 512;
