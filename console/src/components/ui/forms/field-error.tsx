/** What the server says about a field that is no line of text, such as a choice. */
export function FieldError({ message }: { message: string | undefined }) {
  if (message === undefined) return null;
  return (
    <p role="alert" className="text-xs text-warning wrap-anywhere">
      {message}
    </p>
  );
}
