export { decodePhpSerialized, DEFAULT_PHP_LIMITS, type DecodedPhp, type PhpLimits } from './decode.js';
export type { PhpRefusal } from './byte-reader.js';
export { isPhpArray, phpTruthy, type PhpArray, type PhpKey, type PhpValue } from './php-value.js';
export { readStored } from './read-stored.js';
