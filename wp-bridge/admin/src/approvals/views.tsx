import { __ } from '@wordpress/i18n';
import { Link } from '../parts/link.js';
import { VIEWS, type View } from './answers.js';

/** Lists of calls, then what people have settled beforehand. */
export const PLACES = [...VIEWS, 'remembered', 'delegated'] as const;
export type Place = (typeof PLACES)[number];

export const isView = (text: string | undefined): text is View => VIEWS.some((view) => view === text);

export function wordsOf(place: Place): string {
  switch (place) {
    case 'mine':
      return __('Waiting for me', 'chaperone');
    case 'open':
      return __('All that wait', 'chaperone');
    case 'decided':
      return __('Decided', 'chaperone');
    case 'remembered':
      return __('Remembered', 'chaperone');
    case 'delegated':
      return __('Votes in other hands', 'chaperone');
  }
}

export function Views({ view }: { readonly view: Place }) {
  return (
    <ul className="subsubsub">
      {PLACES.map((each, place) => (
        <li key={each}>
          <Link
            to="approvals"
            params={each === 'mine' ? {} : { view: each }}
            className={each === view ? 'current' : ''}
          >
            {wordsOf(each)}
          </Link>
          {place < PLACES.length - 1 ? ' | ' : ''}
        </li>
      ))}
    </ul>
  );
}
