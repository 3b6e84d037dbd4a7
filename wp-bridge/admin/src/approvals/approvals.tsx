import { useParams } from '../site/router.js';
import { ApprovalDetail } from './detail.js';
import { ApprovalList } from './list.js';

/** The list, or with an id in the address the call itself. */
export function Approvals() {
  const { id } = useParams();
  return id === undefined ? <ApprovalList /> : <ApprovalDetail key={id} id={id} />;
}
