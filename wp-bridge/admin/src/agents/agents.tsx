import { useParams } from '../site/router.js';
import { AgentDetail } from './detail.js';
import { AgentList } from './list.js';

/** All agents, or with an id in the address one of them. */
export function Agents() {
  const { id } = useParams();
  return id === undefined ? <AgentList /> : <AgentDetail key={id} id={id} />;
}
