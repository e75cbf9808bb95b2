import type { Equivalents } from "./Equivalents.ts"

export const accept: Equivalents = {
  "packages/engine/src/store/accept/accept.ts": {
    "Costs time only: the general path gives the same result for a batch without retries.": [
      "retries.size === 0 ? all : all.filter((one) → all.filter((one)",
      "retries.size === 0 && refused.length === 0 → false",
      "others.length === 0 → false"
    ],
    "The code answers a duplicate before it reads `missing`, and never counts it as stored.": [
      "!duplicates.has(one) && !inserted.has(one) → !inserted.has(one)"
    ],
    "The key is always in the map: the default is never used.": [
      "times.get(id) ?? 1 → times.get(id)",
      'batch[index]?.source ?? "" → batch[index]?.source'
    ],
    "Changes only when rows are locked. Postgres ends one of two deadlocked transactions, and the relay retries it.":
      [
        'times.size === 1 ? update : Effect.andThen(lock("webhooks", times.keys()), update) → update',
        'times.size === 1 ? update : Effect.andThen(lock("webhooks" → Effect.andThen(lock("webhooks"',
        "times.size === 1 → times.size === 2"
      ]
  },
  "packages/engine/src/store/accept/acceptedTogether.ts": {
    "Changes only the order in which rows are locked. Postgres ends one of two deadlocked transactions, and the relay retries it.":
      ["ORDER BY source → ORDER BY source DESC", "span DESC ${onConflict} → span ${onConflict}"],
    "Every `received_at` is a number, and Postgres casts the list of lanes whatever the size of its numbers.":
      [
        'type === "BIGINT" && typeof value === "number" ? → type === "BIGINT" ?',
        'type === "BIGINT" && typeof value === "number" → typeof value === "number"'
      ]
  },
  "packages/engine/src/store/accept/conflicts.ts": {
    "Changes only the number of tries before the relay reports a fault.": [
      "maxTries = 8 → maxTries = 9",
      "maxTries = 8 → maxTries = 7",
      "let tries = 0 → let tries = 1",
      "tries < maxTries; → tries <= maxTries;"
    ],
    "Costs time only: with nothing open the loop finds nothing, inserts nothing and ends.": [
      "open.length > 0 && tries < maxTries → tries < maxTries",
      "open.length > 0 → open.length >= 0",
      "next.size === 0 → false"
    ]
  },
  "packages/engine/src/store/accept/knownIds.ts": {
    "The pair holds a delivery id, which is not empty. The condition lets the database use the index.": [
      "delivery_id <> '' AND (source → (delivery_id <> '' OR 1 = 1) AND (source"
    ],
    "Reads more rows only: the code looks at the requested rows.": [
      "(source, delivery_id) IN (VALUES ${pairs(sql, all, idOf)}) → ((source, delivery_id) IN (VALUES ${pairs(sql, all, idOf)}) OR 1 = 1)",
      "(first_webhook, body_hash) IN…repeatOf)}) → ((first_webhook, body_hash) IN…repeatOf)}) OR 1 = 1)",
      "(source, delivery_id) IN (VALUES ${pairs(sql, asked, formerIdOf)}) → ((source, delivery_id) IN (VALUES ${pairs(sql, asked, formerIdOf)}) OR 1 = 1)"
    ],
    "Only webhooks without an id are told apart by their occurrence.": ["occurrence: 0 → occurrence: 1"],
    "The pair holds the id of a first webhook, which is never null. The condition lets the database use the index.":
      ["first_webhook IS NOT NULL → (first_webhook IS NOT NULL OR 1 = 1)"],
    "A row without a hash is older than links to a first webhook, and has an id.": [
      "first_webhook IS NULL AND delivery_id <> '' AND body → (first_webhook IS NULL OR 1 = 1) AND delivery_id <> '' AND body",
      "delivery_id <> '' AND body_hash → (delivery_id <> '' OR 1 = 1) AND body_hash"
    ],
    "Costs a query only: the newest row without a hash is too old, and so is every row that the query finds.":
      [
        'deliveryId === "" || receivedAt - formerWindow >= unhashedUntil → deliveryId === ""',
        "formerWindow >= unhashedUntil → formerWindow > unhashedUntil"
      ]
  },
  "packages/engine/src/store/accept/knownContents.ts": {
    "A webhook with an id has occurrence 0, which is never above the largest occurrence without an id.": [
      "WHERE delivery_id = '' → WHERE (delivery_id = '' OR 1 = 1)"
    ],
    "Costs a query only: a row that is too old is no retry afterwards either.": [
      'deliveryId === "" && receivedAt - windowOf(webhook) < unhashedUntil → deliveryId === ""',
      "windowOf(webhook) < unhashedUntil → windowOf(webhook) <= unhashedUntil"
    ],
    "The key is always in the map: the default is never used.": ['ids.get(one) ?? "" → ids.get(one)'],
    "A row without a hash is older than links to a first webhook, and has an id.": [
      "first_webhook IS NULL → (first_webhook IS NULL OR 1 = 1)",
      "delivery_id <> '' → (delivery_id <> '' OR 1 = 1)"
    ],
    "Reads more rows only: the code looks at the requested rows.": [
      "(source, delivery_id) IN…possible, idOf)}) → ((source, delivery_id) IN…possible, idOf)}) OR 1 = 1)"
    ]
  }
}
