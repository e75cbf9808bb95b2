/** From a scheme and its secrets to the function that judges a delivery. */
import { Option, Result } from "effect"
import type { Delivery } from "../Delivery.ts"
import { type ByHeader, choiceOf, needsUrl, type Scheme } from "../Scheme.ts"
import type { InvalidSecret, Secret } from "../Secret.ts"
import { VerificationFailed } from "../VerificationFailed.ts"
import { type Check, failure } from "./check.ts"
import { compile as compileKeyed } from "./keyed.ts"
import { isBytes, mistakeOf } from "./rawBody.ts"
import { compile as compileStandardWebhooks } from "./standardWebhooks.ts"
import { compileBasic, compileToken } from "./token.ts"
import { compile as compileTwilio } from "./twilio.ts"
import { isAbsolute } from "./url.ts"

export const compile = (
  scheme: Scheme,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> =>
  Result.map(compileScheme(scheme, secrets), (check) => total(scheme, check))

/**
 * A stranger's bytes are refused where a check throws, such as over JSON that is nested too deeply. What the receiving program
 * does wrong is named as its mistake.
 */
const total = (scheme: Scheme, check: Check): Check => {
  const mayNeedUrl = readsUrl(scheme)
  return (delivery, now) => {
    if (!isBytes(delivery?.body)) return failure("NotRawBody", mistakeOf(delivery?.body))
    try {
      if (mayNeedUrl && !isAbsolute(delivery.url) && needsUrl(scheme, delivery.headers))
        return missingUrl(delivery)
      const verdict = check(delivery, now)
      return Result.isFailure(verdict) ? Result.fail(hinted(verdict.failure, delivery)) : verdict
    } catch {
      return failure(
        "MalformedHeader",
        "the delivery can't be read: its body or a header is not of the sender's shape"
      )
    }
  }
}

const readsUrl = (scheme: Scheme): boolean =>
  scheme.scheme === "by-header" ? scheme.choices.some(({ use }) => readsUrl(use)) : needsUrl(scheme, {})

const missingUrl = ({ url }: Delivery) =>
  failure(
    "MissingUrl",
    `the scheme verifies the URL, and the delivery has ${url ? "one that is not absolute" : "none"}: give it the public URL as the sender called it, such as https://hooks.example.com/crm`
  )

/** A header that is there under a name in capitals is not missing. */
const hinted = (failed: VerificationFailed, { headers }: Delivery): VerificationFailed => {
  const isOff =
    typeof headers["get"] === "function" || Object.keys(headers).some((name) => /[A-Z]/.test(name))
  if (failed.reason !== "MissingHeader" || !isOff) return failed
  return new VerificationFailed({
    ...failed,
    message: `${failed.message} The delivery's headers are no object with names in lower case: build it with Delivery.make.`
  })
}

const compileScheme = (
  scheme: Scheme,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> => {
  switch (scheme.scheme) {
    case "hmac":
    case "hash":
      return compileKeyed(scheme, secrets)
    case "standard-webhooks":
      return compileStandardWebhooks(scheme, secrets)
    case "twilio":
      return compileTwilio(secrets)
    case "token":
      return compileToken(scheme, secrets)
    case "basic":
      return compileBasic(secrets)
    case "by-header":
      return compileByHeader(scheme, secrets)
    case "none":
      return Result.succeed(() => Result.succeed({ scheme: "none", secret: "none", signedAt: Option.none() }))
  }
}

const compileByHeader = (
  scheme: ByHeader,
  secrets: ReadonlyArray<Secret>
): Result.Result<Check, InvalidSecret> =>
  Result.map(
    Result.all(
      scheme.choices.map((choice) =>
        Result.map(compileKeyed(choice.use, secrets), (check) => ({ choice, check }))
      )
    ),
    (choices): Check =>
      (delivery, now) => {
        const chosen = Option.getOrUndefined(choiceOf(scheme, delivery.headers))
        const check = choices.find(({ choice }) => choice === chosen)?.check
        if (check !== undefined) return check(delivery, now)
        const present = scheme.choices.find(({ header }) => delivery.headers[header])
        const names = [...new Set(scheme.choices.map(({ header }) => header))].join(" or ")
        return present === undefined
          ? failure("MissingHeader", `the delivery carries none of the headers ${names}`)
          : failure(
              "UnsupportedVersion",
              `the header ${present.header} names a version that is not verified here`,
              present.header
            )
      }
  )
