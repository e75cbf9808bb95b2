/** Flags that describe the signature of a sender that has no name. */
import { Effect, Option, Schema } from "effect"
import { Flag } from "effect/cli"
import type { Scheme } from "@usher/signatures"
import * as SchemaErrors from "../../config/SchemaErrors.ts"
import { SchemeConfig } from "../../config/SchemeConfig.ts"
import { usage } from "./signing.ts"

const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.optional, Flag.withDescription(`custom: ${description}`))

export const schemeFlags = {
  scheme: text("scheme", "hmac, hash, standard-webhooks, token, basic, twilio or none. Default: hmac"),
  header: text("header", "the header with the signature or the token. Default: x-signature"),
  algorithm: text("algorithm", "sha256, sha1, sha384 or sha512. Default: sha256"),
  encoding: text("encoding", "hex, base64 or base64url. Default: hex"),
  prefix: text("prefix", "text before the signature or the token, such as sha256="),
  key: text("key", "the encoding of the secret: text, base64 or hex. Default: text"),
  signed: text(
    "signed",
    "the signed content, such as '{timestamp}.{body}'. Also {method}, {url}, {secret}, {header:NAME}. Default: {body}"
  ),
  timestampHeader: text("timestamp-header", "the header with the signed time"),
  timestampField: text("timestamp-field", "the field with the signed time, such as t"),
  timestampUnit: text("timestamp-unit", "seconds or milliseconds. Default: seconds"),
  tolerance: text("tolerance", "how far the signed time may be off, such as '5 minutes'"),
  signatureField: text("signature-field", "the field with the signature, such as v1 in t=1,v1=aa"),
  separator: text("separator", "the separator of fields. Default: a comma"),
  query: text("query", "the parameter of the URL with the token")
}

type Flags = {
  readonly [Name in keyof typeof schemeFlags]: Option.Option<string>
}

/** The scheme that the flags describe; `None` when none is given. */
export const schemeOf = Effect.fnUntraced(function* (name: string, flags: Flags) {
  const given = Object.keys(present(flags))
  if (given.length === 0) return Option.none<Scheme.Scheme>()
  if (name !== "custom") {
    return yield* usage(
      `${name} has its scheme: describe one with the sender custom (usher verify custom --header …)`
    )
  }
  const decoded = decode(describe(flags))
  return yield* Effect.mapError(Effect.asSome(decoded), ({ issue }) =>
    usage(["the scheme can't be used:", ...SchemaErrors.describe(issue)].join("\n  "))
  )
})

const decode = Schema.decodeUnknownEffect(SchemeConfig, { errors: "all", onExcessProperty: "error" })

/** The scheme as it would stand in the configuration file. */
const describe = (flags: Flags): unknown => {
  const scheme = Option.getOrElse(flags.scheme, () => "hmac")
  const isKeyed = scheme === "hmac" || scheme === "hash"
  const { algorithm, encoding, header, key, prefix, query, separator, signatureField, tolerance } = flags
  return {
    scheme,
    ...present({
      algorithm,
      encoding,
      key,
      query,
      tolerance,
      header: isKeyed ? Option.orElseSome(header, () => "x-signature") : header,
      ...(scheme === "standard-webhooks"
        ? { prefixes: Option.map(prefix, (prefix) => [prefix]) }
        : { prefix }),
      parts: Option.map(flags.signed, partsOf),
      fields: filled(
        present({
          signature: signatureField,
          separator: Option.isSome(signatureField) ? Option.orElseSome(separator, () => ",") : separator
        })
      ),
      timestamp: filled(
        present({ header: flags.timestampHeader, field: flags.timestampField, unit: flags.timestampUnit })
      )
    })
  }
}

/** Only what is there. */
const present = (fields: Readonly<Record<string, Option.Option<unknown>>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (Option.isSome(value) ? [[name, value.value]] : []))
  )

const filled = (fields: Record<string, unknown>) =>
  Object.keys(fields).length === 0 ? Option.none() : Option.some(fields)

/** "v0:{timestamp}:{body}" is what a scheme writes as ["v0:", timestamp, ":", body]. */
const partsOf = (template: string): ReadonlyArray<unknown> =>
  template.split(/(\{[^{}]*\})/).flatMap((piece): ReadonlyArray<unknown> => {
    if (piece === "") return []
    const name = /^\{(.*)\}$/.exec(piece)?.[1]
    if (name === undefined) return [{ text: piece }]
    return name.startsWith("header:") ? [{ header: name.slice("header:".length) }] : [name]
  })
