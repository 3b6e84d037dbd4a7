import type { WpUserId } from '../../kernel/ids.js';

/** Who somebody is to an authorization server: the pair alone identifies (RFC 9068, section 2.2), never an e-mail address or a name. */
export interface Subject {
  readonly issuer: string;
  /** Of a service client, its client id. */
  readonly subject: string;
}

/** A subject as a WordPress user of this site. */
export interface Identity extends Subject {
  readonly userId: WpUserId;
  readonly createdAt: Date;
}

/** As many bytes as the columns hold; a longer subject is nobody's. */
export const LONGEST_SUBJECT_BYTES = 512;
