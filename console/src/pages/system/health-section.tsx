import { StatusMark } from '@/components/ui/feedback/status-mark';
import { words } from '@/words/en';

import { Section } from './section';

const names: Readonly<Record<string, string>> = words.system.parts;

/** The health of each part: a mark, and the sentence of a part that does not answer. */
export function HealthSection({ health }: { health: Readonly<Record<string, string>> }) {
  return (
    <Section title={words.system.health}>
      <ul className="flex flex-col gap-2">
        {Object.entries(health).map(([part, found]) => (
          <li key={part} className="flex items-start gap-2">
            <span className="mt-0.5">
              <StatusMark
                status={found === 'ok' ? 'ready' : 'failed'}
                label={found === 'ok' ? words.system.answers : words.system.doesNotAnswer}
              />
            </span>
            <span className="min-w-0">
              {names[part] ?? part}
              {found !== 'ok' && <span className="block text-warning">{found}</span>}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
