/** Flags that describe the signature scheme of the sender `custom`. */
import { Effect, Option, Schema } from "effect"
import * as SchemaErrors from "../../config/SchemaErrors.ts"
import { SchemeConfig } from "../../config/SchemeConfig.ts"
import { usage } from "../support/failure.ts"
import { present } from "../support/filters.ts"
import { textFlag } from "../support/flags.ts"

const text = (name: string, description: string) => textFlag(name, `custom: ${description}`)

export const schemeFlags = {
  scheme: text("scheme", "hmac, hash, standard-webhooks, token, basic, twilio or none. Default: hmac"),
  header: text("header", "the header with the signature or the token. Default: x-signature"),
  algorithm: text("algorithm", "sha256, sha1, sha384 or sha512. Default: sha256"),
  encoding: text("encoding", "hex, base64 or base64url. Default: hex"),
  prefix: text("prefix", "text before the signature or the token, such as sha256="),
  key: text("key", "the encoding of the secret: text, base64 or hex. Default: text"),
  signed: text(
    "signed",
    "the signed text, such as '{timestamp}.{body}'. Also {method}, {url}, {secret}, {header:NAME}. Default: {body}"
  ),
  timestampHeader: text("timestamp-header", "the header with the signed time"),
  timestampField: text("timestamp-field", "the field with the signed time, such as t"),
  timestampUnit: text("timestamp-unit", "seconds or milliseconds. Default: seconds"),
  tolerance: text("tolerance", "the largest accepted difference from the signed time, such as '5 minutes'"),
  signatureField: text("signature-field", "the field with the signature, such as v1 in t=1,v1=aa"),
  separator: text("separator", "the separator between fields. Default: a comma"),
  query: text("query", "the parameter of the URL with the token")
}

type Flags = Readonly<Record<keyof typeof schemeFlags, Option.Option<string>>>

/** The scheme that the flags describe. Undefined without such flags. */
export const schemeOf = Effect.fnUntraced(function* (name: string, flags: Flags) {
  if (Object.values(flags).every(Option.isNone)) return undefined
  if (name !== "custom") {
    return yield* usage(
      `The sender ${name} has its own scheme. To describe a scheme, use the sender custom (usher verify custom --header …)`
    )
  }
  return yield* Effect.mapError(decode(describe(flags)), ({ issue }) =>
    usage(["the scheme can't be used:", ...SchemaErrors.describe(issue)].join("\n  "))
  )
})

const decode = Schema.decodeUnknownEffect(SchemeConfig, { errors: "all", onExcessProperty: "error" })

/** The scheme as the configuration file writes it. */
const describe = (flags: Flags): unknown => {
  const { algorithm, encoding, header, key, prefix, query, separator, signatureField, tolerance } = flags
  const scheme = Option.getOrElse(flags.scheme, () => "hmac")
  const isKeyed = scheme === "hmac" || scheme === "hash"
  return present({
    scheme,
    algorithm,
    encoding,
    key,
    query,
    tolerance,
    header: isKeyed ? Option.orElseSome(header, () => "x-signature") : header,
    ...(scheme === "standard-webhooks" ? { prefixes: Option.map(prefix, (prefix) => [prefix]) } : { prefix }),
    parts: Option.map(flags.signed, partsOf),
    fields: section({
      signature: signatureField,
      separator: Option.isSome(signatureField) ? Option.orElseSome(separator, () => ",") : separator
    }),
    timestamp: section({
      header: flags.timestampHeader,
      field: flags.timestampField,
      unit: flags.timestampUnit
    })
  })
}

const section = (fields: Readonly<Record<string, Option.Option<string>>>) =>
  Option.liftPredicate(present(fields), (given) => Object.keys(given).length > 0)

/** Turns "v0:{timestamp}:{body}" into the parts ["v0:", timestamp, ":", body] of a scheme. */
const partsOf = (template: string): ReadonlyArray<unknown> =>
  template.split(/(\{[^{}]*\})/).flatMap((piece): ReadonlyArray<unknown> => {
    if (piece === "") return []
    const name = /^\{(.*)\}$/.exec(piece)?.[1]
    if (name === undefined) return [{ text: piece }]
    return name.startsWith("header:") ? [{ header: name.slice("header:".length) }] : [name]
  })
