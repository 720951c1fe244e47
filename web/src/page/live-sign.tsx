import type { Failure } from '../graphql/failure.ts';
import type { LiveState } from '../live/listen.ts';

const WORDS: Readonly<Record<LiveState, { readonly name: string; readonly hint: string }>> = {
  connecting: { name: 'Connecting', hint: 'What is new will be told here in a moment.' },
  live: { name: 'Live', hint: 'New recordings appear by themselves.' },
  behind: { name: 'Catching up', hint: 'There may be more than is shown. It will be told as soon as it is known.' },
  reconnecting: { name: 'Reconnecting', hint: 'The connection broke. What is missed meanwhile will be told then.' },
  ended: { name: 'Not live', hint: 'New recordings do not appear by themselves.' },
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
