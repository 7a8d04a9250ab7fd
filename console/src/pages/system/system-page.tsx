import { words } from '@/words/en';

export function SystemPage() {
  return <h1 className="p-4 text-xl font-semibold">{words.system.title}</h1>;
}
