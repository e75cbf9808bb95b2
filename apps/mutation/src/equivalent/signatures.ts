import { type Equivalent, of } from "./Equivalent.ts"

export const signatures: ReadonlyArray<Equivalent> = [
  ...of(
    "packages/signatures/src/DeliveryId.ts",
    "A spec without a field has no value anywhere, so it has no id either.",
    ['if ("body" in spec) return undefined', '"body" in spec', "false"]
  ),
  ...of("packages/signatures/src/internal/check.ts", 'The pattern does not match "undefined".', [
    'unit === "seconds" && text !== undefined && /^\\d{13}$/.test(text)',
    'unit === "seconds" && text !== undefined',
    'unit === "seconds"'
  ]),
  ...of("packages/signatures/src/internal/check.ts", "Weights are only compared: 3 is more than 1 as 2 is.", [
    'reason === "TooOld" || reason === "FromFuture" ? 2 : reason === "NoSecretMatches" ? 1 : 0',
    "? 2 :",
    "? 3 :"
  ]),
  ...of(
    "packages/signatures/src/internal/formerIds.ts",
    "Only how much work is done: the body is parsed again for each field.",
    ["json ??= { value: parse(textOf(sent.body)) }", "json ??= {", "json = {"]
  )
]
