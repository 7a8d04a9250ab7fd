import { Link } from '@tanstack/react-router';

import { type Fact, FactsPanel } from '@/components/ui/layout/facts-panel';
import { formatDateTime } from '@/components/time/format';
import { words } from '@/words/en';

import type { Automation, ImportAutomation } from './queries';

const { settings: text } = words.automations;

/** When an automation looks, and what it does with what comes. */
export function AutomationSettings({ automation }: { automation: Automation }) {
  const rows: Fact[] = automation.kind === 'import' ? rowsOf(automation) : [];
  rows.push({ name: text.saved, value: <Time at={automation.updated_at} /> });
  return <FactsPanel title={text.title} level={3} facts={rows} />;
}

function rowsOf(automation: ImportAutomation): Fact[] {
  const { next_check_at: next, last_checked_at: last, prompt_preset: preset } = automation;
  return [
    { name: text.next, value: next === null ? text.never : <Time at={next} /> },
    { name: text.last, value: last === null ? text.notYet : <Time at={last} /> },
    { name: text.interval, value: words.automations.intervals[automation.debounce_interval] },
    { name: text.watchedBy, value: text.ways[automation.watched_by] },
    { name: words.imports.settings.folders, value: automation.recursive ? words.imports.settings.deep : words.imports.settings.flat },
    {
      name: text.prompt,
      value:
        preset === null ? (
          text.noPrompt
        ) : (
          <>
            <Link to="/prompts/$promptId" params={{ promptId: preset.prompt_id }} className="underline">
              {preset.prompt.name}
            </Link>
            <span className="block text-xs text-ink-soft">{text.frozen(formatDateTime(preset.captured_at))}</span>
          </>
        ),
    },
  ];
}

function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={at}>
      {formatDateTime(at)}
    </time>
  );
}
