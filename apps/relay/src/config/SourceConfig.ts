/** `sources.<name>`: whose webhooks are taken there, how they are verified, and who is invited to what. */
import { Effect, Option, Redacted, Schema } from "effect"
import { Answer, Mapping, SignUps, Source } from "@usher/engine"
import { DeliveryId, Scheme, Secret, type Sender, Senders } from "@usher/signatures"
import { suggest } from "../suggest.ts"
import { Rate, rateOf } from "./Amount.ts"
import type { Problems } from "./Problem.ts"
import * as SecretRef from "./SecretRef.ts"
import { length, TimeOrLength } from "./Time.ts"

const Expression = Mapping.Expression.annotate({ message: "Expected { expr: … }" })

const { live, invitedBy, notify } = Mapping.Rules.fields

const Invite = Schema.Struct({
  live: live.annotate({ message: "Expected the id of a Live, or { expr: … }" }).annotateKey({
    description:
      "the Live: its id, or a JSONata expression over the body that gives one or several. To find an id: https://help-api.meltingspot.io"
  }),
  member: Schema.optionalKey(Expression).annotateKey({
    description:
      "who is invited: a JSONata expression over the body that gives an address or the id of a Spot member, or several. Unless told, the sender's usual place of the address"
  }),
  invitedBy: invitedBy.annotateKey({
    description: "on whose initiative: the id of a Spot member, or a JSONata expression"
  }),
  notify: notify.annotateKey({
    description: "whether MeltingSpot sends a mail to the invited: true, false, or a JSONata expression"
  })
})

const EventNames = Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1))

const Events = Schema.Union([Schema.Literal("all"), EventNames, SignUps.SignUps]).annotate({
  message: "Expected all, a list of event names, or { name: { json: … }, signUps: [ … ] }"
})

/** A sender is looked up when the rest of the source is, so that everything wrong with it is told at once. */
const SenderName = Schema.String.check(
  Schema.isMinLength(1, {
    toJsonSchema: () => ({ enum: [...Senders.names, ...Object.keys(Senders.aliases)] })
  })
)

const Dedupe = Schema.Struct({
  window: length(
    "how long a delivery without an id counts as a retry of an earlier one with the same body. After that, or once the mapping has changed, it is a new sign-up. Default: as long as the sender retries, else 24 hours"
  )
})

export const SourceConfig = Schema.Struct({
  sender: SenderName.annotateKey({
    description:
      "the kind of system that sends: it presets the signature scheme, the delivery id and the place of the address. custom for any other, with verify"
  }),
  verify: Schema.optionalKey(Scheme.Scheme).annotateKey({
    description: "how deliveries are signed, in place of the sender's own scheme"
  }),
  secrets: Schema.optionalKey(Schema.Array(SecretRef.SourceSecretRef)).annotateKey({
    description: "any of them may have signed, so that a secret can be rotated without a gap"
  }),
  verifyToken: Schema.optionalKey(SecretRef.SecretRef).annotateKey({
    description: "for Meta, which asks for it before it sends anything: the token typed into its dashboard"
  }),
  limit: Schema.optionalKey(Rate).annotateKey({
    description:
      "how many requests each relay takes, in the long run and at once; more are told to come again. Unlimited unless told"
  }),
  deliveryId: Schema.optionalKey(DeliveryId.DeliveryId).annotateKey({
    description:
      "what makes two deliveries one and the same, in place of the sender's: a header, a path into the body, a field of a form. Without an id, the body is compared within dedupe.window"
  }),
  dedupe: Schema.optionalKey(Dedupe).annotateKey({
    description: "how a delivery without an id is recognized as a retry: by its body, for a while"
  }),
  spot: Schema.NonEmptyString.annotateKey({ description: "the name of the Spot to invite with" }),
  invite: Invite.annotateKey({ description: "who is invited to what" }),
  events: Schema.optionalKey(Events).annotateKey({
    description:
      "the events that are sign-ups; the others are kept and ignored. all, a list of names, or { name, signUps } where the sender's place of the name is not known. Default: the sender's own list, else all"
  }),
  when: Schema.optionalKey(Expression).annotateKey({
    description:
      "a JSONata expression over the body: a webhook for which it means no (false, 0, no, off, nothing) is kept and ignored"
  }),
  answer: Schema.optionalKey(Answer.Answer).annotateKey({
    description:
      "what a delivery that is accepted is answered with. Default: what the sender expects, else the webhook's id and status as JSON"
  }),
  expires: Schema.optionalKey(TimeOrLength).annotateKey({
    description:
      "when its invitations are not worth sending any more: a time (2026-12-01T18:00:00Z), or so long after the webhook came (2 hours). Never unless told"
  }),
  reinviteAfter: Schema.optionalKey(
    length(
      "a person whose invitation to the Live ended longer ago than this is invited once more. Never unless told"
    )
  )
})

