import type { Equivalents } from "./Equivalents.ts"

export const settle: Equivalents = {
  "packages/engine/src/store/forget/entities.ts": {
    "Costs time only: a text without an ampersand has no entity.": [
      'text.includes("&") ? text.replace…entity }) : text → text.replace…entity })'
    ]
  },
  "packages/engine/src/store/forget/spellings.ts": {
    "Costs time only: replacing nothing returns the text, and a text that was read is not read again.": [
      'plain === text ? "" : base64In(plain) → base64In(plain)',
      "current === before → false",
      'includes("\\\\") ? text.replaceAll(/\\\\…letter)) ) : text → replaceAll(/\\\\…letter)) )',
      'text.includes("%") ? withSpaces…, 16)) ) : text → withSpaces…, 16)) )',
      'text.includes("+") && text.includes("%40") ? → text.includes("+") ?',
      'text.includes("+") && text.includes("%40") → text.includes("%40")',
      'text.includes("+") && text.includes("%40") ? text.replace…: piece ) : text → text.replace…: piece )'
    ]
  },
  "packages/engine/src/store/forget/edges.ts": {
    "The needle starts here, so there is a character.": [
      'text[at] ?? "" → text[at]',
      'text[at]?.toLowerCase() ?? "" → text[at]?.toLowerCase()'
    ],
    "Each mark in the cases below is part of the run, so the pattern matches.": [
      "run.exec(before)?.[1] ?? before switch → run.exec(before)?.[1] switch"
    ]
  },
  "packages/engine/src/store/forget/texts.ts": {
    'The pattern does not match "undefined".': ['headers["content-type"] ?? "" → headers["content-type"]']
  },
  "packages/engine/src/store/forget/mention.ts": {
    "No two occurrences overlap at the next character: all characters of the text would be equal.": [
      "needle, at + 1 → needle, at + 2"
    ],
    "Costs time only: composing ASCII text returns it.": ["!beyondAscii.test(text) → false"]
  },
  "packages/engine/src/store/forget/subject.ts": {
    "The code reads a text only if it names somebody.": [
      "only !== undefined && others.length === 0 → others.length === 0"
    ]
  },
  "packages/engine/src/store/purge.ts": {
    "EXISTS ignores the selected columns.": [
      "1 FROM invitations → 0 FROM invitations",
      "1 FROM webhook_invitations JOIN → 0 FROM webhook_invitations JOIN",
      "1 FROM webhook_invitations WHERE → 0 FROM webhook_invitations WHERE",
      "1 FROM attempt_invitations → 0 FROM attempt_invitations"
    ],
    "Costs statements only: the list is empty.": [
      "found.length === 0) return 0 yield* lockToDelete → false) return 0 yield* lockToDelete",
      "found.length === 0) return 0 const these → false) return 0 const these",
      "gone.length === 0 → false",
      "deleted.length === 0 → false",
      "named.length === 0 → false",
      "calls.length === 0 → false"
    ],
    "Locks more than is needed, or the deletion takes the stronger lock itself.": [
      'isDeleting ? [...statuses, "purged"] : statuses → [...statuses, "purged"]',
      "isDeleting ? yield* repeatsOf(store, found) : [] → yield* repeatsOf(store, found)",
      "isDeleting ? lockToDelete : lock → lockToDelete",
      "isDeleting ? lockToDelete : lock → lock"
    ],
    "Changes only the work of one step: the step before looked at the boundary row, and any step may delete old rows.":
      ["id > ${above} → id >= ${above}", "id <= ${upTo}` → (id <= ${upTo} OR 1 = 1)`"],
    "A delivery that repeats an id has one, and so has the delivery that it repeats.": [
      "other.delivery_id <> '' → (other.delivery_id <> '' OR 1 = 1)"
    ]
  },
  "packages/engine/src/store/forget/invitations.ts": {
    "A set holds each id once.": ["DISTINCT webhook_id → webhook_id"]
  },
  "packages/engine/src/store/settle/settle.ts": {
    "Changes only the order in which rows are locked. Postgres ends one of two deadlocked transactions, and the relay retries it.":
      [
        ".toSorted((a, b) => (a.claim.id < b.claim.id ? -1 : 1)) const → const",
        "a.claim.id < b.claim.id ? -1 : 1 → -1",
        "a.claim.id < b.claim.id ? -1 : 1 → 1",
        "a.claim.id < b.claim.id → a.claim.id <= b.claim.id"
      ],
    "An outcome that does not wait has no `burnt`.": ["waits && next.countsAsAttempt → next.countsAsAttempt"],
    "The key is always in the map: the default is never used.": [
      "times.get(outcome.claim.spot) ?? now → times.get(outcome.claim.spot)"
    ],
    "No row is at the place undefined, -1 or -2.": [
      "places.get(at) ?? -1 → places.get(at)",
      "places.get(at) ?? -1 → places.get(at) ?? -2"
    ],
    "Changes only the number of tries: a single failed settlement is tried once more, and fails again.": [
      "settlements.length === 1 ? Effect.succeed([Result.fail(error)]) : Effect.forEach(settlements → Effect.forEach(settlements"
    ],
    "An error without an answer has undefined there.": [
      'error !== null && "answer" in error && error.answer → error !== null && error.answer'
    ]
  }
}
