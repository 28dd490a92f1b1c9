export const PACKAGE = "@slipway/cli";
