import type { PromptDraft } from '@/pages/prompts/draft/prompt-draft';
import { type JsonObject, schemaText } from '@/pages/prompts/schema/json-schema';
import { words } from '@/words/en';

const text = (description: string): JsonObject => ({ type: 'string', description });
const texts = (description: string): JsonObject => ({ type: 'array', items: { type: 'string' }, description });

function example(words: { name: string; description: string; text: string }, properties: JsonObject, required: string[]): PromptDraft {
  return {
    name: words.name,
    description: words.description,
    promptText: words.text,
    schema: schemaText({ type: 'object', properties, required }),
    videoLevel: null,
  };
}

const { scenes, products, meeting, sports } = words.prompts.examples;

/** Prompts to start from. */
export const examples: readonly PromptDraft[] = [
  example(
    scenes,
    {
      summary: text(scenes.fields.summary),
      visible_text: texts(scenes.fields.visibleText),
      objects: texts(scenes.fields.objects),
      people_count: { type: 'integer', description: scenes.fields.peopleCount },
      has_speech: { type: 'boolean', description: scenes.fields.hasSpeech },
    },
    ['summary'],
  ),
  example(
    products,
    {
      products: {
        type: 'array',
        description: products.fields.products,
        items: {
          type: 'object',
          properties: {
            name: text(products.fields.name),
            brand: { type: ['string', 'null'], description: products.fields.brand },
            price: { type: ['number', 'null'], description: products.fields.price },
          },
          required: ['name'],
        },
      },
    },
    ['products'],
  ),
  {
    ...example(
      meeting,
      {
        topic: text(meeting.fields.topic),
        quotes: texts(meeting.fields.quotes),
        sentiment: { type: 'string', enum: ['positive', 'neutral', 'negative'], description: meeting.fields.sentiment },
      },
      ['topic'],
    ),
    videoLevel: {
      instructions: meeting.instructions,
      schema: schemaText({ type: 'object', properties: { overview: text(meeting.fields.overview) }, required: ['overview'] }),
    },
  },
  example(
    sports,
    {
      summary: text(sports.fields.summary),
      score: { type: ['string', 'null'], description: sports.fields.score },
      players: texts(sports.fields.players),
      is_replay: { type: 'boolean', description: sports.fields.isReplay },
    },
    ['summary'],
  ),
];
