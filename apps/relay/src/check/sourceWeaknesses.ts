/** Warnings about one source: its signature scheme, its secrets and its delivery ids. */
import { Redacted } from "effect"
import { type Scheme, Sender } from "@usher/signatures"
import type { Resolved } from "../config/ConfigFile.ts"
import type { Path } from "../config/Problem.ts"
import type { WrittenSource } from "../config/resolveSource.ts"
import { isLoopback } from "./plainHttp.ts"
import * as SchemeWeakness from "./schemeWeakness.ts"
import { ofSecret } from "./secretStrength.ts"
import { type Warning, warnIf } from "./Warning.ts"

export const ofSource = (
  { name, config, sender, secrets, verifyToken }: WrittenSource,
  relay: Resolved
): ReadonlyArray<Warning> => [
  ...(sender === undefined
    ? []
    : ofScheme(sender, ["sources", name], relay, config.deliveryId !== undefined)),
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
): ReadonlyArray<Warning> => {
  const text = Redacted.value(secret)
  const password = Redacted.make(text.replace(/^[^:]*:/, ""))
  return [
    ...ofSecret(scheme?.scheme === "basic" ? password : secret, path),
    // The list of characters is the same for every token, so that it reveals nothing of this one.
    ...warnIf(
      scheme?.scheme === "token" && scheme.query !== undefined && /[+&#%=\s]|[^\x20-\x7e]/.test(text),
      "token-needs-encoding",
      path,
      "this token has characters that must be encoded in a URL: + as %2B, & as %26, # as %23, % as %25, = as %3D, a space as %20. Encode them, or use a token of letters and digits, such as the output of openssl rand -hex 32"
    )
  ]
}

const ofScheme = (
  sender: Sender.Sender,
  path: Path,
  { host }: Resolved,
  /** Whether the source has its own `deliveryId`. Its headers are not quoted. */
  ownId: boolean
): ReadonlyArray<Warning> => {
  const { scheme, deliveryId } = sender
  const forgeable = Sender.weaknessOf(sender)
  const ids = [...new Set(SchemeWeakness.unsignedIdHeaders(scheme, deliveryId))]
  const covered = SchemeWeakness.coverage(scheme)
  return [
    ...warnIf(
      scheme.scheme === "none",
      "unverified-source",
      path,
      isLoopback(host)
        ? "deliveries are not verified: every program on this machine can invite anyone"
        : "deliveries are not verified, and other machines can reach the relay: everyone who knows the URL can invite anyone. Give the source a secret, or listen on 127.0.0.1 behind a gateway that verifies"
    ),
    ...warnIf(forgeable !== undefined, "forgeable-signature", path, forgeable ?? ""),
    ...warnIf(
      SchemeWeakness.usesSha1(scheme),
      "sha1-signature",
      path,
      "the signature uses SHA-1: choose SHA-256 if the sender offers it"
    ),
    ...warnIf(
      ids.length > 0,
      "unsigned-delivery-id",
      path,
      `the delivery id may come from ${ownId ? "a header" : ids.join(", ")}, which the signature does not cover: a captured delivery with another id counts as new. If the body has an id, use it: deliveryId: { json: … }`
    ),
    ...warnIf(
      covered !== "all",
      "unsigned-body",
      path,
      covered === "none"
        ? "the signature does not cover the body: an attacker who captures one delivery can send any body"
        : "the signature covers only the first event of a batch. The relay ignores the others: turn off batching at the sender"
    )
  ]
}
