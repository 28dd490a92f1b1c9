/** The corpus of real cases: files of one JSON object a line. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CORPUS } from "../../../../test/support/corpus.ts";

/** A case as it stands in its file. */
export interface CorpusCase {
  readonly id: string;
  readonly [name: string]: unknown;
}

/** All cases of a file. */
export const readCorpus = (file: string): readonly CorpusCase[] =>
  readFileSync(join(CORPUS, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as CorpusCase);
