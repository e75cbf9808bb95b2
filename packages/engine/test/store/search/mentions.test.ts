import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Webhook } from "@usher/model"
import { brotliCompressSync } from "node:zlib"
import { Inbox, Operations } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { alice, delivery, store } from "../../fixtures.ts"

const bytes = (body: string) => new TextEncoder().encode(body)

const person = "ann.müller@example.com"

/** A webhook that ends with this status; its delivery id is its name. */
const stored = Effect.fnUntraced(function* (
  name: string,
  status: "received" | "held" | "ignored" | "unmappable" | "mapped",
  fields: Partial<Webhook.NewWebhook>
) {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const sql = yield* SqlClient.SqlClient
  const { id } = yield* inbox.accept(delivery({ deliveryId: name, ...fields }))
  const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
  if (status === "held") yield* sql`UPDATE webhooks SET status = 'held' WHERE id = ${id}`
  if (status === "mapped")
    yield* inbox.map(webhook, { status, invitations: [alice], reason: null }, { spot: "main" })
  if (status === "ignored" || status === "unmappable")
    yield* inbox.map(webhook, { status, reason: "so" }, { spot: "main" })
})

const quarantined = Effect.fnUntraced(function* (id: string, target: string, body: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO quarantined ${sql.insert([
    {
      id,
      source: "crm",
      digest: id,
      sender: "custom",
      first_at: 1_000,
      last_at: 2_000,
      times: 2,
      size: body.length,
      reason: "SignatureMismatch",
      message: "The signature does not match.",
      method: "POST",
      target,
      headers: "{}",
      body: bytes(body)
    }
  ])}`
})

const search = Effect.fnUntraced(function* (text: string) {
  const operations = yield* Operations.Operations
  const { webhooks, refused, next, isSearched } = yield* operations.mentions(text)
  return {
    webhooks: webhooks.map(({ deliveryId }) => deliveryId),
    refused: refused.map(({ id }) => id),
    next,
    isSearched
  }
})

const form = { "content-type": "application/x-www-form-urlencoded" }

onEach((test) => {
  test("a person is found in every spelling of a body, whatever came of the webhook", () =>
    Effect.gen(function* () {
      yield* stored("mapped", "mapped", { body: bytes(`{"email":"${person}"}`) })
      yield* stored("escaped", "ignored", {
        body: bytes(String.raw`{"email":"ann.m\u00fcller@example.com"}`)
      })
      yield* stored("form", "unmappable", {
        headers: form,
        body: bytes(`email=${encodeURIComponent("Ann.Müller@Example.com")}`)
      })
      yield* stored("compressed", "held", {
        headers: { "content-encoding": "br" },
        body: brotliCompressSync(person)
      })
      yield* stored("base64", "received", { body: bytes(btoa(`to: ${encodeURIComponent(person)}`)) })
      expect(yield* search(`Ann <${person}>`)).toEqual({
        webhooks: ["base64", "compressed", "form", "escaped", "mapped"],
        refused: [],
        next: null,
        isSearched: true
      })
    }))

  test("a longer address is another person", () =>
    Effect.gen(function* () {
      yield* stored("longer", "unmappable", { body: bytes('{"email":"joann.müller@example.com"}') })
      yield* stored("domain", "unmappable", { body: bytes(`{"email":"${person}.au"}`) })
      expect((yield* search(person)).webhooks).toEqual([])
      expect((yield* search("@example.com")).webhooks).toEqual([])
    }))

  test("a webhook that invited the person is left out, one that invited another is not", () =>
    Effect.gen(function* () {
      const body = bytes(JSON.stringify({ guest: alice.member, host: "bob@example.com" }))
      yield* store([alice], { deliveryId: "1", body })
      expect((yield* search(alice.member)).webhooks).toEqual([])
      expect((yield* search("bob@example.com")).webhooks).toEqual(["1"])
    }))

  test("a refused delivery is found by its body and its query", () =>
    Effect.gen(function* () {
      yield* quarantined("qu_1", "/webhooks/crm", `{"email":"${person}"}`)
      yield* quarantined("qu_2", `/webhooks/crm?email=${encodeURIComponent(person)}`, "{}")
      yield* quarantined("qu_3", "/webhooks/crm", "{}")
      const operations = yield* Operations.Operations
      const { refused } = yield* operations.mentions(person)
      expect(refused).toEqual(
        ["qu_2", "qu_1"].map((id) => ({
          id,
          source: "crm",
          firstAt: DateTime.makeUnsafe(1_000),
          lastAt: DateTime.makeUnsafe(2_000),
          times: 2,
          reason: "SignatureMismatch",
          message: "The signature does not match."
        }))
      )
    }))

  test("a short id is not searched for, a short address is", () =>
    Effect.gen(function* () {
      yield* stored("id", "ignored", { body: bytes('{"id":"M-12345","email":"a@b.de"}') })
      expect(yield* search("M-12345")).toMatchObject({ isSearched: false, webhooks: [] })
      expect(yield* search("a@b.de")).toMatchObject({ isSearched: true, webhooks: ["id"] })
    }))

  test("a search of many bodies stops in time, and continues where it stopped", (_, operations) =>
    Effect.gen(function* () {
      const large = `"${"x".repeat(90_000)}"`
      for (const status of ["received", "held", "unmappable", "ignored", "mapped"] as const) {
        for (const source of ["crm", "form"]) {
          for (const one of [1, 2, 3]) {
            yield* stored(`${status} ${source} ${one}`, status, {
              source,
              body: bytes(`["${person}",${large}]`)
            })
          }
        }
      }
      yield* quarantined("qu_1", "/webhooks/crm", person)
      const found: Array<string | null> = []
      const parts: Array<string> = []
      let after: string | undefined
      do {
        const { webhooks, refused, next } = yield* operations
          .mentions(person, { after })
          .pipe(Effect.provideService(Operations.SearchTime, Duration.zero))
        found.push(...refused.map(({ id }) => id), ...webhooks.map(({ deliveryId }) => deliveryId))
        if (next !== null) parts.push(next.part)
        after = next?.after
      } while (after !== undefined)
      expect(found).toHaveLength(31)
      expect(new Set(found).size).toBe(31)
      expect(found[0]).toBe("qu_1")
      expect(found[1]).toBe("received form 3")
      expect(found.at(-1)).toBe("mapped crm 1")
      // A batch has 256 KiB of bodies at most.
      expect(parts.filter((part) => part === "held").length).toBeGreaterThan(2)
    }))

  test("a position says how far back a search went, and a cursor of another version starts again", (_, operations) =>
    Effect.gen(function* () {
      for (const one of [1, 2, 3, 4]) {
        yield* stored(`${one}`, "unmappable", { body: bytes(`["${person}","${"x".repeat(90_000)}"]`) })
      }
      const first = yield* operations
        .mentions(person, {
          after: JSON.stringify({ part: "unmappable", key: [] })
        })
        .pipe(Effect.provideService(Operations.SearchTime, Duration.zero))
      expect(first.next).toMatchObject({ part: "unmappable", searchedTo: yield* DateTime.now })
      expect((yield* operations.mentions(person, { after: "wh_1" })).webhooks).toHaveLength(4)
      const wrong = JSON.stringify({ part: "received", key: ["wh_1"] })
      expect((yield* operations.mentions(person, { after: wrong })).webhooks).toHaveLength(4)
    }))
})
