/** What health checks stand on. Each call can be ended by its signal, and none keeps more than it says. */
import type { Clock, Exec } from "@slipway/host";

export interface WebAnswer {
  readonly status: number;
  /** The start of the body, as text. */
  readonly body: string;
}

export interface Web {
  /** One GET without redirects. @throws what the network says */
  readonly get: (
    url: string,
    options: { readonly mostBytes: number; readonly signal: AbortSignal },
  ) => Promise<WebAnswer>;
  /** Opens a connection and closes it. @throws what the network says */
  readonly connect: (
    to: { readonly host: string; readonly port: number },
    signal: AbortSignal,
  ) => Promise<void>;
}

/** Something at a path. */
export interface Place {
  readonly isFile: boolean;
  /** Milliseconds since 1970. */
  readonly changedMs: number;
}

export interface Room {
  /** What programs without privileges can still write, in bytes. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Files of the node, for reading. */
export interface Places {
  /** Nothing where there is nothing. Links are followed. */
  readonly at: (path: string) => Promise<Place | undefined>;
  /** The start of a file as text. */
  readonly start: (path: string, mostBytes: number) => Promise<string>;
  /** All of a plain file of text. @throws where it is something else, is no UTF-8, or has more bytes */
  readonly text: (path: string, mostBytes: number) => Promise<string>;
  /** The last bytes of a file as text. */
  readonly end: (path: string, mostBytes: number) => Promise<string>;
  /** The names in a directory, sorted; none where there is none. */
  readonly names: (directory: string) => Promise<readonly string[]>;
  /** Where a symbolic link leads, as it is written; nothing for anything else. */
  readonly link: (path: string) => Promise<string | undefined>;
  /** Of the file system that holds the path. */
  readonly room: (path: string) => Promise<Room>;
}

export interface HealthPorts {
  readonly exec: Exec;
  readonly web: Web;
  readonly places: Places;
  readonly clock: Clock;
}
