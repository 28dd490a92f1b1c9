/** All codes that a node tells, each with what it means and what to do. Pure. */
import type { CodeText } from "./code-text.ts";
import { NODE_CODES, TASK_CODES } from "./node-codes.ts";
import { REPOSITORY_CODES } from "./repository-codes.ts";
import { API_CODES, PREFLIGHT_CODES, WAITING_CODES } from "./task-codes.ts";

/** Codes that belong together. */
export interface CodeGroup {
  readonly title: string;
  readonly codes: Readonly<Record<string, CodeText>>;
}

export const CODE_GROUPS: readonly CodeGroup[] = [
  { title: "The node, and what its operator has said", codes: NODE_CODES },
  { title: "Waiting", codes: WAITING_CODES },
  { title: "Before anything is written", codes: PREFLIGHT_CODES },
  { title: "The repository", codes: REPOSITORY_CODES },
  { title: "The disk, and programs of the system", codes: TASK_CODES },
  { title: "The API alone", codes: API_CODES },
];
