/** What people do to a file that they write by hand, and what they are told. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Config } from "../../src/config/ConfigSchema.ts"
import { format } from "../../src/config/Problem.ts"
import { SpotConfig } from "../../src/config/SpotConfig.ts"
import { folder, isolated, load } from "../harness.ts"

const keysOf = ({ fields }: { readonly fields: object }) => Object.keys(fields).join(", ")

const spots = "spots: { main: { secretKey: { env: SPOT_KEY } } }"

/** A file with one source that is right, but for these fields. */
const withSource = (fields: string) => `${spots}
sources:
  form:
    sender: typeform
    secrets: [{ env: TYPEFORM_SECRET }]
    spot: main
    invite: { live: live-1 }
    ${fields}
`

type Told = readonly [what: string, text: string, ...problems: ReadonlyArray<string>]

const told: ReadonlyArray<Told> = [
  ["left it empty", "", "the file is empty: it needs spots and sources"],
  ["wrote comments only", "# spots:\n", "the file is empty: it needs spots and sources"],
  [
    "forgot the spaces after colons",
    "spots:{}\nsources:{}\n",
    "the file has no keys: write a colon and a space after each key"
  ],
  ["wrote a list", "- spots: {}\n", "Expected spots and sources, not a list"],
  [
    "indented with a tab",
    "spots:\n\tmain: {}\nsources: {}\n",
    "line 2: a tab in the indentation: YAML requires spaces"
  ],
  ["wrote a key twice", `${spots}\nsources: {}\nspots: {}\n`, "line 3: duplicate key: remove one of the two"],
  [
    "did not close a brace",
    "# a comment\nspots:\n  main: { secretKey: { env: A }\nsources: {}\n",
    "line 3: Flow map in block collection must be sufficiently indented and end with a }"
  ],
  [
    "went back too little",
    "spots:\n  main:\n    secretKey: { env: A }\n   baseUrl: x\nsources: {}\n",
    "line 4: All mapping items must start at the same column"
  ],
  [
    "did not indent what belongs to a name",
    `spots:\n  main:\n  secretKey: { env: A }\nsources: {}\n`,
    "line 2, spots.main: Expected keys with values, but there is no value: check the indentation of the lines below",
    `line 3, spots.secretKey.env: unknown key; known are ${keysOf(SpotConfig)}`,
    "line 3, spots.secretKey.secretKey: missing: a reference to the secret key of the Spot (Spot settings, API Access)"
  ],
  [
    "put a level above it",
    "usher:\n  spots: {}\n",
    "spots: missing: the MeltingSpot workspaces to invite with, each under a name of your choice",
    "sources: missing: the sources of webhooks, each under a name of your choice: POST /webhooks/{name}",
    `line 1, usher: unknown key; known are ${keysOf(Config)}`
  ],
  [
    "did not quote a colon",
    withSource("when: { expr: kind = a: b }").replace("{ expr: kind = a: b }", "a: b"),
    "line 8: put a value with a colon and a space in quotes, or fix the indentation"
  ],
  [
    "hoped for variables",
    `spots: { main: { secretKey: \${SPOT_KEY} } }\nsources: {}\n`,
    "line 1: ${…} is not replaced in this file: write { env: NAME }"
  ],
  [
    "left a comma out of JSON",
    `{\n  "spots": {}\n  "sources": {}\n}\n`,
    "line 3: Missing , between flow map items"
  ],
  [
    "used an anchor before it was set",
    `spots: *main\nsources: {}\n`,
    "Unresolved alias (the anchor must be set before the alias)"
  ],
  [
    "let an anchor hold itself",
    `spots: &all { main: *all }\nsources: {}\n`,
    `line 1, spots.main.main: unknown key; known are ${keysOf(SpotConfig)}`,
    "line 1, spots.main.secretKey: missing: a reference to the secret key of the Spot (Spot settings, API Access)"
  ],
  [
    "wrote a bomb",
    `${spots}\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nsources: [*c,*c,*c,*c]\n`,
    "Excessive alias count indicates a resource exhaustion attack"
  ],
  [
    "took names that no path can hold",
    `spots: { "my spot": { secretKey: { env: SPOT_KEY } } }\nsources: { a/b: {} }\n`,
    "line 1, spots.my spot: Expected a name of letters, digits, - and _",
    "line 2, sources.a/b: Expected a name of letters, digits, - and _"
  ],
  [
    "wrote numbers for names and secrets",
    `spots: { main: { secretKey: 12345 } }\nsources: { form: { sender: 1, secrets: [5, { env: 5 }], spot: 1, invite: { live: 5 } } }\n`,
    "line 1, spots.main.secretKey: Expected { env: NAME } or { file: PATH }, not a number",
    "line 2, sources.form.sender: Expected text, not a number: put it in quotes",
    "line 2, sources.form.secrets.0: Expected { env: NAME } or { file: PATH }, with optional expiresAt and label, not a number",
    "line 2, sources.form.secrets.1.env: Expected text, not a number: put it in quotes",
    "line 2, sources.form.spot: Expected text, not a number: put it in quotes",
    "line 2, sources.form.invite.live: Expected the id of a Live, or { expr: … }, not a number"
  ],
  [
    "mistook the kind of a value",
    `server: { port: "8080", host: [] }\n${spots}\nsources: []\n`,
    "line 1, server.host: Expected text, not a list",
    "line 1, server.port: Expected a number, not text",
    "line 3, sources: Expected keys with values, not a list"
  ],
  [
    "put keys where a list belongs",
    withSource("").replace("[{ env: TYPEFORM_SECRET }]", "{ env: TYPEFORM_SECRET }"),
    "line 5, sources.form.secrets: Expected a list, not keys with values"
  ],
  [
    "misspelt a reference to a secret",
    `spots: { main: { secretKey: { evn: SPOT_KEY } } }\nsources: {}\n`,
    "line 1, spots.main.secretKey.evn: unknown key; did you mean env?"
  ],
  [
    "misspelt what a scheme is made of",
    withSource("verify: { scheme: hmca, headr: x }"),
    "line 8, sources.form.verify.scheme: not known; did you mean hmac?"
  ],
  [
    "misspelt the fields of a scheme",
    withSource("verify: { scheme: hmac, headr: x, algorithm: sha-256, tolerance: 5 }"),
    "line 8, sources.form.verify.headr: unknown key; did you mean header?",
    "line 8, sources.form.verify.algorithm: not known; did you mean sha256?",
    "line 8, sources.form.verify.tolerance: Expected text, not a number: put it in quotes"
  ],
  [
    "gave a length without a unit",
    withSource("reinviteAfter: 5"),
    'line 8, sources.form.reinviteAfter: Expected a duration above zero, such as "30 seconds" or "2 hours", not a number'
  ],
  [
    "wrote another word or key than a choice has",
    withSource("expires: { before: begin }\n    events: al").replace("KEY } }", "KEY }, budget: unlimted }"),
    'line 1, spots.main.budget: Expected { per10s, per24h, shares }, or "unlimited"',
    'line 8, sources.form.expires: Expected a time with its zone, such as "2026-12-01T18:00:00Z" or "2026-12-01T18:00:00+02:00", a duration, such as "2 hours", or { before: start }',
    "line 9, sources.form.events: Expected all, a list of event names, or { name: { json: … }, signUps: [ … ] }"
  ],
  [
    "wrote forever, which is a default or no choice",
    `${spots}\nsources: {}\nretention: { bodies: forever, quarantine: forever }\n`,
    'line 3, retention.bodies: Expected a duration above zero, such as "90 days" (leave the key out to keep them forever)',
    'line 3, retention.quarantine: Expected a duration above zero, such as "90 days" (choose a long one, such as "36500 days", in place of forever)'
  ],
  [
    "changed what came from an anchor",
    `${spots}\nsources:\n  one: &one { sender: typeform, secrets: [{ env: TYPEFORM_SECRET }], spot: main, invite: { live: l } }\n  two:\n    <<: *one\n    spot: mian\n`,
    "line 6, sources.two.spot: no Spot has this name; did you mean main?"
  ],
  [
    "has no Spot at all",
    `spots: {}\nsources: { form: { sender: typeform, secrets: [{ env: TYPEFORM_SECRET }], spot: main, invite: { live: l } } }\n`,
    "line 2, sources.form.spot: no Spot has this name; none is known"
  ],
  [
    "took names of JavaScript's own",
    `${spots}\nsources: { constructor: { sender: typeform, secrets: [{ env: TYPEFORM_SECRET }], spot: toString, invite: { live: l } } }\n__proto__: {}\n`,
    "line 2, sources.constructor.spot: no Spot has this name; known are main",
    `line 3, __proto__: unknown key; known are ${keysOf(Config)}`
  ]
]

it.effect.each(told)("someone who %s is told so, and where", ([, text, ...problems]) =>
  Effect.gen(function* () {
    const { file } = yield* folder(text)
    expect((yield* Effect.flip(load(file))).problems.map(format)).toEqual(problems)
  }).pipe(isolated)
)

const read: ReadonlyArray<readonly [how: string, text: string]> = [
  ["with a mark of the byte order, and lines that end as on Windows", `\uFEFF${spots}\r\nsources: {}\r\n`],
  [
    "in JSON, indented with tabs",
    `{\n\t"spots": { "main": { "secretKey": { "env": "SPOT_KEY" } } },\n\t"sources": {}\n}`
  ],
  [
    "with anchors and merges",
    `${spots}\nsources:\n  one: &one { sender: typeform, secrets: [{ env: TYPEFORM_SECRET }], spot: main, invite: { live: l } }\n  two: { <<: *one, when: { expr: a } }\n  three: *one\n`
  ]
]

it.effect.each(read)("a file %s is read", ([, text]) =>
  Effect.gen(function* () {
    const { file } = yield* folder(text)
    expect((yield* load(file)).relay.spots.has("main")).toBe(true)
  }).pipe(isolated)
)
