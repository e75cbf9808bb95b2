/** Whom an operator means. */
import { expect } from "@effect/vitest"
import { Effect } from "effect"
import { Forgetting, Operations } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { alice, store } from "../../fixtures.ts"

const forget = (person: string, options?: Forgetting.ForgetOptions) =>
  Operations.Operations.use((operations) => operations.forget(person, options))

/** A webhook in which the text stands, and which asked for nobody. */
const mentioning = (text: string) =>
  store([], { deliveryId: text, body: new TextEncoder().encode(`"${text}"`) })

onEach((test) => {
  test("an id of eight characters is searched for, a shorter one is not", () =>
    Effect.gen(function* () {
      const memberIds = [/M-\d+/]
      for (const id of ["M-12345", "M-123456", "M-1234567"]) yield* mentioning(id)
      expect(yield* forget("M-12345", { memberIds })).toMatchObject({ webhooks: 0 })
      expect(yield* forget("M-123456", { memberIds })).toMatchObject({ webhooks: 1 })
      expect(yield* forget("M-1234567", { memberIds })).toMatchObject({ webhooks: 1 })
    }))

  test("a short address is searched for", () =>
    Effect.gen(function* () {
      yield* mentioning("a@b.de")
      expect(yield* forget("a@b.de")).toMatchObject({ webhooks: 1 })
    }))

  test("a text that is stored as one person and names several is that person, and is not searched for", () =>
    Effect.gen(function* () {
      const text = "carol@example.com,dora@example.com"
      yield* store([{ ...alice, member: text }])
      yield* mentioning(text)
      yield* mentioning("carol@example.com")
      expect(yield* forget(text)).toMatchObject({ invitations: 1, webhooks: 1, unreadable: 0 })
      expect(yield* forget("carol@example.com")).toMatchObject({ invitations: 0, webhooks: 2 })
    }))

  test("a text that is stored with more than a person in it is that person, and is not searched for", () =>
    Effect.gen(function* () {
      const text = "Carol <carol@example.com>"
      yield* store([{ ...alice, member: text }])
      yield* mentioning(text)
      yield* mentioning("carol@example.com")
      expect(yield* forget(text)).toMatchObject({ invitations: 1, webhooks: 1 })
    }))

  test("several people are refused with their number, and nobody with what is wanted", () =>
    Effect.gen(function* () {
      const refusal = (text: string) => Effect.map(Effect.flip(forget(text)), ({ message }) => message)
      expect(yield* refusal("carol@example.com, dora@example.com, erik@example.com")).toBe(
        "The text names 3 people: forget one person at a time."
      )
      expect(yield* refusal("nobody")).toContain("Give one whole email address or one whole Spot member id.")
    }))
})
