import type { Identity, Subject } from '../../../src/identity/identities/identity.js';
import type { WpUserId } from '../../../src/kernel/ids.js';
import type { IdentityPage, IdentityStore } from '../../../src/identity/identities/identity-store.js';

const isOf =
  ({ issuer, subject }: Subject) =>
  (other: Subject): boolean =>
    other.issuer === issuer && other.subject === subject;

/** Identities in memory, with a copy to go back to when a transaction fails. */
export class FakeIdentityStore implements IdentityStore {
  rows: readonly (Identity & { readonly id: number })[] = [];
  #last = 0;

  snapshot(): () => void {
    const { rows } = this;
    return () => {
      this.rows = rows;
    };
  }

  insert(identity: Identity): Promise<boolean> {
    if (this.rows.some(isOf(identity))) return Promise.resolve(false);
    this.rows = [...this.rows, { ...identity, id: (this.#last += 1) }];
    return Promise.resolve(true);
  }

  find(subject: Subject): Promise<Identity | undefined> {
    const found = this.rows.find(isOf(subject));
    return Promise.resolve(found === undefined ? undefined : withoutId(found));
  }

  list({ limit, after = 0, userId }: Parameters<IdentityStore['list']>[0]): Promise<IdentityPage> {
    const all = this.rows.filter((each) => each.id > after && (userId === undefined || each.userId === userId));
    const page = all.slice(0, limit);
    const next = all.length > limit ? (page.at(-1)?.id ?? null) : null;
    return Promise.resolve({ items: page.map(withoutId), next });
  }

  remove(subject: Subject): Promise<boolean> {
    const before = this.rows.length;
    this.rows = this.rows.filter((each) => !isOf(subject)(each));
    return Promise.resolve(this.rows.length < before);
  }

  removeAllOf(userId: WpUserId): Promise<number> {
    const before = this.rows.length;
    this.rows = this.rows.filter((each) => each.userId !== userId);
    return Promise.resolve(before - this.rows.length);
  }
}

const withoutId = ({ issuer, subject, userId, createdAt }: Identity): Identity => ({
  issuer,
  subject,
  userId,
  createdAt,
});
