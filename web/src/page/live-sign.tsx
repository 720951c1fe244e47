import type { Failure } from '../graphql/failure.ts';
import type { LiveState } from '../live/listen.ts';

const WORDS: Readonly<Record<LiveState, { readonly name: string; readonly hint: string }>> = {
  connecting: { name: 'Connecting', hint: 'Live updates start in a moment.' },
  live: { name: 'Live', hint: 'New recordings appear automatically.' },
  behind: {
    name: 'Catching up',
    hint: 'There may be more recordings than shown. They appear as soon as they can be read.',
  },
  reconnecting: {
    name: 'Reconnecting',
    hint: 'The connection was lost. Recordings that are missed now appear once it is restored.',
  },
  ended: { name: 'Not live', hint: 'New recordings do not appear automatically.' },
};

interface LiveSignProps {
  readonly state: LiveState;
  readonly failure: Failure | null;
}

/** A small indicator of the subscription's state. */
export function LiveSign({ state, failure }: LiveSignProps) {
  const { name, hint } = WORDS[state];
  return (
    <p className="live" data-state={state} title={failure === null ? hint : `${hint} ${failure.title}.`}>
      <span>{name}</span>
      <span className="visually-hidden">. {hint}</span>
    </p>
  );
}
