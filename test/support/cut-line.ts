/** A line to a server that a test cuts: after so many bytes everything on it breaks off, until it is mended. */
import { openRelay } from "@slipway/host/testing";

export interface CutLine extends AsyncDisposable {
  /** Of 127.0.0.1. */
  readonly port: number;
  /** From now on, breaks off when so many bytes have come from the server. */
  readonly cutAfter: (bytes: number) => void;
  /** Whether it is cut: whoever connects is hung up on. */
  readonly isCut: () => boolean;
  /** How many bytes have come from the server so far. */
  readonly carried: () => number;
  readonly mend: () => void;
}

export const cutLine = async (serverPort: number): Promise<CutLine> => {
  let [left, carried] = [Number.POSITIVE_INFINITY, 0];
  const relay = await openRelay(serverPort, {
    connected: () => left > 0,
    answered: (bytes) => {
      left -= bytes;
      carried += bytes;
      if (left <= 0) relay.hangUp();
    },
  });
  return {
    ...relay,
    cutAfter: (bytes) => {
      left = bytes;
    },
    isCut: () => left <= 0,
    carried: () => carried,
    mend: () => {
      left = Number.POSITIVE_INFINITY;
    },
  };
};
