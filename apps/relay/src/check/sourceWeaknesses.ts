/** What is weak in one source: its scheme, its secrets, and how its deliveries are told apart. */
import type { Redacted } from "effect"
import { type Scheme, Sender } from "@usher/signatures"
import type { Resolved } from "../config/ConfigFile.ts"
import type { Path } from "../config/Problem.ts"
import type { WrittenSource } from "../config/resolveSource.ts"
import { isLoopback } from "./plainHttp.ts"
import * as SchemeWeakness from "./schemeWeakness.ts"
import { inQuery, ofSecret, passwordOf } from "./secretWeaknesses.ts"
import { type Rule, type Warning, warning } from "./Warning.ts"

export const ofSource = (
  { name, config, sender, secrets, verifyToken }: WrittenSource,
  relay: Resolved
): ReadonlyArray<Warning> => [
  ...(sender === undefined
    ? []
    : ofScheme(sender, ["sources", name], { relay, ownId: config.deliveryId !== undefined })),
  ...secrets.flatMap((secret, index) =>
    secret === undefined
      ? []
      : ofSourceSecret(secret.value, sender?.scheme, ["sources", name, "secrets", String(index)])
  ),
  ...(verifyToken === undefined ? [] : ofSecret(verifyToken, ["sources", name, "verifyToken"]))
]

const ofSourceSecret = (
  secret: Redacted.Redacted,
  scheme: Scheme.Scheme | undefined,
  path: Path
): ReadonlyArray<Warning> => [
  ...ofSecret(scheme?.scheme === "basic" ? passwordOf(secret) : secret, path),
  ...(scheme?.scheme === "token" && scheme.query !== undefined ? inQuery(secret, path) : [])
]

/** Whatever the secrets are. */
const ofScheme = (
  sender: Sender.Sender,
  path: Path,
  /** The headers of an id that the file describes itself are not quoted. */
  { relay, ownId }: { readonly relay: Resolved; readonly ownId: boolean }
): ReadonlyArray<Warning> => {
  const { scheme, deliveryId } = sender
  const forgeable = Sender.weaknessOf(sender)
  const ids = [...new Set(SchemeWeakness.unsignedIdHeaders(scheme, deliveryId))]
  const covered = SchemeWeakness.coverage(scheme)
  const found: ReadonlyArray<readonly [rule: Rule, applies: boolean, reason: string]> = [
    ["unverified-source", scheme.scheme === "none", unverified(relay)],
    ["forgeable-signature", forgeable !== undefined, forgeable ?? ""],
    [
      "sha1-signature",
      SchemeWeakness.usesSha1(scheme),
      "the signature uses SHA-1: choose SHA-256 if the sender offers it"
    ],
    [
      "unsigned-delivery-id",
      ids.length > 0,
      `the delivery id may come from ${ownId ? "a header" : ids.join(", ")}, which the signature does not cover: a captured delivery with another id counts as new. If the body has an id, use it: deliveryId: { json: … }`
    ],
    [
      "unsigned-body",
      covered === "first-event",
      "the signature covers only the first event of a batch. The relay ignores the others: turn off batching at the sender"
    ],
    [
      "unsigned-body",
      covered === "none",
      "the signature does not cover the body: an attacker who captures one delivery can send any body"
    ]
  ]
  return found.flatMap(([rule, applies, reason]) => (applies ? [warning(rule, path, reason)] : []))
}

const unverified = ({ host }: Resolved) =>
  isLoopback(host)
    ? "deliveries are not verified: every program on this machine can invite anyone"
    : `deliveries are not verified, and other machines can reach the relay: everyone who knows the URL can invite anyone. Give the source a secret, or listen on 127.0.0.1 behind a gateway that verifies`
