/** Unit files for the slipway variant: the same reader as Ignition's, whose verdict it shares. */
import { readUnitFile } from "./go/unit-file.ts";

/** The names of the sections in order, or why the text is no unit file and in which of its lines, from 1. */
export type UnitText =
  | { readonly sections: readonly string[] }
  | { readonly problem: string; readonly line: number };

/** Reads a unit file. Takes time in proportion to its length. */
export const readUnitText: (text: string) => UnitText = readUnitFile;
