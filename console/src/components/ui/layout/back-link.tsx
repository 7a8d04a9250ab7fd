import { Link } from '@tanstack/react-router';

interface BackLinkProps {
  to: '/prompts' | '/runs';
  label: string;
}

/** The way back to a list, above the title of a page. */
export function BackLink({ to, label }: BackLinkProps) {
  return (
    <Link to={to} className="underline">
      {label}
    </Link>
  );
}
