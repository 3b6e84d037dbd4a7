export { makeBatchedQuestions, type BatchedQuestionsDeps } from './batched-questions.js';
export { capabilitiesOf, type Capabilities, type CapabilityFacts } from './capabilities.js';
export { CAPABILITIES, type Capability } from './governing.js';
export { makeReadCapabilities, type ReadCapabilities, type ReadCapabilitiesDeps } from './read-capabilities.js';
export type {
  BridgeAnswer,
  BridgeQuestion,
  CapabilityQuestion,
  SendQuestions,
  WordPressQuestions,
} from './wordpress-questions.js';
