import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pairedSite, type PairedSite } from '../support/paired-site.js';

/** Pairs of guesses, in turn; `TIMING_PAIRS=2000` for a closer look on a quiet machine. */
const PAIRS = Number(process.env['TIMING_PAIRS'] ?? 200);

/** As WordPress made them until 6.7, and as sites do that replaced `wp_hash_password()`. */
const PHPASS = '$P$BsaltSALTnaFQoARSxilvZwAd8BYFr.';
const BCRYPT = '$2y$10$abcdefghijklmnopqrstuuHezVQj0jun1LoSeKMrBow7mHlobkbDa';

const median = (all: number[]): number => all.sort((one, other) => one - other)[all.length >> 1] ?? 0;
const differs = ({ unknown, wrong }: { readonly unknown: number; readonly wrong: number }): boolean =>
  Math.abs(unknown - wrong) > 0.1 + 0.05 * Math.max(unknown, wrong);

describe('how long a refusal takes', () => {
  let paired: PairedSite;
  beforeAll(async () => {
    paired = await pairedSite({ sidecarEnv: { CHAPERONE_TRUSTED_PROXIES: '127.0.0.1/32' } });
  }, 90_000);
  afterAll(() => paired.stop());

  let turn = 0;
  const guess = async (login: string): Promise<number> => {
    // Each guess from an address of its own, so that none is refused before it is looked at.
    turn += 1;
    const from = `198.51.${(turn >> 8) & 255}.${turn & 255}`;
    const started = performance.now();
    const answer = await paired.send({
      path: '/v1/tools',
      user: { login, applicationPassword: 'wrng EFGH ijkl MNOP qrst UVWX' },
      headers: [['X-Forwarded-For', from]],
    });
    const took = performance.now() - started;
    expect(answer.body).toMatchObject({ status: 401, code: 'credentials_invalid' });
    return took;
  };
  const round = async (login: string, pairs: number): Promise<{ unknown: number; wrong: number }> => {
    const times = { unknown: [] as number[], wrong: [] as number[] };
    for (let pair = 0; pair < pairs; pair += 1) {
      times.unknown.push(await guess(`nobody-${turn}`));
      times.wrong.push(await guess(login));
    }
    return { unknown: median(times.unknown), wrong: median(times.wrong) };
  };

  /** In this order: what a process has seen, it costs from then on. */
  it.each([
    ['a fast row', PAIRS, null],
    ['a phpass row', PAIRS, PHPASS],
    ['a bcrypt row beside others’ phpass', PAIRS / 4, BCRYPT],
    ['a fast row beside others’ slow ones', PAIRS / 4, null],
  ])(
    'does not tell whether the user exists, who has %s',
    async (what, pairs, hash) => {
      const user = hash === null ? paired.site.users.admin : await withHash(hash);
      await round(user.login, pairs);
      // A machine that does other things besides disturbs a round; a leak is there in each of them.
      let found = await round(user.login, pairs);
      for (let again = 0; again < 4 && differs(found); again += 1) found = await round(user.login, pairs);
      const { unknown, wrong } = found;
      console.info(
        `refusals, ${what}: unknown user ${unknown.toFixed(2)} ms, wrong password ${wrong.toFixed(2)} ms (medians, n = ${pairs} each)`,
      );
      expect(differs(found)).toBe(false);
    },
    600_000,
  );

  async function withHash(hash: string): Promise<{ readonly login: string }> {
    const user = await paired.site.createUser({ role: 'editor' });
    await paired.site.php(
      `$rows = WP_Application_Passwords::get_user_application_passwords( $args['id'] );
       $rows = array( array_merge( $rows[0], array( 'password' => $args['hash'] ) ) );
       return update_user_meta( $args['id'], '_application_passwords', $rows );`,
      { id: user.id, hash },
    );
    return user;
  }
});
