export type { Unscannable } from './fields.js';
export { LIMITS } from './limits.js';
export { compileScanner } from './scanner.js';
export type {
  CompiledScanner,
  ContentPattern,
  FieldHit,
  FieldsResult,
  Hit,
  Scanner,
  ScannerProblem,
  ScannerSource,
  ScanResult,
  Term,
} from './scanner.js';
export { skeletonOf } from './skeleton.js';
export { termFault } from './term.js';
export type { ViewName } from './views.js';
