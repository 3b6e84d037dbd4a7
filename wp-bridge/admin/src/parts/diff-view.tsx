import { __ } from '@wordpress/i18n';
import { useMemo, useState } from 'react';
import { splitBlocks, type Block } from '../diff/blocks.js';
import { diff, diffWords, rowsOf, type DiffRow, type Piece } from '../diff/diff.js';
import { readable } from '../diff/readable.js';

type Mode = 'read' | 'source';

interface Props {
  readonly label: string;
  /** Null where there was nothing before. */
  readonly before: string | null;
  readonly after: string;
  /** Texts with markup can be compared as they are read, block by block, or as they are stored. */
  readonly isMarkup?: boolean;
}

interface Cell {
  readonly tag: string | null;
  readonly text: string;
}

const cellOf = ({ name, markup }: Block): Cell => ({ tag: name, text: readable(markup) });
const linesOf = (text: string): readonly Cell[] => text.split('\n').map((line) => ({ tag: null, text: line }));
const cellsOf = (text: string, mode: Mode): readonly Cell[] =>
  mode === 'read' ? splitBlocks(text).map(cellOf) : linesOf(text);

function Pieces({ pieces, as: Mark }: { readonly pieces: readonly Piece[]; readonly as: 'del' | 'ins' }) {
  return pieces.map(({ text, isChanged }, place) =>
    isChanged ? <Mark key={`${place} ${text}`}>{text}</Mark> : <span key={`${place} ${text}`}>{text}</span>,
  );
}

function Side({
  cell,
  other,
  as,
}: {
  readonly cell: Cell | null;
  readonly other: Cell | null;
  readonly as: 'del' | 'ins';
}) {
  if (cell === null) return null;
  const both =
    other === null ? null : as === 'del' ? diffWords(cell.text, other.text) : diffWords(other.text, cell.text);
  const own = both === null ? [{ text: cell.text, isChanged: true }] : as === 'del' ? both.left : both.right;
  return (
    <>
      {cell.tag === null ? null : <span className="chaperone-diff__block">{cell.tag}</span>}
      <Pieces pieces={own} as={as} />
    </>
  );
}

function Same({ cell }: { readonly cell: Cell | null }) {
  return (
    <>
      {cell === null || cell.tag === null ? null : <span className="chaperone-diff__block">{cell.tag}</span>}
      {cell?.text ?? ''}
    </>
  );
}

function Row({ row, isNew }: { readonly row: DiffRow<Cell>; readonly isNew: boolean }) {
  const { left, right, isSame } = row;
  return (
    <tr className={isSame ? 'is-same' : ''}>
      {isNew ? null : <td>{isSame ? <Same cell={left} /> : <Side cell={left} other={right} as="del" />}</td>}
      <td>{isSame || isNew ? <Same cell={right} /> : <Side cell={right} other={left} as="ins" />}</td>
    </tr>
  );
}

/** Two versions of a text side by side, as WordPress shows revisions: what goes is struck, what comes is underlined. */
export function DiffView({ label, before, after, isMarkup = false }: Props) {
  const [mode, setMode] = useState<Mode>(isMarkup ? 'read' : 'source');
  const rows = useMemo(() => {
    const isSame = (a: Cell, b: Cell): boolean => a.tag === b.tag && a.text === b.text;
    return rowsOf(diff(cellsOf(before ?? '', mode), cellsOf(after, mode), isSame)).filter(
      ({ left, right }) => left !== null || right !== null,
    );
  }, [before, after, mode]);
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
            <th scope="col">{before === null ? __('New', 'chaperone') : __('Proposed', 'chaperone')}</th>
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
