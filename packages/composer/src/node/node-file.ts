/** Files and links that every node has, by their paths in the root. Directories above them are made. */
export interface NodeFile {
  readonly path: string;
  readonly text: string;
  /** Default 0644. */
  readonly mode?: number;
  /** Written only into trees that have this path: settings of a program that an image may do without. */
  readonly needs?: string;
}

export interface NodeLink {
  readonly path: string;
  /** What the link says. */
  readonly target: string;
  readonly needs?: string;
}

/** Where units of the image live; an operator's drop-ins and masks go to `/etc/systemd/system` and win. */
export const UNITS = "/usr/lib/systemd/system";
