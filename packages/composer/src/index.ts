export const PACKAGE = "@slipway/composer";
