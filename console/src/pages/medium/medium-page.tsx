import { words } from '@/words/en';

export function MediumPage() {
  return <h1 className="p-4 text-xl font-semibold">{words.medium.title}</h1>;
}
