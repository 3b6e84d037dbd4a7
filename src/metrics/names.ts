/** Every metric of ours and what it says; the dashboard, the alerts and docs/monitoring.md are checked against it. */
export const METRICS = {
  chaperone_requests_total: 'Requests answered, by route, method, status and error code.',
  chaperone_request_seconds: 'Time from a request to its answer.',
  chaperone_decisions_total: 'Decisions of the policy, by effect and the code of the strictest finding.',
  chaperone_outcomes_total: 'Calls that came to an end on WordPress: succeeded, failed or unknown.',
  chaperone_stage_seconds: 'Time of the stages of a call: authenticate, check, decide, admit, run, hold.',
  chaperone_reading_failed: '1 when something below could not be read at this scrape.',
  chaperone_up_to_date: '1 when every migration of this release is there.',
  chaperone_kill_switch_on: '1 while the kill switch is on.',
  chaperone_policy_version: 'The version of the policy that is active; 0 when none is.',
  chaperone_audit_entries: 'Height of the audit chain.',
  chaperone_approvals_waiting: 'Held calls on which people have not decided yet.',
  chaperone_approvals_oldest_seconds: 'Age of the oldest call that waits for people.',
  chaperone_calls: 'Calls by state, for the states that need somebody: running and unknown.',
  chaperone_agents: 'Agents by state.',
  chaperone_keys: 'Signing keys of agents by state.',
  chaperone_key_age_seconds: 'Age of the oldest active signing key.',
  chaperone_database_connections:
    'Connections of the pool to the database: used, free, and requests that wait for one.',
  chaperone_clock_skew_seconds: 'How far this machine’s clock is ahead of the database’s.',
} as const;

export type MetricName = keyof typeof METRICS;

/** Those that are read at a scrape rather than counted. */
export type GaugeName = Exclude<
  MetricName,
  | 'chaperone_requests_total'
  | 'chaperone_request_seconds'
  | 'chaperone_decisions_total'
  | 'chaperone_outcomes_total'
  | 'chaperone_stage_seconds'
  | 'chaperone_reading_failed'
>;
