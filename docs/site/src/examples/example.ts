/** Examples of operations, by operation id. Each is written once, and shown in three languages. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * The request of an example. Parameters of the path are variables with the parameter's name. A text that begins
 * with `$` is a variable too: `$run_id` is the environment variable `RUN_ID`.
 */
export interface Example {
  /** The method of the official client, such as `indexes.create`. Without it, Python uses httpx. */
  readonly client?: string;
  readonly body?: Readonly<Record<string, Json>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Fields of a form. A value that begins with `@` is a file, whose path is that variable. */
  readonly form?: Readonly<Record<string, string>>;
  /** The variable that holds the whole address, where the API hands it out. */
  readonly link?: string;
  /** The variable with the path of the file that is the body. */
  readonly file?: string;
}

export type Examples = Readonly<Record<string, Example>>;