export type SourceConfig = typeof SourceConfig.Type

export interface ResolvedSource {
  readonly source: Source.Source
  /** As it stands in the file. */
  readonly config: SourceConfig
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
    Effect.map(SecretRef.readOrNote(ref, folder, problems, ["secrets", String(index)]), (value) =>
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
  const verifyToken = yield* verifyTokenOf(config, sender, folder, problems)
  // The shape of a missing secret can't be judged.
  if (mapping === undefined || present.length < secrets.length) return
  const { answer, dedupe, expires, reinviteAfter } = config
  return yield* Source.make({
    name,
    sender,
    secrets: present,
    verifyToken,
    limit: config.limit === undefined ? undefined : rateOf(config.limit),
    spot,
    mapping,
    dedupeWindow: dedupe?.window,
    answer,
    expires,
    reinviteAfter
  }).pipe(
    Effect.map((source): ResolvedSource => ({ source, config, secrets: present })),
    Effect.catch((error) =>
      error._tag === "InvalidAnswer"
        ? problems.note(["answer", error.field], error.reason)
        : problems.note(["secrets"], error.message)
    )
  )
})

const verifyTokenOf = Effect.fnUntraced(function* (
  { verifyToken }: SourceConfig,
  { name, handshake }: Sender.Sender,
  folder: string,
  problems: Problems
) {
  if (verifyToken === undefined) return undefined
  if (handshake === "meta-subscribe") {
    const token = yield* SecretRef.readOrNote(verifyToken, folder, problems, ["verifyToken"])
    return Redacted.isRedacted(token) ? token : undefined
  }
  yield* problems.note(["verifyToken"], `${name} asks for none: only meta does`)
  return undefined
})

/** From what stands under a source, with the usual path and events of its sender. Nothing, if there is a problem with it. */
export const mappingOf = Effect.fnUntraced(function* (
  { invite, when, events }: Pick<SourceConfig, "invite" | "when" | "events">,
  sender: Sender.Sender,
  problems: Problems
) {
  const member = invite.member ?? (sender.email === undefined ? undefined : { expr: sender.email })
  if (member === undefined) {
    yield* problems.note(
      ["invite", "member"],
      `${sender.name} has no usual path to the address: give { expr: … }`
    )
  }
  const signUps = signUpsOf(events, sender)
  if (signUps === unknownPlace) {
    yield* problems.note(
      ["events"],
      `where ${sender.name} names its event is not known: give { name: { json: … }, signUps: [ … ] }`
    )
  }
  if (member === undefined || signUps === unknownPlace) return undefined
  const rules: Mapping.Rules = {
    ...invite,
    member,
    ...(when === undefined ? {} : { when }),
    ...(signUps === undefined ? {} : { events: signUps })
  }
  return yield* Mapping.make(rules).pipe(
    Effect.catch(({ field, reason }) => problems.note(field === "when" ? [field] : ["invite", field], reason))
  )
})

const unknownPlace = "unknown place"

const signUpsOf = (
  events: SourceConfig["events"],
  sender: Sender.Sender
): Mapping.Rules["events"] | typeof unknownPlace => {
  if (events === undefined) return SignUps.ofSender(sender)
  if (events === "all" || "name" in events) return events
  return sender.events === undefined ? unknownPlace : { name: sender.events.name, signUps: events }
}

const rotationOf = ({ expiresAt, label }: typeof SecretRef.SourceSecretRef.Type) => ({
  ...(expiresAt === undefined ? {} : { expiresAt }),
  ...(label === undefined ? {} : { label })
})
