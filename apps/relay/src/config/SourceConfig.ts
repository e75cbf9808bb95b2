/** `sources.<name>`: whose webhooks are taken there, how they are verified, and who is invited to what. */
import { Effect, Option, Schema } from "effect"
import { Mapping, Source } from "@usher/engine"
import { DeliveryId, Scheme, Secret, type Sender, Senders } from "@usher/signatures"
import { suggest } from "../suggest.ts"
import type { Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"

const Expression = Mapping.Expression.annotate({ message: "Expected { expr: … }" })

export const SourceConfig = Schema.Struct({
  sender: Schema.NonEmptyString,
  /** In place of the sender's own scheme. */
  verify: Schema.optionalKey(Scheme.Scheme),
  /** Several may be live at once, so that they can be rotated. */
  secrets: Schema.optionalKey(Schema.Array(SecretRef.SourceSecretRef)),
  deliveryId: Schema.optionalKey(DeliveryId.DeliveryId),
  spot: Schema.NonEmptyString,
  invite: Schema.Struct({
    live: Mapping.Rules.fields.live,
    member: Schema.optionalKey(Expression),
    invitedBy: Mapping.Rules.fields.invitedBy,
    notify: Mapping.Rules.fields.notify
  }),
  when: Schema.optionalKey(Expression),
  /** When its invitations are not worth sending any more: a time, or so long after the webhook came. */
  expires: Schema.optionalKey(
    Schema.Union([Schema.DateTimeUtcFromString, Schema.DurationFromString]).annotate({
      message: 'Expected a time, such as "2026-12-01T18:00:00Z", or a length, such as "2 hours"'
    })
  ),
  /** A person whose invitation to the Live ended longer ago than this is invited once more. */
  reinviteAfter: Schema.optionalKey(
    Schema.DurationFromString.annotate({ message: 'Expected a length of time, such as "30 days"' })
  )
})

export type SourceConfig = typeof SourceConfig.Type

export interface ResolvedSource {
  readonly source: Source.Source
  /** What its deliveries are signed with, for commands that sign or explain. */
  readonly secrets: ReadonlyArray<Secret.Secret>
}

/** Nothing, if there is a problem with it. */
export const resolve = Effect.fnUntraced(function* (
  name: string,
  config: SourceConfig,
  spots: ReadonlyArray<string>,
  folder: string,
  problems: Problems
) {
  if (!spots.includes(config.spot)) {
    yield* problems.note(["spot"], `there is no ${config.spot} under spots; ${suggest(config.spot, spots)}`)
  }
  const secrets = yield* Effect.forEach(config.secrets ?? [], (ref, index) =>
    Effect.map(SecretRef.readOrNote(ref, folder, problems, ["secrets", index]), (value) =>
      value === undefined ? undefined : Secret.make(value, rotationOf(ref))
    )
  )
  const known = Option.getOrUndefined(Senders.get(config.sender))
  if (known === undefined) {
    const meant = suggest(config.sender, Senders.names)
    const reason = `${config.sender} is not known; ${meant} For any other, custom with verify.`
    return yield* problems.note(["sender"], reason)
  }
  const { spot, verify: scheme = known.scheme, deliveryId = known.deliveryId } = config
  const sender: Sender.Sender = { ...known, scheme, deliveryId }
  const mapping = yield* mappingOf(config, sender, problems)
  const present = secrets.filter((secret) => secret !== undefined)
  // The shape of a missing secret can't be judged.
  if (mapping === undefined || present.length < secrets.length) return
  const { expires, reinviteAfter } = config
  return yield* Source.make({
    name,
    sender,
    secrets: present,
    spot,
    mapping,
    expires,
    reinviteAfter
  }).pipe(
    Effect.map((source): ResolvedSource => ({ source, secrets: present })),
    Effect.catch(({ message }) => problems.note(["secrets"], message))
  )
})

/** From what stands under a source, with the usual path of its sender. Nothing, if there is a problem with it. */
export const mappingOf = Effect.fnUntraced(function* (
  { invite, when }: Pick<SourceConfig, "invite" | "when">,
  sender: Sender.Sender,
  problems: Problems
) {
  const member = invite.member ?? (sender.email === undefined ? undefined : { expr: sender.email })
  if (member === undefined) {
    const reason = `${sender.name} has no usual path to the address: give { expr: … }`
    return yield* problems.note(["invite", "member"], reason)
  }
  return yield* Mapping.make({ ...invite, member, ...(when === undefined ? {} : { when }) }).pipe(
    Effect.catch(({ field, reason }) => problems.note(field === "when" ? [field] : ["invite", field], reason))
  )
})

const rotationOf = ({ expiresAt, label }: typeof SecretRef.SourceSecretRef.Type) => ({
  ...(expiresAt === undefined ? {} : { expiresAt }),
  ...(label === undefined ? {} : { label })
})
