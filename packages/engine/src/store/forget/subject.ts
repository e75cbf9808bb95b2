/** Finds the person that an operator's text names, by an address, an id, or the exact stored text. */
import { Effect, Result } from "effect"
import { Member } from "@usher/core"
import { NotAPerson } from "../../ports/Forgetting.ts"
import { anyId } from "../rows/person.ts"
import type { Store } from "../rows/store.ts"
import { isSearchable, type Mention, mentionOf } from "./mention.ts"

export interface Subject {
  /** The ids under which the person may be stored. */
  readonly keys: ReadonlyArray<string>
  /** Undefined if bodies are not searched: the person is found by their invitations only. */
  readonly mention: Mention | undefined
}

export const subjectOf = Effect.fnUntraced(function* (
  { sql, personOf }: Store,
  given: string,
  memberIds: ReadonlyArray<RegExp>
) {
  const known = yield* sql`SELECT id FROM people WHERE id = ${personOf(given)}`
  if (known.length === 0) return searched(yield* Effect.fromResult(parsed(given, memberIds)), personOf)
  const [read] = Result.getOrElse(Member.parse(given, { memberId: anyId }), () => [])
  // An earlier version also stored texts that are not one member, such as "a@example.com,b@example.com".
  return read === given ? searched(given, personOf) : { keys: [personOf(given)], mention: undefined }
})

const searched = (member: string, personOf: Store["personOf"]): Subject => {
  const mention = mentionOf(member)
  const keys = [...new Set(mention.members.map(personOf))]
  return { keys, mention: isSearchable(member) ? mention : undefined }
}

const parsed = (given: string, memberIds: ReadonlyArray<RegExp>): Result.Result<string, NotAPerson> => {
  const address = Member.parse(given)
  const ids = memberIds.map((memberId) => Member.parse(given, { memberId }))
  const found = [address, ...ids].find(Result.isSuccess) ?? address
  return Result.match(found, {
    onSuccess: ([only, ...others]) =>
      only !== undefined && others.length === 0
        ? Result.succeed(only)
        : Result.fail(
            new NotAPerson({
              message: `The text names ${others.length + 1} people: forget one person at a time.`
            })
          ),
    onFailure: ({ reason }) =>
      Result.fail(
        new NotAPerson({
          message: `The text is ${Member.sayings[reason]}, and matches no stored person. ${wanted}`
        })
      )
  })
}

const wanted = "Give one whole email address or one whole Spot member id."
