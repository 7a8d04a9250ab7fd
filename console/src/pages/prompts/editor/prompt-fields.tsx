import { Switch } from '@/components/ui/forms/switch';
import { TextArea } from '@/components/ui/forms/text-area';
import { TextField } from '@/components/ui/forms/text-field';
import type { DraftProblems } from '@/pages/prompts/draft/draft-problems';
import { emptyDraft, type PromptDraft } from '@/pages/prompts/draft/prompt-draft';
import { SchemaEditor } from '@/pages/prompts/schema/schema-editor';
import { words } from '@/words/en';

interface PromptFieldsProps {
  draft: PromptDraft;
  onChange: (changes: Partial<PromptDraft>) => void;
  problems: DraftProblems;
  readOnly: boolean;
  narrow: boolean;
}

/** The texts and schemas of a prompt. */
export function PromptFields({ draft, onChange, problems, readOnly, narrow }: PromptFieldsProps) {
  return (
    <>
      <div className={`grid gap-4 ${narrow ? '' : 'lg:grid-cols-2'}`}>
        <div className="flex flex-col gap-4">
          <TextField
            label={words.prompts.name}
            value={draft.name}
            onValueChange={(name) => onChange({ name: name })}
            error={problems.name}
            readOnly={readOnly}
          />
          <TextField
            label={words.prompts.description}
            value={draft.description}
            onValueChange={(description) => onChange({ description: description })}
            error={problems.description}
            readOnly={readOnly}
          />
        </div>
        <TextArea
          label={words.prompts.text}
          hint={words.prompts.textHint}
          value={draft.promptText}
          onChange={(promptText) => onChange({ promptText })}
          error={problems.promptText}
          rows={4}
          readOnly={readOnly}
        />
      </div>
      <SchemaEditor
        title={words.prompts.segmentFields}
        text={draft.schema}
        onChange={(schema) => onChange({ schema })}
        refusal={problems.schema}
        readOnly={readOnly}
        narrow={narrow}
      />
      <WholeMedium {...{ draft, onChange, problems, readOnly, narrow }} />
    </>
  );
}

function WholeMedium({ draft, onChange, problems, readOnly, narrow }: PromptFieldsProps) {
  const { videoLevel } = draft;
  if (readOnly && videoLevel === null) return null;
  return (
    <section aria-label={words.prompts.wholeSection} className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        {!readOnly && (
          <Switch
            label={words.prompts.wholeSwitch}
            checked={videoLevel !== null}
            onChange={(on) => onChange({ videoLevel: on ? { instructions: '', schema: emptyDraft.schema } : null })}
          />
        )}
        <p className="text-xs text-ink-soft">{words.prompts.wholeNote}</p>
      </div>
      {videoLevel !== null && (
        <>
          <TextArea
            label={words.prompts.instructions}
            value={videoLevel.instructions}
            onChange={(instructions) => onChange({ videoLevel: { ...videoLevel, instructions } })}
            error={problems.instructions}
            rows={3}
            readOnly={readOnly}
          />
          <SchemaEditor
            title={words.prompts.wholeFields}
            text={videoLevel.schema}
            onChange={(schema) => onChange({ videoLevel: { ...videoLevel, schema } })}
            refusal={problems.videoLevelSchema}
            readOnly={readOnly}
            narrow={narrow}
          />
        </>
      )}
    </section>
  );
}
