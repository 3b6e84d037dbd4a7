import { CheckboxControl } from '@wordpress/components';
import { __ } from '@wordpress/i18n';
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  readonly isNumber?: boolean;
}

export interface Selection {
  readonly selected: ReadonlySet<string>;
  readonly onChange: (selected: ReadonlySet<string>) => void;
}

interface Props<Row> {
  /** What the table is of; read out, not shown. */
  readonly caption: string;
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly nameOf: (row: Row) => string;
  readonly selection?: Selection;
  readonly isSelectable?: (row: Row) => boolean;
  readonly isBusy?: boolean;
}

function withOrWithout(selected: ReadonlySet<string>, key: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(selected);
  if (isIn) next.add(key);
  else next.delete(key);
  return next;
}

/**
 * A page of a list by cursors. On a narrow screen each row becomes a card with its columns' names. (DataViews pages by
 * number and total, which a list by cursors doesn't have.)
 */
export function DataTable<Row>(props: Props<Row>) {
  const { caption, columns, rows, keyOf, selection, isSelectable = () => true, isBusy = false } = props;
  const keys = rows.filter(isSelectable).map(keyOf);
  const isAll = keys.length > 0 && keys.every((key) => selection?.selected.has(key) === true);
  return (
    <table className="chaperone-list" aria-busy={isBusy}>
      <caption className="screen-reader-text">{caption}</caption>
      <thead>
        <tr>
          {selection === undefined ? null : (
            <td className="chaperone-list__check">
              <CheckboxControl
                label={__('Select all on this page', 'chaperone')}
                className="is-bare"
                checked={isAll}
                disabled={keys.length === 0}
                onChange={(isIn) => selection.onChange(new Set(isIn ? keys : []))}
              />
            </td>
          )}
          {columns.map(({ id, header, isNumber }) => (
            <th key={id} scope="col" className={isNumber === true ? 'num' : ''}>
              {header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <ListRow key={keyOf(row)} row={row} {...props} />
        ))}
      </tbody>
    </table>
  );
}

function ListRow<Row>({
  row,
  columns,
  keyOf,
  nameOf,
  selection,
  isSelectable = () => true,
}: Props<Row> & { readonly row: Row }) {
  const [first, ...others] = columns;
  const key = keyOf(row);
  return (
    <tr className={selection?.selected.has(key) === true ? 'is-selected' : ''}>
      {selection === undefined ? null : (
        <td className="chaperone-list__check">
          <CheckboxControl
            label={nameOf(row)}
            className="is-bare"
            checked={selection.selected.has(key)}
            disabled={!isSelectable(row)}
            onChange={(isIn) => selection.onChange(withOrWithout(selection.selected, key, isIn))}
          />
        </td>
      )}
      {first === undefined ? null : (
        <th scope="row" data-label={first.header}>
          {first.cell(row)}
        </th>
      )}
      {others.map(({ id, header, cell, isNumber }) => (
        <td key={id} data-label={header} className={isNumber === true ? 'num' : ''}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}
