import { asShown } from './direction.js';
import { mappedFrom, sameText } from './mapped-text.js';
import type { MappedText } from './mapped-text.js';
import { withoutMarkup } from './markup.js';
import { isChanged } from './windows.js';
import { unescaped } from './unescape.js';

/**
 * How a text may be taken: as `written`; with escapes resolved but markup left (`unescaped`: attributes and addresses); without the markup that was escaped (`inner`: attributes of blocks); as it
 * is `shown`, without markup; and `bare`, when what was escaped turns out to be markup again.
 */
export type ViewName = 'written' | 'unescaped' | 'inner' | 'shown' | 'bare';

export interface View {
  readonly name: ViewName;
  readonly text: MappedText;
}

/** The views of a text that differ from one another, the one that a browser shows last or next to last. */
export function viewsOf(source: string): readonly View[] {
  const written = mappedFrom(source);
  const views: View[] = [{ name: 'written', text: written }];
  const add = (name: ViewName, text: MappedText): void => {
    if (!views.some((view) => view.text === text || sameText(view.text, text))) views.push({ name, text });
  };
  const resolved = unescaped(written);
  add('unescaped', resolved);
  add(
    'inner',
    withoutMarkup(resolved, (at) => isChanged(resolved, at)),
  );
  const shown = asShown(unescaped(withoutMarkup(written)));
  add('shown', shown);
  add('bare', asShown(unescaped(withoutMarkup(shown))));
  return views;
}
