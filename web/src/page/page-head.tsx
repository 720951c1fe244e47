import type { ReactNode } from 'react';
import { Mark } from './icons.tsx';

interface PageHeadProps {
  readonly children?: ReactNode;
}

/** The head of every page of the viewer. */
export function PageHead({ children }: PageHeadProps) {
  return (
    <header className="page-head">
      <Mark />
      <h1>Recordings</h1>
      {children}
    </header>
  );
}
