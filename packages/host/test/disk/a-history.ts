/** Things that happen to a small disk, as data, and a plain model of which contents each of them leaves possible. */
import * as fc from "fast-check";
import type { SimulatedDisk } from "@slipway/host/testing";

export const SECTORS = 4;
export const SECTOR_SIZE = 512;

export type Happening =
  | { readonly kind: "write" | "mayWrite"; readonly sector: number; readonly value: number }
  | { readonly kind: "flush" };

export const happenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: oneWrite("write") },
    { weight: 2, arbitrary: oneWrite("mayWrite") },
    { weight: 1, arbitrary: fc.constant<Happening>({ kind: "flush" }) },
  ),
  { maxLength: 9 },
);

function oneWrite(kind: "write" | "mayWrite"): fc.Arbitrary<Happening> {
  return fc.record({
    kind: fc.constant(kind),
    sector: fc.nat(SECTORS - 1),
    value: fc.integer({ min: 1, max: 3 }),
  });
}

export const filled = (value: number): Uint8Array => new Uint8Array(SECTOR_SIZE).fill(value);

export const play = (disk: SimulatedDisk, story: readonly Happening[]): void => {
  for (const happening of story) {
    if (happening.kind === "flush") disk.flush();
    else disk[happening.kind](happening.sector, filled(happening.value));
  }
};

/** Per sector, the values it may hold if the power goes now. */
export type Possible = readonly ReadonlySet<number>[];

/** What is possible after each happening, the first entry before any. */
export const possibilities = (story: readonly Happening[]): readonly Possible[] => {
  const lists: { value: number; written: boolean }[][] = Array.from({ length: SECTORS }, () => [
    { value: 0, written: true },
  ]);
  const now = (): Possible => lists.map((list) => new Set(list.map(({ value }) => value)));
  return [
    now(),
    ...story.map((happening) => {
      if (happening.kind === "flush") {
        for (const list of lists)
          list.splice(
            0,
            list.findLastIndex(({ written }) => written),
          );
      } else {
        const { kind, sector, value } = happening;
        lists[sector]?.push({ value, written: kind === "write" });
      }
      return now();
    }),
  ];
};
