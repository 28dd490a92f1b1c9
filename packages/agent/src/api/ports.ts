/** What the API stands on: the node's documents as the verbs print them, and a way to give orders. */
import type { Action, SlowAction } from "./action.ts";

/** An action that the daemon's loop does, or did. */
export interface ActionRecord {
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly action: SlowAction["kind"];
  readonly state: "waiting" | "running" | "done";
  /** Seconds since 1970. */
  readonly askedAt: number;
  /** Of one that is done: what the verb of its name says with `--json`. */
  readonly answer?: ActionAnswer;
}

export interface ActionAnswer {
  readonly outcome: "restarting" | "nothing" | "staged" | "later" | "failed" | "offered";
  readonly message: string;
  readonly failure?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
  };
}

/** What an action is answered with: done, or to be done. */
export type Acted =
  | { readonly kind: "done"; readonly document: object }
  | { readonly kind: "accepted"; readonly record: ActionRecord };

export interface ApiPorts {
  readonly status: () => Promise<object>;
  readonly why: () => Promise<object>;
  /** The newest `limit` lines. */
  readonly history: (limit: number) => Promise<object>;
  readonly health: () => Promise<object>;
  readonly config: () => Promise<object>;
  /** Those that wait, run, or were done last, the oldest first. */
  readonly actions: () => readonly ActionRecord[];
  /** @throws whatever has a code, where it is refused at once */
  readonly act: (action: Action) => Promise<Acted>;
  /** In Prometheus' text format. */
  readonly metrics: () => Promise<string>;
}
