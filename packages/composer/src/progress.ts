/** How steps tell a person what is going on, without knowing how it is shown. */
export interface Progress {
  /** Aborted when the person wants to stop. */
  readonly signal: AbortSignal | undefined;
  /** Runs work under a name. Tasks may run at the same time; the presenter keeps them apart. */
  task<T>(name: string, detail: string, work: (task: Task) => Promise<T>): Promise<T>;
  /** Something to know that is no failure, such as a package version that is no longer to be had. */
  warn(message: string): void;
}

export interface Task {
  /** The latest thing that happened within the task. */
  note(text: string): void;
  /** Bytes done of bytes to do. */
  bytes(done: number, total: number): void;
}

/** Says nothing. */
export const silentProgress: Progress = {
  signal: undefined,
  task: (_name, _detail, work) => work({ note: () => undefined, bytes: () => undefined }),
  warn: () => undefined,
};
