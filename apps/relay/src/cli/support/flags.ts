/** Flags that several commands share, and constructors for the common kinds of flags. */
import { Effect, References, Schema } from "effect"
import { Argument, Flag } from "effect/cli"
import { Invitation } from "@usher/core"
import * as LiveAddress from "../../config/LiveAddress.ts"

/** A flag without a value. Default: off. */
export const switchFlag = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDefault(false), Flag.withDescription(description))

/** An optional flag with a text. */
export const textFlag = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withDescription(description))

/** An argument with a text that the API accepts: not blank, and at most 1,000 characters. `expected` names it in messages. */
export const textArgument = (
  name: string,
  { description, expected }: { readonly description: string; readonly expected: string }
) =>
  Argument.String(name).pipe(
    Argument.filter(
      (text) => text.trim() !== "" && text.length <= 1000,
      () => `Expected ${expected}: not blank, and at most 1,000 characters`
    ),
    Argument.withDescription(description)
  )

/** A repeatable flag with a choice of words. */
export const choicesFlag = <const Words extends ReadonlyArray<string>>(
  name: string,
  words: Words,
  description: string
) => Flag.Literals(name, words).pipe(Flag.atLeast(0), Flag.withDescription(`${description}. Repeatable`))

export const configFlag = Flag.String("config").pipe(
  Flag.withAlias("c"),
  Flag.withDefault("usher.yaml"),
  Flag.withDescription("The configuration file, YAML or JSON")
)

export const jsonFlag = switchFlag("json", "Print JSON, for programs")

export const planFlag = switchFlag("plan", "Show the plan, and change nothing")

/** How MeltingSpot invites. */
export const invitationFlags = {
  invitedBy: textFlag("invited-by", "The id of the Spot member who invites"),
  notify: switchFlag("notify", "Let MeltingSpot send an email")
}

/** A flag with a whole number. Outside the range, the message names the range. */
export const intFlag = (
  name: string,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number }
) =>
  Flag.Int(name).pipe(
    Flag.filter(
      (number) => number >= minimum && number <= maximum,
      (number) =>
        `Expected ${minimum.toLocaleString("en")} to ${maximum.toLocaleString("en")}, got ${number.toLocaleString("en")}`
    )
  )

/** The id of a Live. Refuses the Live's web address, which people copy by mistake. */
export const liveFlag = (description: string) =>
  Flag.String("live").pipe(
    Flag.filter(
      (text) => reasonOfLive(text) === undefined,
      (text) => reasonOfLive(text) ?? ""
    ),
    Flag.withDescription(description)
  )

const isLiveId = Schema.is(Invitation.LiveId)

/** Why a text is not the id of a Live. */
const reasonOfLive = (text: string): string | undefined => {
  if (LiveAddress.isAddress(text)) return LiveAddress.reason(text)
  return isLiveId(text)
    ? undefined
    : 'the id of a Live: not empty, without spaces or "@", and neither "." nor ".."'
}

/** Logs errors only, for commands that print a table. */
export const quiet = Effect.provideService(References.MinimumLogLevel, "Error")
