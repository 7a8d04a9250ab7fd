import type { Models } from '@/api/client';

/** The name of the built-in rules, which every server has. */
const rules = 'builtin';

type ProcessingModel = Models['ProcessingModel'];

/** Whether a server has a model beside the built-in rules. */
export function hasLanguageModel(models: readonly Pick<ProcessingModel, 'name'>[]): boolean {
  return models.some(({ name }) => name !== rules);
}

/** Return the name of the model that a run uses if its request names none; undefined if the server does not tell. */
export function defaultModelName(models: readonly Pick<ProcessingModel, 'name' | 'is_default'>[]): string | undefined {
  return models.find(({ is_default: isDefault }) => isDefault)?.name;
}
