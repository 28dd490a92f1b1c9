/** What a kernel command line says of the root, the running one's and each UKI's. Pure. */

export interface RootArguments {
  /** 64 lower-case hexadecimal digits. */
  readonly roothash: string | undefined;
  /** UUIDs in lower case. */
  readonly dataUuid: string | undefined;
  readonly hashUuid: string | undefined;
}

const ROOTHASH = /^[0-9a-f]{64}$/i;
const UUID = /^UUID=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** Of an argument that is there twice the last one counts, as it does for systemd. */
export const rootArguments = (words: readonly string[]): RootArguments => {
  const last = (name: string): string | undefined =>
    words.findLast((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const roothash = last("roothash") ?? "";
  return {
    roothash: ROOTHASH.test(roothash) ? roothash.toLowerCase() : undefined,
    dataUuid: uuidIn(last("systemd.verity_root_data")),
    hashUuid: uuidIn(last("systemd.verity_root_hash")),
  };
};

const uuidIn = (value: string | undefined): string | undefined =>
  UUID.exec(value ?? "")?.[1]?.toLowerCase();
