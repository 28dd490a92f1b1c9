/** The version of what composes images, as the package states it: it is named in what it makes. */
export const COMPOSER_VERSION = "0.1.0";
