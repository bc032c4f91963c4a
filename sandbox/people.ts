/** A person of the tenant, who can sign in on the provider's page. */
export interface Person {
  /** The `oid` claim. */
  objectId: string;
  /** The `sub` claim: Entra's differs from the object id. */
  subject: string;
  name: string;
  userName: string;
  roles: readonly string[];
  groups: readonly string[];
  isDisabled: boolean;
  /** Is always asked for a second factor; others only when the request wants one. With it `amr` holds `mfa`. */
  usesSecondFactor: boolean;
}

/** Above this number of groups Entra leaves them out of the token and names where to ask for them ("group overage"). */
export const GROUPS_IN_TOKEN = 200;

const OPERATORS_GROUP = "4b7aebdc-6293-4f50-9e48-c3071a2b3c01";
const ENGINEERS_GROUP = "4b7aebdc-6293-4f50-9e48-c3071a2b3c02";

function describePerson(index: number, person: Pick<Person, "name" | "userName"> & Partial<Person>): Person {
  const suffix = String(index).padStart(2, "0");
  return {
    objectId: `5a8bfced-73a4-4061-8f59-d4182b3c4d${suffix}`,
    subject: `sandbox-subject-${suffix}`,
    roles: [],
    groups: [],
    isDisabled: false,
    usesSecondFactor: false,
    ...person,
  };
}

export const PEOPLE = {
  olga: describePerson(1, {
    name: "Olga Operator",
    userName: "olga@sandbox.example",
    roles: ["Plant7.Operators"],
    groups: [OPERATORS_GROUP],
  }),
  emil: describePerson(2, {
    name: "Emil Engineer",
    userName: "emil@sandbox.example",
    roles: ["Plant7.Engineers"],
    groups: [ENGINEERS_GROUP],
    usesSecondFactor: true,
  }),
  ada: describePerson(3, {
    name: "Ada Admin",
    userName: "ada@sandbox.example",
    roles: ["Sallyport.Admins", "Plant7.Engineers"],
    groups: [OPERATORS_GROUP, ENGINEERS_GROUP],
    usesSecondFactor: true,
  }),
  lena: describePerson(4, { name: "Lena Lead", userName: "lena@sandbox.example", roles: ["Plant7.Leads"] }),
  nora: describePerson(5, { name: "Nora Norole", userName: "nora@sandbox.example" }),
  greta: describePerson(6, {
    name: "Greta Groups",
    userName: "greta@sandbox.example",
    roles: ["Plant7.Operators"],
    groups: Array.from({ length: 250 }, (_, n) => `6c9c0dfe-84b5-4172-906a-e5293c4d5${String(n).padStart(3, "0")}`),
  }),
  dirk: describePerson(7, {
    name: "Dirk Disabled",
    userName: "dirk@sandbox.example",
    roles: ["Plant7.Operators"],
    isDisabled: true,
  }),
} as const satisfies Record<string, Person>;

export type PersonChanges = Partial<Omit<Person, "subject" | "objectId">>;

/** The people as they are now: the fixed ones, with what a test has changed. */
export interface Directory {
  list(): readonly Person[];
  find(subject: string): Person | undefined;
  findByObjectId(objectId: string): Person | undefined;
  /** Throws when there is no such person. */
  change(subject: string, changes: PersonChanges): void;
  reset(): void;
}

export function createDirectory(): Directory {
  const people = new Map<string, Person>();
  function reset() {
    for (const person of Object.values<Person>(PEOPLE)) people.set(person.subject, person);
  }
  reset();
  return {
    list: () => [...people.values()],
    find: (subject) => people.get(subject),
    findByObjectId: (objectId) => [...people.values()].find((person) => person.objectId === objectId),
    change(subject, changes) {
      const person = people.get(subject);
      if (!person) throw new Error(`sandbox: there is no person ${subject}`);
      people.set(subject, { ...person, ...changes });
    },
    reset,
  };
}
