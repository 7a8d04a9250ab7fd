import createClient, { type Middleware } from 'openapi-fetch';

import { ApiProblem } from '@/api/problem';
import type { components, paths } from '@/api/schema';
import { currentSession, endRefusedSession } from '@/app/session/session';

/** The models of the API, by the name that the OpenAPI description gives them. */
export type Models = components['schemas'];

/** Adds the key of the session. An answer that refuses the key ends the session. */
const credential: Middleware = {
  onRequest({ request }) {
    const session = currentSession();
    if (session !== null && !request.headers.has('X-API-Key')) request.headers.set('X-API-Key', session.key);
  },
  onResponse({ request, response }) {
    if (response.status === 401) endRefusedSession(request.headers.get('X-API-Key'));
  },
};

/**
 * The client of the API, typed by its OpenAPI description. Paths are those of the description.
 *
 * Use `unwrap(api.GET('/api/v2/indexes'))`, which returns the body and throws an `ApiProblem`.
 */
export const api = createClient<paths>({ baseUrl: window.location.origin });
api.use(credential);

interface Answer<Body> {
  data?: Body;
  error?: unknown;
  response: Response;
}

/** Return the body of an answer. Throws `ApiProblem`, also when the server cannot be reached. */
export async function unwrap<Body>(pending: Promise<Answer<Body>>): Promise<Body> {
  let answer: Answer<Body>;
  try {
    answer = await pending;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw ApiProblem.unreachable(cause);
  }
  if (!answer.response.ok) throw ApiProblem.of(answer.response, answer.error);
  return answer.data as Body;
}

/** Fetch a file of the API, such as a thumbnail, with the key of the session. Throws `ApiProblem`. */
export async function fetchFile(path: string, signal?: AbortSignal): Promise<Blob> {
  return (await openFile(path, signal)).blob();
}

/** Begin to fetch a file of the API with the key of the session. The answer has its body yet to come. Throws `ApiProblem`. */
export async function openFile(path: string, signal?: AbortSignal, method: 'GET' | 'HEAD' = 'GET'): Promise<Response> {
  const session = currentSession();
  let response: Response;
  try {
    response = await fetch(path, { method, headers: session === null ? {} : { 'X-API-Key': session.key }, signal: signal ?? null });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw ApiProblem.unreachable(cause);
  }
  if (response.status === 401) endRefusedSession(session?.key ?? null);
  if (!response.ok) throw ApiProblem.of(response, await response.json().catch(() => null));
  return response;
}
