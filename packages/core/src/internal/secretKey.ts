/** Validates the secret key of a Spot: a header has to be able to hold it. No message shows the key. */
import { Config, Option, Redacted, Schema } from "effect"

const expected = 'Expected the secret key of a Spot (its settings, "API Access")'

const missing = `${expected}: it is missing`
const empty = `${expected}: it is empty`

const isSendable = (key: string): string | true => {
  if (key === "") return empty
  if (key.trim() !== key) return `${expected}: this one begins or ends with a space or a line break`
  return (
    /^[\x21-\x7e]+$/.test(key) ||
    `${expected}: this one has a space, a line break or a character outside ASCII in it`
  )
}

const secretKey = (whereNone: string) =>
  Schema.Redacted(Schema.String.annotate({ message: whereNone }).check(Schema.makeFilter(isSendable)))

export const SecretKey = secretKey(missing)

/** The same for an option, with a precise message. `SecretKey` would only say that a redacted value is invalid. */
export const SecretKeyOption = Schema.Unknown.check(
  Schema.makeFilter((key: unknown) => {
    if (key === undefined || key === null) return missing
    if (!Redacted.isRedacted(key)) return `${expected}: this one is not redacted, pass Redacted.make(key)`
    const value: unknown = Redacted.value(key)
    return typeof value === "string" ? isSendable(value) : missing
  })
)

/** `SecretKey` from an environment variable. A provider reports an empty variable as missing, though it lists its name. */
export const configOf = (name: string): Config.Config<typeof SecretKey.Type> =>
  Config.orElse(Config.schema(SecretKey, name), () =>
    Config.flatMap(isListed(name), (isListed) => Config.schema(isListed ? secretKey(empty) : SecretKey, name))
  )

/** A provider lists the variables as a tree, by the parts of their names. */
const isListed = (name: string): Config.Config<boolean> => {
  const parts = name.split("_")
  return Config.map(
    Config.all([Config.option(branch(parts.slice(0, -1))), Config.option(branch(parts))]),
    ([parent, itself]) => Option.isSome(parent) && Option.isNone(itself)
  )
}

const branch = (path: ReadonlyArray<string>) =>
  Config.schema(Schema.Record(Schema.String, Schema.UndefinedOr(Schema.String)), path)
