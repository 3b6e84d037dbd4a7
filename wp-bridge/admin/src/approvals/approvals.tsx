import { useParams } from '../site/router.js';
import { Delegations } from './delegations.js';
import { ApprovalDetail } from './detail.js';
import { ApprovalList } from './list.js';
import { Remembered } from './remembered.js';

/** The list, or with an id in the address the call itself; or what people have settled beforehand. */
export function Approvals() {
  const { id, view } = useParams();
  if (id !== undefined) return <ApprovalDetail key={id} id={id} />;
  if (view === 'remembered') return <Remembered />;
  return view === 'delegated' ? <Delegations /> : <ApprovalList />;
}
