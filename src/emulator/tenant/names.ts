/** Invented people, subjects and the week of the demo. */
import { pick } from './seeded.ts';

/** The invented company whose tenant the emulator serves. */
export const company = { name: 'Morrowtide Instruments', domain: 'morrowtide.example' } as const;

export interface Person {
  readonly givenName: string;
  readonly surname: string;
  readonly jobTitle: string;
}

/** The people of the demo tenant; the first organizes most of its meetings. */
export const demoPeople: readonly (Person & { readonly alias: string })[] = [
  { givenName: 'Nkechi', surname: 'Adebayo-Lund', jobTitle: 'Head of Product', alias: 'nkechi.adebayo' },
  { givenName: 'Tomasz', surname: 'Wieczorek', jobTitle: 'Engineering Manager', alias: 'tomasz.wieczorek' },
  { givenName: 'Châu', surname: 'Minh Hà', jobTitle: 'Design Researcher', alias: 'chau.minhha' },
  { givenName: 'Renata', surname: 'Figueirôa', jobTitle: 'Customer Success Lead', alias: 'renata.figueiroa' },
  { givenName: 'Yusuf', surname: 'Demirtaş', jobTitle: 'Principal Engineer', alias: 'yusuf.demirtas' },
  { givenName: 'さくら', surname: '橘', jobTitle: 'Talent Partner', alias: 'sakura.tachibana' },
];

// prettier-ignore
const givenNames = [
  'Amina', 'Bjarte', 'Carmen', 'Dhruv', 'Eilidh', 'Farid', 'Giulia', 'Hinemoa', 'Ikaika', 'Jadwiga', 'Kwabena',
  'Lærke', 'Mehwish', 'Nazlı', 'Otávio', 'Priyanka', 'Quân', 'Rósa', 'Siddharth', 'Tevita', 'Uxía', 'Vesna', '유진', 'Zawadi',
] as const;

// prettier-ignore
const surnames = [
  'Abeysekera', 'Brzozowski', 'Castellanos', 'Dragović', 'Eriksdóttir', 'Fofana', 'Gunawardena', 'Hakimi', 'Ishikawa',
  "O'Dubhghaill", 'Kahananui', 'Lindqvist', 'Mwangi', 'Nørgaard', 'Okafor', 'Pellegrino', 'Quispe', 'Rahmanov', 'Sørensen',
  'Tūhoe', 'Uchenna', 'Vasylenko', 'Yamashiro', 'Żuraw',
] as const;

// prettier-ignore
const jobTitles = [
  'Account Manager', 'Acoustics Engineer', 'Data Analyst', 'Field Technician', 'Firmware Engineer', 'Legal Counsel',
  'Payroll Specialist', 'Procurement Lead', 'Quality Engineer', 'Sales Director', 'Support Engineer', 'Technical Writer',
] as const;

// prettier-ignore
const subjects = [
  'Stand-up: sensors', 'Stand-up: cloud ingest', 'Stand-up: mobile app', 'Sprint review', 'Design review: tide gauge mk. III',
  'Incident review', 'Interview: firmware engineer', 'Interview: support engineer', 'Training: calibrating at sea',
  'Training: writing for customers', 'Customer call: harbour authority', 'Quarterly planning', 'Budget & forecast',
  'Retrospective', 'Onboarding, day one',
] as const;

/** A person who works at the company, chosen by the keys alone. */
export function person(...keys: readonly (string | number)[]): Person {
  return {
    givenName: pick(givenNames, 'given name', ...keys),
    surname: pick(surnames, 'surname', ...keys),
    jobTitle: pick(jobTitles, 'job title', ...keys),
  };
}

/** The subject of a meeting, chosen by the keys alone. */
export function subject(...keys: readonly (string | number)[]): string {
  return pick(subjects, 'subject', ...keys);
}

export interface DemoMeeting {
  readonly subject: string;
  /** Indexes into `demoPeople`, the organizer first. */
  readonly people: readonly number[];
  /** The day of the week from Monday, 0, to Friday, 4. */
  readonly day: number;
  /** In UTC. */
  readonly startTime: string;
  readonly lengthMinutes: number;
  readonly recordings: number;
}

/** The week of the demo tenant. */
// prettier-ignore
export const demoWeek: readonly DemoMeeting[] = [
  { subject: 'Stand-up: sensors', people: [1, 0, 2, 4], day: 0, startTime: '08:30', lengthMinutes: 15, recordings: 1 },
  { subject: 'Quarterly planning', people: [0, 1, 2, 3, 4], day: 0, startTime: '10:00', lengthMinutes: 90, recordings: 3 },
  { subject: 'Interview: firmware engineer', people: [5, 1, 4], day: 0, startTime: '13:00', lengthMinutes: 45, recordings: 1 },
  { subject: 'Office hours', people: [0], day: 0, startTime: '15:30', lengthMinutes: 30, recordings: 0 },
  { subject: 'Stand-up: sensors', people: [1, 0, 2, 4], day: 1, startTime: '08:30', lengthMinutes: 15, recordings: 1 },
  { subject: 'Design review: tide gauge mk. III', people: [0, 2, 4], day: 1, startTime: '09:30', lengthMinutes: 60, recordings: 2 },
  { subject: 'Customer call: harbour authority', people: [3, 0], day: 1, startTime: '14:00', lengthMinutes: 30, recordings: 1 },
  { subject: 'Stand-up: sensors', people: [1, 0, 2, 4], day: 2, startTime: '08:30', lengthMinutes: 15, recordings: 1 },
  { subject: 'Training: calibrating at sea', people: [0, 1, 2, 3, 5], day: 2, startTime: '10:00', lengthMinutes: 120, recordings: 2 },
  { subject: 'Salary review', people: [5, 1], day: 2, startTime: '16:00', lengthMinutes: 30, recordings: 0 },
  { subject: 'Stand-up: sensors', people: [1, 0, 2, 4], day: 3, startTime: '08:30', lengthMinutes: 15, recordings: 1 },
  { subject: 'Interview: design researcher', people: [5, 0, 2], day: 3, startTime: '11:00', lengthMinutes: 45, recordings: 2 },
  { subject: 'Roadmap, what we drop', people: [0, 1, 3], day: 3, startTime: '13:30', lengthMinutes: 60, recordings: 1 },
  { subject: 'Stand-up: sensors', people: [1, 0, 2, 4], day: 4, startTime: '08:30', lengthMinutes: 15, recordings: 1 },
  { subject: 'Sprint review', people: [0, 1, 2, 3, 4, 5], day: 4, startTime: '10:00', lengthMinutes: 60, recordings: 2 },
  { subject: 'Retrospective', people: [0, 1, 2, 4], day: 4, startTime: '11:15', lengthMinutes: 45, recordings: 1 },
];
