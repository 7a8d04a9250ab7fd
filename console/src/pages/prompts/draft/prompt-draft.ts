import type { Models } from '@/api/client';

import { fieldsOf } from '../schema/fields';
import { container, isObject, type JsonObject, propertiesOf, schemaText } from '../schema/json-schema';
import { readJson } from '../schema/json-lines';

/** The prompt of the server that everybody may use and nobody may change. */
export const defaultPromptId = 'prm_default_scene';

/** What a person edits: the texts as they stand in the fields, also while they are not valid. */
export interface PromptDraft {
  name: string;
  description: string;
  promptText: string;
  schema: string;
  videoLevel: VideoLevelDraft | null;
}

interface VideoLevelDraft {
  instructions: string;
  schema: string;
}

/** The settings of a prompt that the editor keeps and does not show. */
export type KeptSettings = Pick<Models['Prompt'], 'semantic_indexing' | 'execution_config' | 'selection_filter'> & {
  included_segment_fields: string[];
};

type Definition = Pick<Models['Prompt'], 'name' | 'description' | 'prompt_text' | 'json_schema' | 'video_level'>;

export const emptyDraft: PromptDraft = {
  name: '',
  description: '',
  promptText: '',
  schema: schemaText({ type: 'object', properties: { summary: { type: 'string' } }, required: ['summary'] }),
  videoLevel: null,
};

export function draftOf({ name, description, prompt_text, json_schema, video_level }: Definition): PromptDraft {
  return {
    name,
    description,
    promptText: prompt_text,
    schema: schemaText(json_schema),
    videoLevel: video_level && { instructions: video_level.instructions_text, schema: schemaText(video_level.json_schema) },
  };
}

export function keptSettings(prompt: Models['Prompt']): KeptSettings {
  const { semantic_indexing, execution_config, selection_filter, video_level } = prompt;
  return { semantic_indexing, execution_config, selection_filter, included_segment_fields: video_level?.included_segment_fields ?? [] };
}

/** Return the body that creates the prompt. Null while a schema is no JSON object. */
export function createBody(draft: PromptDraft, kept: KeptSettings | null): Models['PromptCreateRequest'] | null {
  const schema = readJson(draft.schema).read?.value;
  const videoLevel = videoLevelBody(draft, kept);
  if (schema === undefined || videoLevel === undefined) return null;
  return {
    name: draft.name.trim(),
    description: draft.description,
    prompt_text: draft.promptText,
    json_schema: schema,
    video_level: videoLevel,
    semantic_indexing: kept && indexingFor(kept.semantic_indexing, schema, videoLevel?.json_schema ?? {}),
    execution_config: kept?.execution_config ?? null,
    selection_filter: kept?.selection_filter ?? null,
  };
}

/** Return the body that changes the prompt. Settings that the editor does not show stay as they are. */
export function updateBody(draft: PromptDraft, kept: KeptSettings): Models['PromptUpdateRequest'] | null {
  const body = createBody(draft, kept);
  if (body === null) return null;
  const { name, description, prompt_text, json_schema, video_level, semantic_indexing } = body;
  const changes = { name, description, prompt_text, json_schema, video_level, semantic_indexing };
  return { ...changes, clear_video_level: draft.videoLevel === null, clear_selection_filter: false };
}

function videoLevelBody(draft: PromptDraft, kept: KeptSettings | null): Models['VideoLevelConfig'] | null | undefined {
  if (draft.videoLevel === null) return null;
  const schema = readJson(draft.videoLevel.schema).read?.value;
  if (schema === undefined) return undefined;
  return {
    instructions_text: draft.videoLevel.instructions,
    json_schema: schema,
    included_segment_fields: kept?.included_segment_fields ?? [],
  };
}

/** Drop the paths whose fields are gone: the server refuses a prompt that lists them. */
function indexingFor(
  indexing: Models['SemanticIndexingConfig'],
  segment: JsonObject,
  whole: JsonObject,
): Models['SemanticIndexingConfig'] {
  return {
    disabled_segment_fields: (indexing.disabled_segment_fields ?? []).filter((path) => mayHavePath(segment, path)),
    disabled_video_level_fields: (indexing.disabled_video_level_fields ?? []).filter((path) => mayHavePath(whole, path)),
  };
}

const serverFields = new Set(['transcription', 'metadata_text', '[on_screen_text]', '[visual_tags]', 'on_screen_text', 'visual_tags']);

/** Return whether a schema can have a leaf with a path such as `people[].name`. Parts that only the JSON shows may. */
export function mayHavePath(schema: JsonObject, path: string): boolean {
  if (serverFields.has(path)) return true;
  const names = path.split('.').map((step) => step.replaceAll('[]', ''));
  const unknown = new Set(fieldsOf(schema).filter(({ type }) => type === null).map((field) => field.path.join('.')));
  let part = schema;
  for (const [at, name] of names.entries()) {
    const next = propertiesOf(container(part))[name];
    if (!isObject(next)) return '$ref' in part || 'allOf' in part;
    if (unknown.has(names.slice(0, at + 1).join('.'))) return true;
    part = next;
  }
  return true;
}

export function sameDraft(first: PromptDraft, second: PromptDraft): boolean {
  return JSON.stringify(comparable(first)) === JSON.stringify(comparable(second));
}

/** Two drafts are the same if their schemas are the same JSON, however it is spaced. */
function comparable(draft: PromptDraft): unknown {
  const schema = (text: string): unknown => readJson(text).read?.value ?? text;
  return {
    ...draft,
    schema: schema(draft.schema),
    videoLevel: draft.videoLevel && { ...draft.videoLevel, schema: schema(draft.videoLevel.schema) },
  };
}
