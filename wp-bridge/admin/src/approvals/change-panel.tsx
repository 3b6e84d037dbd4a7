import { __ } from '@wordpress/i18n';
import { DiffView } from '../parts/diff-view.js';
import { JsonView } from '../parts/json-view.js';
import { Empty, Panel } from '../parts/panel.js';
import { boot } from '../site/boot.js';
import type { Approval } from './answers.js';
import { asText, changesOf, editorOf, isMarkup, isText, standingTexts, type FieldChange } from './change.js';

function Value({ value }: { readonly value: unknown }) {
  if (value === undefined) return <span className="chaperone-note">{__('not known', 'chaperone')}</span>;
  const text = asText(value);
  return text === '' ? <span className="chaperone-note">{__('empty', 'chaperone')}</span> : <>{text}</>;
}

function ShortChanges({ changes, isNew }: { readonly changes: readonly FieldChange[]; readonly isNew: boolean }) {
  if (changes.length === 0) return null;
  return (
    <table className="chaperone-table chaperone-fields">
      <caption className="screen-reader-text">{__('Fields', 'chaperone')}</caption>
      <thead>
        <tr>
          <th scope="col">{__('Field', 'chaperone')}</th>
          {isNew ? null : <th scope="col">{__('Now', 'chaperone')}</th>}
          <th scope="col">{isNew ? __('New', 'chaperone') : __('Proposed', 'chaperone')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ name, before, after }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            {isNew ? null : (
              <td>
                <del>
                  <Value value={before} />
                </del>
              </td>
            )}
            <td>
              <ins>
                <Value value={after} />
              </ins>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the target says, where the change itself doesn't show it. */
function Standing({ approval, changes }: { readonly approval: Approval; readonly changes: readonly FieldChange[] }) {
  const texts = standingTexts(approval, changes);
  const editor = approval.before === null ? null : editorOf(approval);
  return (
    <>
      {texts.length === 0 ? null : (
        <section className="chaperone-standing">
          <h3>{__('What it says', 'chaperone')}</h3>
          {texts.map(({ name, text }) => (
            <DiffView key={name} label={name} before={null} after={text} isMarkup={isMarkup(name)} isStanding />
          ))}
        </section>
      )}
      {editor === null ? null : (
        <p>
          <a href={`${boot.adminUrl}${editor}`}>{__('Look at it where it is edited', 'chaperone')}</a>
        </p>
      )}
    </>
  );
}

/** What the call would change, beside what is there. */
export function ChangePanel({ approval }: { readonly approval: Approval }) {
  const changes = changesOf(approval);
  const isNew = approval.before === null;
  return (
    <Panel title={isNew ? __('What would be made', 'chaperone') : __('What would change', 'chaperone')}>
      {changes.length === 0 ? (
        <Empty title={__('No field would be other than it is.', 'chaperone')} />
      ) : (
        <>
          <ShortChanges changes={changes.filter((change) => !isText(change))} isNew={isNew} />
          {changes.filter(isText).map(({ name, before, after }) => (
            <DiffView
              key={name}
              label={name}
              before={isNew || before === undefined ? null : asText(before)}
              after={asText(after)}
              isMarkup={isMarkup(name)}
            />
          ))}
        </>
      )}
      <Standing approval={approval} changes={changes} />
      <details className="chaperone-more">
        <summary>{__('The call as the agent sent it', 'chaperone')}</summary>
        <JsonView
          label={__('Arguments of the call', 'chaperone')}
          value={{ tool: approval.tool, args: approval.proposedArgs }}
        />
        {approval.edited ? (
          <>
            <p>{__('As it would be carried out, after edits:', 'chaperone')}</p>
            <JsonView label={__('Edited arguments', 'chaperone')} value={approval.effectiveArgs} />
          </>
        ) : null}
      </details>
    </Panel>
  );
}
