import { useParams } from '../site/router.js';
import { AuditDetail } from './detail.js';
import { AuditList } from './list.js';

/** The log, or with an id in the address one of its entries. */
export function Audit() {
  const { id } = useParams();
  return id === undefined ? <AuditList /> : <AuditDetail key={id} id={id} />;
}
