import type { Equivalents } from "./Equivalents.ts"

export const map: Equivalents = {
  "packages/engine/src/store/map/map.ts": {
    "Costs time only: there is nothing to write, and new people have no rows to look up.": [
      "requests.length === 0 ? [] : yield* upsert(requests, isNew, now) → yield* upsert(requests, isNew, now)",
      "ids.filter((id) => !isNew.has(id)) → ids",
      "sorted.filter(({ person }) => !isNew.has(person)) → sorted"
    ],
    "The key is always in the map: the default is never used.": ["(request === undefined) → (false)"],
    "Number(null) is 0, and no webhook was received before 1970.": ["forgotten_at !== null → true"],
    "Exactly the forgotten people who have not signed up again have a time of forgetting and no address.": [
      "at !== undefined && (millis(webhook.receivedAt) → (millis(webhook.receivedAt)",
      "isRepeat(webhook) && without.has(person) → isRepeat(webhook)"
    ],
    "Changes only the order in which rows are locked. Postgres ends one of two deadlocked transactions, and the relay retries it.":
      [
        'FROM people WHERE ${sql.in("id", chunk)} ORDER BY id → FROM people WHERE ${sql.in("id", chunk)} ORDER BY id DESC',
        "[...first.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1)) → [...first.values()]",
        "a.key < b.key ? -1 : 1 → -1",
        "a.key < b.key ? -1 : 1 → 1",
        "a.key < b.key → a.key <= b.key",
        "id ${toChange}`) → id DESC ${toChange}`)"
      ],
    "Costs time only: inserting an existing row does nothing, and the code looks up rows without an id.": [
      "ids.set(keyOfRow(row), row.id) → undefined",
      "sorted.filter(({ key }) => !ids.has(key)) → sorted",
      "of inserted) ids.set(keyOf(one.spot, one.live_id, one.person), one.id) → of inserted) undefined"
    ],
    "Reads more rows only: the code changes the requested rows.": [
      "(spot, live_id, person) IN…)`))}) → ((spot, live_id, person) IN…)`))}) OR 1 = 1)"
    ],
    "No caller reads the result.": [
      "Effect.as(batch.map(() => undefined)), toInboxUnavailable → toInboxUnavailable"
    ],
    "Costs time only: the claim dies without options, and the relay maps the webhooks without it.": [
      "entered === undefined ? undefined : yield* → yield*",
      "options === undefined ? plainly(batch) : Effect.catchCauseIf( → Effect.catchCauseIf("
    ]
  },
  "packages/engine/src/store/map/requests.ts": {
    "The key is always in the map: the default is never used.": [
      "request === undefined || isRepeat(request.webhook) → isRepeat(request.webhook)"
    ],
    "Writes the deadline that is already stored.": ["end > row.expires_at → end >= row.expires_at"]
  },
  "packages/engine/src/store/map/endWebhooks.ts": {
    "Changes only the order in which rows are locked. Postgres ends one of two deadlocked transactions, and the relay retries it.":
      [
        "[...first.values()].toSorted((a, b) => (a.webhook.id < b.webhook.id ? -1 : 1)) → [...first.values()]",
        "a.webhook.id < b.webhook.id ? -1 : 1 → -1",
        "a.webhook.id < b.webhook.id ? -1 : 1 → 1",
        "a.webhook.id < b.webhook.id → a.webhook.id <= b.webhook.id",
        "id ${toChange}` → id DESC ${toChange}`"
      ],
    "Costs a statement only: the list of ids is empty.": [
      "ids.length === 0 ? Effect.succeed([]) : sql<{ → sql<{"
    ]
  }
}
