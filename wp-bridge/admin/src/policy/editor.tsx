import { speak } from '@wordpress/a11y';
import { __, _n, sprintf } from '@wordpress/i18n';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { suggestionsAt, type Suggestions } from './complete.js';

interface Props {
  readonly text: string;
  readonly isReadOnly?: boolean;
  readonly tools: readonly string[];
  /** Goes to this line when it changes. */
  readonly goTo?: { readonly line: number; readonly column: number } | undefined;
  readonly badLines: ReadonlySet<number>;
  readonly onChange?: (text: string) => void;
}

const NOTHING: Suggestions = { from: 0, to: 0, items: [] };

export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n').slice(0, line - 1);
  return lines.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}

/** Line numbers beside the text, those with a mistake marked with a sign too. */
function Gutter({
  count,
  bad,
  top,
}: {
  readonly count: number;
  readonly bad: ReadonlySet<number>;
  readonly top: number;
}) {
  return (
    <div className="chaperone-editor__gutter" aria-hidden="true">
      <div style={{ transform: `translateY(${-top}px)` }}>
        {Array.from({ length: count }, (_, index) => (
          <div key={index} className={bad.has(index + 1) ? 'is-bad' : ''}>
            {bad.has(index + 1) ? `✕ ${index + 1}` : index + 1}
          </div>
        ))}
      </div>
    </div>
  );
}

interface Completion {
  readonly found: Suggestions;
  readonly chosen: number;
  readonly close: () => void;
  readonly insert: (item: string) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** What could stand at the caret, chosen by keys; the caret stays in the text all the while. */
function useCompletion(
  field: RefObject<HTMLTextAreaElement | null>,
  { text, isReadOnly = false, tools, onChange }: Props,
): Completion {
  const [found, setFound] = useState(NOTHING);
  const [chosen, setChosen] = useState(0);
  const close = (): void => setFound(NOTHING);
  const insert = (item: string): void => {
    const { from, to } = found;
    onChange?.(text.slice(0, from) + item + text.slice(to));
    close();
    window.requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(from + item.length, from + item.length);
    });
  };
  const open = (): void => {
    const suggested = suggestionsAt(text, field.current?.selectionStart ?? 0, tools);
    setFound(suggested);
    setChosen(0);
    speak(suggestedWords(suggested.items.length), 'polite');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isReadOnly) return;
    const next = keyed(event, { isOpen: found.items.length > 0, count: found.items.length, chosen });
    if (next === undefined) return;
    event.preventDefault();
    if (next === 'open') open();
    else if (next === 'close') close();
    else if (next === 'take') insert(found.items[chosen] ?? '');
    else setChosen(next);
  };
  return { found, chosen, close, insert, onKeyDown };
}

/** Goes to a place once for each time that somebody asks for it, not with every letter. */
function useGoTo(field: RefObject<HTMLTextAreaElement | null>, { goTo }: Props): void {
  useEffect(() => {
    const area = field.current;
    if (area === null || goTo === undefined) return;
    const at = offsetOf(area.value, goTo.line, goTo.column);
    area.focus();
    area.setSelectionRange(at, at);
    area.scrollTop = Math.max(0, (goTo.line - 6) * LINE_PIXELS);
  }, [field, goTo]);
}

/** A plain text field with line numbers and, with Control and Space, what could stand at the caret. */
export function Editor(props: Props) {
  const { text, isReadOnly = false, badLines, onChange } = props;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [top, setTop] = useState(0);
  const { found, chosen, close, insert, onKeyDown } = useCompletion(field, props);
  useGoTo(field, props);
  const isOpen = found.items.length > 0;
  return (
    <div className="chaperone-editor">
      <label htmlFor={`${id}-text`} className="screen-reader-text">
        {__('The policy document', 'chaperone')}
      </label>
      <div className="chaperone-editor__frame">
        <Gutter count={text.split('\n').length} bad={badLines} top={top} />
        <textarea
          id={`${id}-text`}
          ref={field}
          value={text}
          readOnly={isReadOnly}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          wrap="off"
          dir="ltr"
          rows={28}
          aria-describedby={`${id}-help`}
          aria-controls={isOpen ? `${id}-list` : undefined}
          aria-activedescendant={isOpen ? `${id}-${chosen}` : undefined}
          onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
          onChange={({ target }) => {
            close();
            onChange?.(target.value);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      {isOpen ? <SuggestionList id={id} items={found.items} chosen={chosen} onTake={insert} /> : null}
      <p id={`${id}-help`} className="chaperone-note">
        {isReadOnly
          ? __('Read only.', 'chaperone')
          : __(
              'Control and Space suggest what may stand at the caret; comments and trailing commas are fine.',
              'chaperone',
            )}
      </p>
    </div>
  );
}

interface ListProps {
  readonly id: string;
  readonly items: readonly string[];
  readonly chosen: number;
  readonly onTake: (item: string) => void;
}

function SuggestionList({ id, items, chosen, onTake }: ListProps) {
  return (
    <ul id={`${id}-list`} role="listbox" aria-label={__('Suggestions', 'chaperone')} className="chaperone-editor__list">
      {items.map((item, index) => (
        <li
          key={item}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === chosen}
          onMouseDown={(event) => {
            event.preventDefault();
            onTake(item);
          }}
        >
          <code>{item}</code>
        </li>
      ))}
    </ul>
  );
}

const LINE_PIXELS = 20;

function suggestedWords(count: number): string {
  if (count === 0) return __('Nothing to suggest here.', 'chaperone');
  /* translators: %d: number of suggestions. */
  return sprintf(
    _n(
      '%d suggestion. Choose with the arrows, take with Enter.',
      '%d suggestions. Choose with the arrows, take with Enter.',
      count,
      'chaperone',
    ),
    count,
  );
}

interface KeyState {
  readonly isOpen: boolean;
  readonly count: number;
  readonly chosen: number;
}

/** What a key means: the place to choose, or something to do, or nothing of ours. */
function keyed(
  { key, ctrlKey, altKey, metaKey }: KeyboardEvent,
  { isOpen, count, chosen }: KeyState,
): number | 'open' | 'close' | 'take' | undefined {
  if (key === ' ' && ctrlKey && !altKey && !metaKey) return 'open';
  if (!isOpen) return undefined;
  switch (key) {
    case 'ArrowDown':
      return (chosen + 1) % count;
    case 'ArrowUp':
      return (chosen + count - 1) % count;
    case 'Enter':
    case 'Tab':
      return 'take';
    case 'Escape':
      return 'close';
    default:
      return undefined;
  }
}
