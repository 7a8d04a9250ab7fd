/** One field that the server refuses, with the rule that it breaks. */
export interface FieldError {
  field: string;
  message: string;
}

interface Envelope {
  error: { code: string; message: string; details?: { errors?: { field: string; rule: string }[] } | null };
}

/** A request that failed, in the words of the server. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  /** `status` is 0 if the server could not be reached. `requestId` finds the request in the server's log. */
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly requestId: string | null = null,
    readonly fields: readonly FieldError[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  static unreachable(cause: unknown): ApiProblem {
    return new ApiProblem('The server cannot be reached.', 0, 'unreachable', null, [], { cause });
  }

  static of(response: Response, body: unknown): ApiProblem {
    const requestId = response.headers.get('X-Request-ID');
    if (!isEnvelope(body)) {
      return new ApiProblem(`The server answered with status ${response.status}.`, response.status, 'unknown', requestId);
    }
    const { message, code, details } = body.error;
    return new ApiProblem(message, response.status, code, requestId, (details?.errors ?? []).map(({ field, rule }) => ({ field, message: rule })));
  }
}

function isEnvelope(body: unknown): body is Envelope {
  return typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'object';
}
