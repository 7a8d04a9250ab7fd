import { words } from '@/words/en';

export function LibraryPage() {
  return <h1 className="p-4 text-xl font-semibold">{words.library.title}</h1>;
}
