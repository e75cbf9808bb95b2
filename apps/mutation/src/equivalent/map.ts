import { type Equivalent, of } from "./Equivalent.ts"

export const map: ReadonlyArray<Equivalent> = [
  ...of(
    "packages/engine/src/store/map/map.ts",
    "Only how much work is done: without wishes there is nothing to fulfil, and who is new has nothing to be looked up.",
    [
      "const made = wishes.length === 0 ? [] : yield* fulfil(wishes, isNew, now)",
      "wishes.length === 0 ? [] : yield* fulfil(wishes, isNew, now)",
      "yield* fulfil(wishes, isNew, now)"
    ],
    [
      "for (const chunk of chunks(ids.filter((id) => !isNew.has(id)))) {",
      ".filter((id) => !isNew.has(id))",
      ""
    ],
    [
      "for (const chunk of chunks(sorted.filter(({ person }) => !isNew.has(person)))) {",
      ".filter(({ person }) => !isNew.has(person))",
      ""
    ]
  ),
  ...of(
    "packages/engine/src/store/map/map.ts",
    "Each of these is in the map: the default is never taken.",
    ["if (wish === undefined) return Effect.void", "wish === undefined", "false"],
    [
      "if (wish === undefined || isRepeat(wish.webhook)) return undefined",
      "wish === undefined || isRepeat(wish.webhook)",
      "isRepeat(wish.webhook)"
    ]
  ),
  ...of("packages/engine/src/store/map/map.ts", "Number(null) is 0, and no webhook came before 1970.", [
    "if (forgotten_at !== null) since.set(id, forgotten_at)",
    "forgotten_at !== null",
    "true"
  ]),
  ...of(
    "packages/engine/src/store/map/map.ts",
    "Exactly who was forgotten and has not signed up again has a time of forgetting, and no address.",
    [
      "at !== undefined && (millis(webhook.receivedAt) < at || (isRepeat(webhook) && without.has(person)))",
      "at !== undefined && (millis(webhook.receivedAt) < at || (isRepeat(webhook) && without.has(person)))",
      "(millis(webhook.receivedAt) < at || (isRepeat(webhook) && without.has(person)))"
    ],
    [
      "at !== undefined && (millis(webhook.receivedAt) < at || (isRepeat(webhook) && without.has(person)))",
      "isRepeat(webhook) && without.has(person)",
      "isRepeat(webhook)"
    ]
  ),
  ...of(
    "packages/engine/src/store/map/map.ts",
    "Only the order in which rows are locked: no result differs. Where two relays wait for each other, Postgres ends one transaction, which is tried again.",
    [
      '}>`SELECT id, forgotten_at, member FROM people WHERE ${sql.in("id", chunk)} ORDER BY id ${toChange}`',
      "BY id ${toChange}`",
      "BY id DESC ${toChange}`"
    ],
    [
      "const sorted = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))",
      ".toSorted((a, b) => (a.key < b.key ? -1 : 1))",
      ""
    ],
    [
      "const sorted = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))",
      "a.key < b.key ? -1 : 1",
      "-1"
    ],
    [
      "const sorted = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))",
      "a.key < b.key ? -1 : 1",
      "1"
    ],
    [
      "const sorted = [...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))",
      "(a.key < b.key",
      "(a.key <= b.key"
    ],
    [
      '...(yield* sql<Existing>`SELECT ${columns} FROM invitations WHERE ${sql.in("id", chunk)} ORDER BY id ${toChange}`)',
      "BY id ${toChange}`)",
      "BY id DESC ${toChange}`)"
    ]
  ),
  ...of(
    "packages/engine/src/store/map/map.ts",
    "Only how much work is done: an insert of what is there does nothing, and what has no id yet is looked up.",
    [
      "for (const row of asked) ids.set(keyOfRow(row), row.id)",
      "ids.set(keyOfRow(row), row.id)",
      "undefined"
    ],
    [
      "for (const chunk of chunks(sorted.filter(({ key }) => !ids.has(key)))) yield* insert(chunk, ids, now)",
      ".filter(({ key }) => !ids.has(key))",
      ""
    ],
    [
      "for (const one of inserted) ids.set(keyOf(one.spot, one.live_id, one.person), one.id)",
      "ids.set(keyOf(one.spot, one.live_id, one.person), one.id)",
      "undefined"
    ],
    ["const others = chunk.filter(({ key }) => !ids.has(key))", ".filter(({ key }) => !ids.has(key))", ""]
  ),
  ...of(
    "packages/engine/src/store/map/map.ts",
    "Only how much is read: of what is found, only the rows that are asked for change.",
    [
      "WHERE (spot, live_id, person) IN (VALUES ${sql.csv(chunk.map((wish) => sql`(${wish.terms.spot}, ${wish.invitation.liveId}, ${wish.person})`))})`",
      "(spot, live_id, person) IN (VALUES ${sql.csv(chunk.map((wish) => sql`(${wish.terms.spot}, ${wish.invitation.liveId}, ${…",
      "((spot, live_id, person) IN (VALUES ${sql.csv(chunk.map((wish) => sql`(${wish.terms.spot}, ${wish.invitation.liveId}, $…"
    ]
  ),
  ...of("packages/engine/src/store/map/map.ts", "Nobody reads what the call returns.", [
    "Effect.tap(([written]) => events.tell(() => eventsOf(written))),",
    ", Effect.as(batch.map(() => undefined))",
    ""
  ]),
  ...of("packages/engine/src/store/map/map.ts", "The deadline that is written is the one that is there.", [
    'return row.settled_at === null && end > row.expires_at ? "later" : undefined',
    "end > row.expires_at",
    "end >= row.expires_at"
  ]),
  ...of(
    "packages/engine/src/store/map/endWebhooks.ts",
    "Only the order in which rows are locked: no result differs. Where two relays wait for each other, Postgres ends one transaction, which is tried again.",
    [
      "return [...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))",
      ".toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))",
      ""
    ],
    [
      "return [...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))",
      "a.webhook.id < b.webhook.id ? -1 : 1",
      "-1"
    ],
    [
      "return [...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))",
      "a.webhook.id < b.webhook.id ? -1 : 1",
      "1"
    ],
    [
      "return [...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1))",
      "(a.webhook.id < b.webhook.id",
      "(a.webhook.id <= b.webhook.id"
    ],
    [
      "}>`SELECT id FROM webhooks WHERE ${sql.in(\"id\", ids)} AND status = 'received' ORDER BY id ${toChange}`",
      "BY id ${toChange}`",
      "BY id DESC ${toChange}`"
    ]
  ),
  ...of(
    "packages/engine/src/store/map/endWebhooks.ts",
    "Only how much work is done: no row has an id in an empty list.",
    [
      "ids.length === 0",
      'ids.length === 0 ? Effect.succeed([]) : sql<{ id: string }>`SELECT id FROM webhooks WHERE ${sql.in("id", ids)} AND stat…',
      "sql<{ id: string }>`SELECT id FROM webhooks WHERE ${sql.in(\"id\", ids)} AND status = 'received' ORDER BY id ${toChange}`"
    ]
  ),
  ...of(
    "packages/engine/src/store/map/map.ts",
    "Only how much work is done: without anything to claim the claim dies, and the webhook is mapped without one.",
    [
      "const claimed = entered === undefined ? undefined : yield* within.claim(entered)",
      "entered === undefined ? undefined : yield* within.claim(entered)",
      "yield* within.claim(entered)"
    ],
    [
      "options === undefined",
      "options === undefined ? plainly(batch) : Effect.catchCauseIf( claiming(batch, options), (cause) => !Cause.hasInterrupts…",
      "Effect.catchCauseIf( claiming(batch, options), (cause) => !Cause.hasInterrupts(cause), () => plainly(batch) )"
    ]
  )
]
