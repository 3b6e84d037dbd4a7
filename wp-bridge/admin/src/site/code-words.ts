import { __ } from '@wordpress/i18n';

/** The codes of refusals that screens meet often, for people. The sidecar's registry has all of them, for programs. */
const WORDS: Readonly<Record<string, () => string>> = {
  args_invalid: () => __('The arguments don’t fit the tool', 'chaperone'),
  idempotency_key_reused: () => __('Another call had used its idempotency key', 'chaperone'),
  idempotency_in_progress: () => __('The same call was still running', 'chaperone'),
  too_many_attempts: () => __('Too many wrong credentials', 'chaperone'),
  tool_unknown: () => __('There is no such tool', 'chaperone'),
  not_found: () => __('The target doesn’t exist', 'chaperone'),
  signature_missing: () => __('The request wasn’t signed', 'chaperone'),
  signature_invalid: () => __('The signature doesn’t verify', 'chaperone'),
  signature_stale: () => __('The signature is outside its time', 'chaperone'),
  signature_replayed: () => __('The signature was used before', 'chaperone'),
  credentials_invalid: () => __('The password isn’t valid', 'chaperone'),
  credential_mismatch: () => __('Password and key belong to different users', 'chaperone'),
  agent_suspended: () => __('The agent is suspended', 'chaperone'),
  capability_missing: () => __('WordPress doesn’t give the agent this right', 'chaperone'),
  insufficient_scope: () => __('The token doesn’t allow this tool', 'chaperone'),
  policy_missing: () => __('No policy is active', 'chaperone'),
  policy_tool_denied: () => __('The policy doesn’t allow this tool', 'chaperone'),
  policy_entity_denied: () => __('The policy protects this content', 'chaperone'),
  policy_field_denied: () => __('The policy protects a field', 'chaperone'),
  policy_time_denied: () => __('Outside the allowed hours', 'chaperone'),
  policy_blackout: () => __('During a blackout', 'chaperone'),
  policy_content_denied: () => __('A text says what the policy forbids', 'chaperone'),
  policy_evaluation_failed: () => __('A rule couldn’t be evaluated', 'chaperone'),
  kill_switch_on: () => __('All agents were stopped', 'chaperone'),
  rate_limited: () => __('A limit was used up', 'chaperone'),
  approval_expired: () => __('The approval expired', 'chaperone'),
  approval_stale: () => __('It had changed since it was approved', 'chaperone'),
  approval_resolved: () => __('The approval was decided already', 'chaperone'),
  upstream_refused: () => __('WordPress refused it', 'chaperone'),
  upstream_unavailable: () => __('WordPress couldn’t be reached', 'chaperone'),
  outcome_unknown: () => __('Whether it was done is unknown', 'chaperone'),
};

/** In words, or the code itself where there are none. */
export const wordsOfCode = (code: string): string => WORDS[code]?.() ?? code;
