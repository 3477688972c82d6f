/** @internal The version of this package. The release script writes it; a test compares it with package.json. */
export const VERSION = '0.1.0';
