/** The key of a recording: all fields of `@key` in schema.graphql, because an id is unique only within its meeting. */
export interface RecordingKey {
  readonly meetingOrganizerId: string;
  readonly meetingId: string | null;
  readonly id: string;
}

/** The key of a recording as a string, for React and for maps. */
export function keyOf({ meetingOrganizerId, meetingId, id }: RecordingKey): string {
  return JSON.stringify([meetingOrganizerId, meetingId, id]);
}

/** Whether an unknown value has the key of a recording. */
export function hasKey(value: unknown): value is RecordingKey {
  return value instanceof Object && 'meetingOrganizerId' in value && 'meetingId' in value && 'id' in value;
}
