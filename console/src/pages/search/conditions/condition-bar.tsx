import { Plus } from 'lucide-react';
import { useState } from 'react';

import { Button } from '@/components/ui/button';
import { Popover } from '@/components/ui/overlays/popover';
import type { FieldScope } from '@/pages/search/scope/use-scope';
import { words } from '@/words/en';

import { ConditionChip } from './condition-chip';
import {
  type Condition,
  conditionOf,
  type Draft,
  draftOf,
  draftOfCondition,
  maxConditions,
  sameConditions,
  type SearchField,
} from './conditions';
import { FieldList } from './field-list';

interface ConditionBarProps {
  conditions: readonly Condition[];
  fields: readonly SearchField[];
  scope: FieldScope;
  onChange: (conditions: Condition[]) => void;
}

/** The conditions of a search as sentences, and the button that adds one. */
export function ConditionBar({ conditions, fields, scope, onChange }: ConditionBarProps) {
  const [drafts, change] = useDrafts(conditions, onChange);
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="flex min-w-0 flex-wrap items-center gap-2 max-md:order-last max-md:basis-full">
      {drafts.map((draft, place) => (
        <ConditionChip
          key={`${place} ${draft.field}`}
          draft={draft}
          scope={scope}
          field={fields.find((field) => field.field === draft.field && field.type === draft.type)}
          onChange={(next) => change(drafts.map((each, at) => (at === place ? next : each)))}
          onRemove={() => change(drafts.filter((_, at) => at !== place))}
        />
      ))}
      {fields.length > 0 && drafts.length < maxConditions && (
        <Popover
          title={words.search.chooseField}
          open={isOpen}
          onOpenChange={setOpen}
          trigger={
            <Button look="quiet">
              <Plus size={16} aria-hidden />
              {words.search.addCondition}
            </Button>
          }
        >
          <FieldList
            fields={fields}
            onChoose={(field) => {
              setOpen(false);
              change([...drafts, draftOf(field)]);
            }}
          />
        </Popover>
      )}
    </div>
  );
}

/** Keep the conditions that are being built. Complete ones are passed on; others wait for their value. */
function useDrafts(conditions: readonly Condition[], onChange: (conditions: Condition[]) => void) {
  const [drafts, setDrafts] = useState(() => conditions.map(draftOfCondition));
  const [known, setKnown] = useState(conditions);
  if (!sameConditions(known, conditions)) {
    setKnown(conditions);
    if (!sameConditions(complete(drafts), conditions)) setDrafts(conditions.map(draftOfCondition));
  }
  const change = (next: Draft[]) => {
    setDrafts(next);
    const found = complete(next);
    if (!sameConditions(found, conditions)) onChange(found);
  };
  return [drafts, change] as const;
}

function complete(drafts: readonly Draft[]): Condition[] {
  return drafts.flatMap((draft) => conditionOf(draft) ?? []);
}
