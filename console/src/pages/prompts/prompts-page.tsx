import { words } from '@/words/en';

export function PromptsPage() {
  return <h1 className="p-4 text-xl font-semibold">{words.prompts.title}</h1>;
}
