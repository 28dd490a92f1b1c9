/** The corpus of real cases: files of one JSON object a line. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const CORPUS = join(import.meta.dirname, "../../../../../shared/corpus");

/** A case as it stands in its file. */
export interface CorpusCase {
  readonly id: string;
  readonly [name: string]: unknown;
}

/** Whether the corpus is on this machine. */
export const hasCorpus = (): boolean => existsSync(CORPUS);

/** All cases of a file. */
export const readCorpus = (file: string): readonly CorpusCase[] =>
  readFileSync(join(CORPUS, file), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as CorpusCase);
