import { usageError } from "@slipway/host/command-line";

const MAX_CHARACTERS = 500;

/** The text of --reason as the ledger takes it. @throws UsageError */
export const readReason = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  if (text.length <= MAX_CHARACTERS && /^[^\p{Cc}\p{Cs}]+$/u.test(text)) return text;
  throw usageError(
    "--reason is no line that can be kept",
    `write one line of up to ${MAX_CHARACTERS} characters`,
  );
};
