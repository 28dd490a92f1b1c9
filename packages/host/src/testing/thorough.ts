import process from "node:process";

/**
 * Whether this run may take hours: `./slipway test --all` says so. CI looks at fewer states and boots fewer machines of what differs little.
 */
export const THOROUGH: boolean = process.env["SLIPWAY_THOROUGH"] === "1";
