/** The version in package.json; test/architecture holds them equal. */
export const VERSION = '0.1.0';
