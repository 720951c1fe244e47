/** Checks schema.graphql against the served schema and against the types of Graph. */
import { readFileSync } from 'node:fs';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
  parse,
  print,
  visit,
} from 'graphql';
import type { GraphQLField, GraphQLNamedType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../src/graphql/schema/schema.ts';
import { at, startGateway } from './support/gateway.ts';

const schema = createSchema();
const contract = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

/** Federation's own types and fields, which it describes itself. */
const OF_FEDERATION = /^(_|federation__|link__)/;

const types: GraphQLNamedType[] = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !OF_FEDERATION.test(type.name) && !isSpecifiedScalarType(type),
);

function fieldsOf(name: string): GraphQLField<unknown, unknown>[] {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`Expected the schema to have an object type ${name}.`);
  return Object.values(type.getFields()).filter((field) => !OF_FEDERATION.test(field.name));
}

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}

/** A type, its fields, arguments and values, by path: everything that a client sees. */
function partsOf(type: GraphQLNamedType): Described[] {
  const inner = (part: Described): Described => ({ ...part, name: `${type.name}.${part.name}` });
  if (isEnumType(type)) return [type, ...type.getValues().map(inner)];
  if (isInputObjectType(type)) return [type, ...Object.values(type.getFields()).map(inner)];
  if (!isObjectType(type) && !isInterfaceType(type)) return [type];
  const fields = Object.values(type.getFields()).filter(({ name }) => !OF_FEDERATION.test(name));
  return [
    type,
    ...fields.flatMap((field) => [
      inner(field),
      ...field.args.map((argument) => inner({ ...argument, name: `${field.name}(${argument.name})` })),
    ]),
  ];
}

/** The members of Graph's enumerations, by the member that is of them, as the v1.0 metadata lists them: https://graph.microsoft.com/v1.0/$metadata */
const ENUMERATIONS: Readonly<Record<string, string>> = {
  role: 'attendee presenter producer coorganizer',
  allowedAudience: 'roleIsAttendee organization everyone',
  allowedLobbyAdmitters: 'organizerAndCoOrganizersAndPresenters organizerAndCoOrganizers',
  allowedPresenters: 'everyone organization roleIsPresenter organizer',
  allowLiveShare: 'enabled disabled',
  allowMeetingChat: 'enabled disabled limited',
  contentType: 'text html',
  scope: 'organizer organization organizationAndFederated everyone invited organizationExcludingGuests',
  meetingType: 'adhoc scheduled recurring broadcast meetnow',
  shareMeetingChatHistoryDefault: 'none all',
  applicationIdentityType: 'aadApplication bot tenantBot office365Connector outgoingWebhook',
  conversationIdentityType: 'team channel chat',
  userIdentityType:
    'aadUser onPremiseAadUser anonymousGuest federatedUser personalMicrosoftAccountUser skypeUser phoneUser emailUser azureCommunicationServicesUser',
};

/** The properties of three types as the v1.0 metadata lists them: https://graph.microsoft.com/v1.0/$metadata */
const PROPERTIES: Readonly<Record<string, string>> = {
  CallRecording: `id callId content contentCorrelationId createdDateTime endDateTime meetingId meetingOrganizer
    recordingContentUrl`,
  IdentitySet: 'application device user',
  OnlineMeeting: `id allowAttendeeToEnableCamera allowAttendeeToEnableMic allowBreakoutRooms
    allowCopyingAndSharingMeetingContent allowLiveShare allowMeetingChat allowParticipantsToChangeName
    allowPowerPointSharing allowRecording allowTeamworkReactions allowTranscription allowWhiteboard
    allowedLobbyAdmitters allowedPresenters attendanceReports attendeeReport audioConferencing broadcastSettings
    chatInfo chatRestrictions cloudVideoInteropInfo creationDateTime endDateTime expiryDateTime externalId isBroadcast
    isEndToEndEncryptionEnabled isEntryExitAnnounced joinInformation joinMeetingIdSettings joinWebUrl
    lobbyBypassSettings meetingOptionsWebUrl meetingSpokenLanguageTag meetingTemplateId meetingType participants
    recordAutomatically recordings sensitivityLabelAssignment shareMeetingChatHistoryDefault startDateTime subject
    transcripts videoTeleconferenceId watermarkProtection`,
};

