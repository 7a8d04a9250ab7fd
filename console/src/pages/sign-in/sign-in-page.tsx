import { words } from '@/words/en';

export function SignInPage() {
  return <h1 className="p-4 text-xl font-semibold">{words.signIn.title}</h1>;
}
