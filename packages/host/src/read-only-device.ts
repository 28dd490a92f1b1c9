/** A disk or partition that is only read, by others at the same time too. */
export interface ReadOnlyDevice extends AsyncDisposable {
  /** For people: its path. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /**
   * Fills `target` with what the disk itself answers, past every cache of this machine.
   * @throws HostError `DEVICE_FAILED`
   */
  readBack(target: Uint8Array, offset: number): Promise<void>;
}
