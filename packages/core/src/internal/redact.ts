/** Redacts texts of third parties before they are kept or shown. */
import type { Schema } from "effect"

/** A text without a character that ends an address. */
const pieces = /[^\s"'<>(),;:=]+/g

/** An `@`, escaped or not, with something before and after it. */
const at = /.(?:@|%40)./

/** Replaces everything that looks like an email address by `[address]`, escaped for a URL or not. In time linear in the text. */
export const withoutAddresses = (text: string): string =>
  text.replaceAll(pieces, (piece) => (at.test(piece) ? "[address]" : piece))

/** An excerpt of an answer: one line, at most 300 characters, without addresses. */
export const excerpt = (text: string): { readonly answer?: string } => {
  const answer = withoutAddresses(text.slice(0, 4096)).replaceAll(/\s+/g, " ").trim().slice(0, 300)
  return answer === "" ? {} : { answer }
}

/** The message of a schema error on one line. It never shows the value. */
export const oneLine = (error: Schema.SchemaError): string => error.message.replaceAll(/\s*\n\s*/g, " ")
