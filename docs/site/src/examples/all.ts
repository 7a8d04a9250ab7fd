/** Every example. An operation without one is called with the variables of its path alone. */
import { connectionExamples } from './connections.ts';
import type { Examples } from './example.ts';
import { libraryExamples } from './library.ts';
import { processingExamples } from './processing.ts';
import { resultExamples } from './results.ts';
import { searchExamples } from './search.ts';

export const examples: Examples = {
  ...libraryExamples,
  ...processingExamples,
  ...searchExamples,
  ...resultExamples,
  ...connectionExamples,
};
