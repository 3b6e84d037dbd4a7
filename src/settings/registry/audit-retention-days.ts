import { z } from 'zod';
import type { Setting } from './setting.js';

const LONGEST = 36_500;

export const auditRetentionDays: Setting<number> = {
  description:
    'Entries of the audit log that are older than so many days are removed, up to a checkpoint that somebody holds outside of the database. 0 keeps all of them.',
  schema: z
    .int('The number of days is a whole number.')
    .min(0, 'The number of days is not negative.')
    .max(LONGEST, `There are at most ${LONGEST} days.`),
  default: 0,
};
