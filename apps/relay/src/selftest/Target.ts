/** Sources of the test: the configured ones, and its own. */
import { DateTime, Effect, Exit, Option, Redacted, Struct } from "effect"
import { Mapping, type Source } from "@usher/engine"
import { type Delivery, Secret, Senders } from "@usher/signatures"
import { sample, sign } from "@usher/signatures/testing"
import type { ResolvedSource } from "../config/resolveSource.ts"
import type { SourceConfig } from "../config/SourceConfig.ts"
import { gzipSync } from "node:zlib"
import type { SignedDelivery } from "./SignedDelivery.ts"

export interface Target {
  readonly source: string
  readonly sender: string
  /** Whether it has the configured mapping. */
  readonly isMappedAsConfigured: boolean
  /** The configuration of the source, without its secrets. */
  readonly config: SourceConfig
  readonly secrets: ReadonlyArray<Secret.Secret>
  /** Makes a delivery. Each number has its own person, and its own delivery id unless the shape repeats one. */
  readonly signed: (number: number, at: DateTime.Utc, shape?: Shape) => SignedDelivery
}

/** Variations of a delivery. */
export interface Shape {
  /** The number whose delivery id to use. Default: its own. */
  readonly idOf?: number
  /** Compress with gzip, before or after signing. Default: no compression. */
  readonly gzip?: "before signing" | "after signing"
}

/** A source that is left out. */
export interface Unsuitable {
  readonly source: string
  readonly reason: string
}

export const isSuitable = (found: Target | Unsuitable): found is Target => "signed" in found

export const isUnsuitable = (found: Target | Unsuitable): found is Unsuitable => !isSuitable(found)

/**
 * Prepares a configured source. It keeps its mapping if a sample of its sender makes exactly one invitation for the person
 * in it. Otherwise the default path of the sender is tried, and then plain JSON.
 */
export const of = Effect.fnUntraced(function* (
  { source, config, secrets }: ResolvedSource,
  publicUrl: string
) {
  const { sender } = source
  const unsuitable = (reason: string): Unsuitable => ({ source: source.name, reason })
  const now = yield* DateTime.now
  const first = secrets.find((secret) => Secret.isLive(secret, DateTime.toEpochMillis(now)))
  if (first === undefined && sender.scheme.scheme !== "none")
    return unsuitable("none of its secrets is valid now")

  for (const { content, rules } of waysTo(source)) {
    const deliveryOf = deliveriesOf(source, content, first?.value ?? Redacted.make(""), publicUrl)
    const one = deliveryOf(1, now)
    const signed = yield* Effect.option(one.sign(now))
    if (Option.isNone(signed)) return unsuitable("its secret verifies, but can't sign")
    const delivery = signed.value
    if (Exit.isFailure(yield* Effect.exit(source.verifier.verify(delivery)))) {
      return unsuitable("a delivery signed with its secret does not verify")
    }
    const mapping = rules === undefined ? source.mapping : yield* Effect.orDie(Mapping.make(rules))
    const { body } = delivery
    const made = yield* mapping.map({ source: source.name, headers: presentOf(delivery.headers), body })
    if (made.status !== "mapped" || made.invitations.length !== 1) continue
    if (made.invitations[0]?.member !== one.member) continue
    const target: Target = {
      source: source.name,
      sender: sender.name,
      isMappedAsConfigured: rules === undefined,
      config: configOf(config, rules),
      secrets,
      signed: deliveryOf
    }
    return target
  }
  return unsuitable("no sample delivery makes exactly one invitation")
}, Effect.withTracerEnabled(false))

const presentOf = (headers: Delivery.Delivery["headers"]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  )

/** The configuration without limit and expiry, which would look like a loss. */
const configOf = (config: SourceConfig, rules: Way["rules"]): SourceConfig => {
  const kept = Struct.pick(config, ["sender", "verify", "deliveryId", "spot", "reinviteAfter"])
  return rules === undefined
    ? { ...kept, ...Struct.pick(config, ["invite", "when", "events"]) }
    : { ...kept, invite: rules, events: "all" }
}

/** Writes a body and its headers. */
type Content = (
  member: string,
  id: string,
  at: DateTime.Utc
) => { readonly body: string; readonly headers: Readonly<Record<string, string>> }

const plain: Content = (member, id, at) => ({
  body: JSON.stringify({ id, createdAt: DateTime.formatIso(at), email: member }),
  headers: { "content-type": "application/json" }
})

interface Way {
  readonly content: Content
  /** Rules in place of the configured ones. */
  readonly rules?: Pick<Mapping.Rules, "live" | "member">
}

const waysTo = ({ sender }: Source.Source): ReadonlyArray<Way> => {
  const shaped: Content = (member, id, at) => sample(sender, { member, id, at })
  const inviting = (expr: string) => ({ live: "usher-selftest", member: { expr } })
  return [
    { content: shaped },
    ...(sender.email === undefined ? [] : [{ content: shaped, rules: inviting(sender.email) }]),
    { content: plain, rules: inviting("email") }
  ]
}

const deliveriesOf =
  (
    { name, sender }: Pick<Source.Source, "name" | "sender">,
    content: Content,
    secret: Redacted.Redacted,
    publicUrl: string
  ) =>
  (number: number, writtenAt: DateTime.Utc, { idOf = number, gzip }: Shape = {}): SignedDelivery => {
    const member = `person-${number}@usher-selftest.example`
    const id = `usher_selftest_${idOf}`
    const url = `${publicUrl}/webhooks/${name}`
    const { body: text, headers } = content(member, id, writtenAt)
    const plain = new TextEncoder().encode(text)
    const sent = gzip === undefined ? plain : gzipSync(plain)
    return {
      source: name,
      member,
      body: Buffer.from(sent).toString("base64"),
      sign: (at) =>
        Effect.map(
          sign(sender, {
            secret,
            id,
            at,
            url,
            body: gzip === "before signing" ? sent : plain,
            headers: gzip === undefined ? headers : { ...headers, "content-encoding": "gzip" }
          }),
          (signed) => ({ ...signed, body: sent })
        )
    }
  }

const signed = Option.getOrThrow(Senders.get("standard-webhooks"))
const bare = Option.getOrThrow(Senders.get("custom"))

const form: Content = (member, id, at) => ({
  body: new URLSearchParams({ id, createdAt: DateTime.formatIso(at), email: member }).toString(),
  headers: { "content-type": "application/x-www-form-urlencoded" }
})

/**
 * The sources of the test, for cases that the configured ones may not cover: deliveries with an id, without one, and as a
 * form without one.
 */
const ownSources = [
  { name: "usher-selftest", sender: signed, content: plain },
  { name: "usher-selftest-without-id", sender: bare, content: plain },
  { name: "usher-selftest-form", sender: bare, content: form }
] as const

export const own = (spot: string, secret: Redacted.Redacted, publicUrl: string) =>
  ownSources.map(({ content, name, sender }): Target => ({
    source: name,
    sender: sender.name,
    isMappedAsConfigured: true,
    config: {
      sender: sender.name,
      spot,
      invite: { live: "usher-selftest", member: { expr: "email" } }
    },
    secrets: [Secret.make(secret)],
    signed: deliveriesOf({ name, sender }, content, secret, publicUrl)
  }))