/** The properties of Graph that the schema omits, each with the reason. */
const LEFT_OUT = new Map([
  ['OnlineMeeting.attendeeReport', 'a stream of bytes, which GraphQL has not'],
  ['OnlineMeeting.attendanceReports', 'a navigation property to something else than recordings'],
  ['OnlineMeeting.transcripts', 'a navigation property to something else than recordings'],
]);

/** The fields of the schema that Graph does not have, each with the reason. */
const ADDED = new Map([
  ['CallRecording.meeting', 'the way from a recording to its meeting'],
  ['CallRecording.meetingOrganizerId', 'a part of the address'],
  ['OnlineMeeting.organizerId', 'a part of the address'],
  ...[
    'applicationInstance',
    'assertedIdentity',
    'azureCommunicationServicesUser',
    'conversation',
    'encrypted',
    'guest',
    'onPremises',
    'phone',
  ].map((name) => [`IdentitySet.${name}`, 'of a type that derives from identitySet, or printed in its place'] as const),
]);

/** The definitions of a document, printed without the costs, which the gateway computes. */
function definitionsOf(document: string): string[] {
  const withoutCosts = visit(parse(document), {
    Directive: ({ name }) => (['cost', 'listSize'].includes(name.value) ? null : undefined),
  });
  return withoutCosts.definitions.map(print);
}

describe('The schema', () => {
  it('has a description for every type, field, argument and value', () => {
    const parts = types.flatMap(partsOf);
    expect(parts.length).toBeGreaterThan(200);
    // A sentence, from a capital letter to a period or a backtick.
    const wanting = parts.filter(({ description }) => !/^[A-Z][\s\S]*[.`]$/.test(description ?? ''));
    expect(wanting.map(({ name }) => name)).toEqual([]);
  });

  it('is served to a router as schema.graphql defines it, with nothing added but costs and federation', async () => {
    const gateway = await startGateway();
    const { data, errors } = await gateway.query('{ _service { sdl } }');
    expect(errors).toBeUndefined();
    const sdl = String(at(data, '_service.sdl'));
    const [served, defined] = [definitionsOf(sdl), definitionsOf(contract)];
    expect(defined.filter((definition) => !served.includes(definition))).toEqual([]);
    const added = served.filter((definition) => !defined.includes(definition));
    const ofFederation =
      /^(directive @|\w+ (_|federation__|link__)|extend type Query \{\s+_entities.+\s+_service.+\s+\}$)/;
    expect(added.filter((definition) => !ofFederation.test(definition))).toEqual([]);
  });

  it.each(Object.entries(PROPERTIES))("has every property of Graph's type in %s, and no other", (name, properties) => {
    const expected = [
      ...properties.split(/\s+/).filter((property) => !LEFT_OUT.has(`${name}.${property}`)),
      ...[...ADDED.keys()].filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1)),
    ];
    expect(
      fieldsOf(name)
        .map((field) => field.name)
        .toSorted(),
    ).toEqual(expected.toSorted());
  });

  it.each(Object.entries(ENUMERATIONS))("has every value of Graph's %s, and unknownFutureValue", (member, values) => {
    const enums = types
      .filter(isObjectType)
      .flatMap((type) => fieldsOf(type.name))
      .filter((field) => field.name === member)
      .map(({ type }) => type)
      .filter(isEnumType);
    expect(enums).toHaveLength(1);
    const served = enums.flatMap((type) => type.getValues().map(({ name }) => name));
    expect(served.toSorted()).toEqual([...values.split(' '), 'unknownFutureValue'].toSorted());
  });

  it("has no enumeration that is not one of Graph's", () => {
    const ofGraph = types
      .filter(isObjectType)
      .flatMap((type) => fieldsOf(type.name))
      .filter(({ name }) => Object.hasOwn(ENUMERATIONS, name))
      .map(({ type }) => type);
    expect(types.filter((type) => isEnumType(type) && !ofGraph.includes(type)).map(({ name }) => name)).toEqual([]);
  });
});
