import { __, sprintf } from '@wordpress/i18n';
import { useMemo, useState } from 'react';
import { compareRead, compareStored, withUnseen, type Cell, type ComparedRow } from '../diff/compare.js';
import { diffWords, type Piece } from '../diff/diff.js';
import { readable } from '../diff/readable.js';

type Mode = 'read' | 'source';

interface Props {
  readonly label: string;
  /** Null where there was nothing before. */
  readonly before: string | null;
  readonly after: string;
  /** Texts with markup can be compared as they are read, block by block, or as they are stored. */
  readonly isMarkup?: boolean;
  /** It is there already, and stays so. */
  readonly isStanding?: boolean;
}

function Pieces({ pieces, as: Mark }: { readonly pieces: readonly Piece[]; readonly as: 'del' | 'ins' }) {
  return pieces.map(({ text, isChanged }, place) =>
    isChanged ? (
      <Mark key={`${place} ${text}`}>{withUnseen(text)}</Mark>
    ) : (
      <span key={`${place} ${text}`}>{withUnseen(text)}</span>
    ),
  );
}

interface SideProps {
  readonly cell: Cell | null;
  readonly other: Cell | null;
  readonly as: 'del' | 'ins';
  readonly of: 'text' | 'markup';
}

function Words({ cell, other, as, of }: SideProps) {
  if (cell === null) return null;
  const [own, others] = [cell[of], other?.[of]];
  if (others === undefined) return <Pieces pieces={[{ text: own, isChanged: true }]} as={as} />;
  return <Pieces pieces={as === 'del' ? diffWords(own, others).left : diffWords(others, own).right} as={as} />;
}

const Tag = ({ cell }: { readonly cell: Cell | null }) =>
  cell === null || cell.tag === null ? null : <span className="chaperone-diff__block">{cell.tag}</span>;

function Same({ cell }: { readonly cell: Cell | null }) {
  return (
    <>
      <Tag cell={cell} />
      {withUnseen(cell?.text ?? '')}
    </>
  );
}

/** What the reading leaves out of a changed row: its source, and by name what in it isn't only text. */
function Unread({
  row,
  side,
  isNew,
}: {
  readonly row: ComparedRow;
  readonly side: 'left' | 'right';
  readonly isNew: boolean;
}) {
  const [own, other] = side === 'left' ? [row.left, row.right] : [row.right, row.left];
  if (!row.isUnread || own === null) return null;
  return (
    <div className="chaperone-diff__unread">
      {side === 'left' || row.active.length === 0 ? null : (
        <strong>
          {/* translators: %s: names of elements and attributes, such as <iframe>, onclick=. */}
          {sprintf(__('Not only text: %s', 'chaperone'), row.active.join(', '))}
        </strong>
      )}
      <span>
        {row.left === null || row.right === null
          ? __('As it is stored:', 'chaperone')
          : __('Changed where it isn’t read:', 'chaperone')}
      </span>
      <code>
        {isNew ? (
          withUnseen(own.markup)
        ) : (
          <Words cell={own} other={other} as={side === 'left' ? 'del' : 'ins'} of="markup" />
        )}
      </code>
    </div>
  );
}

function Row({ row, isNew }: { readonly row: ComparedRow; readonly isNew: boolean }) {
  const { left, right, isSame } = row;
  const side = (cell: Cell | null, other: Cell | null, as: 'del' | 'ins') =>
    isSame || isNew ? (
      <Same cell={cell} />
    ) : (
      <>
        <Tag cell={cell} />
        <Words cell={cell} other={other} as={as} of="text" />
      </>
    );
  return (
    <tr className={isSame ? 'is-same' : 'is-changed'}>
      {isNew ? null : (
        <td>
          {side(left, right, 'del')}
          <Unread row={row} side="left" isNew={isNew} />
        </td>
      )}
      <td>
        {side(right, left, 'ins')}
        <Unread row={row} side="right" isNew={isNew} />
      </td>
    </tr>
  );
}

/** Two versions of a text side by side, as WordPress shows revisions: what goes is struck, what comes is underlined. */
export function DiffView({ label, before, after, isMarkup = false, isStanding = false }: Props) {
  const [mode, setMode] = useState<Mode>(isMarkup ? 'read' : 'source');
  const rows = useMemo(
    () => (mode === 'read' ? compareRead(before ?? '', after, readable) : compareStored(before ?? '', after)),
    [before, after, mode],
  );
  const comes = before === null ? __('New', 'chaperone') : __('Proposed', 'chaperone');
  const heading = isStanding ? __('Now', 'chaperone') : comes;
  return (
    <div className="chaperone-diff">
      <div className="chaperone-diff__head">
        <h3>{label}</h3>
        {isMarkup ? (
          <div className="chaperone-ranges" role="group" aria-label={__('Show it', 'chaperone')}>
            <button type="button" aria-pressed={mode === 'read'} onClick={() => setMode('read')}>
              {__('As read', 'chaperone')}
            </button>
            <button type="button" aria-pressed={mode === 'source'} onClick={() => setMode('source')}>
              {__('As stored', 'chaperone')}
            </button>
          </div>
        ) : null}
      </div>
      <table className={mode === 'source' && isMarkup ? 'is-source' : ''}>
        <caption className="screen-reader-text">{label}</caption>
        <thead>
          <tr>
            {before === null ? null : <th scope="col">{__('Now', 'chaperone')}</th>}
            <th scope="col">{heading}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            <Row key={place} row={row} isNew={before === null} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
