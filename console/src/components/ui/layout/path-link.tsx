import { Link } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

interface PathLinkProps extends Omit<ComponentProps<typeof Link>, 'to' | 'params' | 'search'> {
  /** A path of the console that is made at run time, such as `/indexes/idx_1`. Prefer `Link` for fixed routes. */
  path: string;
}

/** A link to a path of the console. It opens without a reload. */
export function PathLink({ path, ...props }: PathLinkProps) {
  return <Link to={path} {...props} />;
}
