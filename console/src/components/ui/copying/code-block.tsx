import { CopyButton } from './copy-button';

interface CodeBlockProps {
  code: string;
  /** What the text is, for screen readers, such as "Payload". */
  label: string;
  className?: string;
}

/** A text in a monospaced font, with a button that copies it. It scrolls where it does not fit. */
export function CodeBlock({ code, label, className = 'max-h-96' }: CodeBlockProps) {
  return (
    <div className="relative rounded-md border border-line bg-sunken">
      <pre
        tabIndex={0}
        role="region"
        aria-label={label}
        className={`overflow-auto rounded-md p-3 pr-12 font-mono text-xs ${className}`}
      >
        {code}
      </pre>
      <div className="absolute top-1 right-1 rounded-md bg-sunken">
        <CopyButton text={code} />
      </div>
    </div>
  );
}
