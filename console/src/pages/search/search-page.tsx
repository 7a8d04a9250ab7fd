import { words } from '@/words/en';

export function SearchPage() {
  return <h1 className="p-4 text-xl font-semibold">{words.search.title}</h1>;
}
