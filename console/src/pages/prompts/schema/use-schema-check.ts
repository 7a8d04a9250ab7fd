import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';

import { api, unwrap } from '@/api/client';
import { words } from '@/words/en';

import { type JsonReading, readJson } from './json-lines';
import { type SchemaProblem, schemaProblem } from './schema-problem';

const typingPause = 400;

/** What is known of a schema while it is edited. */
export interface SchemaCheck {
  reading: JsonReading;
  problem: SchemaProblem | null;
  /** `unknown` if the server could not be asked. */
  state: 'checking' | 'valid' | 'invalid' | 'unknown';
}

/** Check a schema as it is typed: first that it is JSON, then that the server can use it. */
export function useSchemaCheck(text: string, enabled: boolean): SchemaCheck {
  const reading = useMemo(() => readJson(text), [text]);
  const settled = useSettled(useDeferredValue(text));
  const asked = useQuery({
    queryKey: ['schema-check', settled],
    queryFn: ({ signal }) => refusal(settled, signal),
    enabled: enabled && readJson(settled).read !== null,
    staleTime: Infinity,
    gcTime: 60_000,
  });
  if (reading.problem !== null) {
    const { line, column, expected } = reading.problem;
    return { reading, problem: { message: words.prompts.editor.syntax(line, column, expected), line, field: null }, state: 'invalid' };
  }
  if (!enabled) return { reading, problem: null, state: 'unknown' };
  if (asked.isError) return { reading, problem: null, state: 'unknown' };
  if (settled !== text || asked.isPending) return { reading, problem: null, state: 'checking' };
  if (asked.data === null) return { reading, problem: null, state: 'valid' };
  return { reading, problem: schemaProblem(asked.data, reading.read.lines), state: 'invalid' };
}

/** Ask the server whether a prompt can use a schema. Return its sentence, or null if it can. */
async function refusal(text: string, signal: AbortSignal): Promise<string | null> {
  const body = { json_schema: readJson(text).read?.value ?? {}, sample_data: {} };
  const answer = await unwrap(api.POST('/api/v2/prompts/test-schema', { body, signal }));
  // The empty sample may lack required fields. That is an error of the sample, at its root, not of the schema.
  return answer.valid || answer.error == null || !answer.error.startsWith('json_schema') ? null : answer.error;
}

/** Return the last text that stayed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), typingPause);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
