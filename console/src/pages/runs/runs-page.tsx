import { words } from '@/words/en';

export function RunsPage() {
  return <h1 className="p-4 text-xl font-semibold">{words.runs.title}</h1>;
}
