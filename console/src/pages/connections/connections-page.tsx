import { words } from '@/words/en';

export function ConnectionsPage() {
  return <h1 className="p-4 text-xl font-semibold">{words.connections.title}</h1>;
}
